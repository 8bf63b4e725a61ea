// @ts-check
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Python of the project's own environment. */
export const PYTHON = join(ROOT, '.venv/bin/python');

/** Variables that bring packages, kernels and settings from outside into Python and Jupyter, or change how they run. */
const FROM_OUTSIDE = /^(?:PYTHON.+|JUPYTER(?!_TOKEN|_ALLOW_INSECURE_WRITES).*)$/;

/**
 * The environment of every Python program, Jupyter's among them: packages and settings are the project's own, files are
 * kept in the project and not in the home directory, and text is UTF-8 in every locale. PYTHON itself stays: it names the
 * Python to set up with.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment() {
  const folder = join(ROOT, '.jupyter');
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FROM_OUTSIDE.test(name))),
    PYTHONUTF8: '1',
    PYTHONNOUSERSITE: '1',
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
    IPYTHONDIR: join(folder, 'ipython'),
  };
}
