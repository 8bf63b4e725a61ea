// @ts-check
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Python of the project's own environment. */
export const PYTHON = join(ROOT, '.venv/bin/python');

/** The environment of every Jupyter program: it keeps its files in the project and nothing in the home directory. */
export function jupyterEnvironment() {
  const folder = join(ROOT, '.jupyter');
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
    IPYTHONDIR: join(folder, 'ipython'),
  };
  // Either would put packages from outside before those of the project's environment.
  delete env.PYTHONPATH;
  delete env.PYTHONHOME;
  return env;
}
