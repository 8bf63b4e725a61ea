// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, writeWhole } from '../lib/files.mjs';

/**
 * The Jupyter kernel for TypeScript and JupyterLab's settings, both inside .venv. The kernel's paths are absolute, so it
 * is written again when the checkout or Node has moved.
 *
 * @type {import('./step.mjs').Step}
 */
export const kernel = {
  name: () => 'Jupyter kernel for TypeScript',
  isDone: ({ root }) => files(root).every(({ path, text }) => readText(path) === text),
  async make({ root }) {
    for (const { path, text } of files(root)) writeWhole(path, text);
  },
};

/** @param {string} root */
function files(root) {
  const share = join(root, '.venv/share/jupyter');
  const settings = readFileSync(join(root, 'scripts/setup/jupyter_server_config.py'), 'utf8');
  const spec = {
    argv: [
      ...[process.execPath, '--enable-source-maps', join(root, 'scripts/kernel.mjs')],
      ...['kernel', '--config-path', '{connection_file}'],
    ],
    display_name: 'TypeScript',
    language: 'typescript',
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  };
  // No question about news on the first start, and no calls home. A closed notebook gives its kernel's memory back.
  const overrides = {
    '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
    '@jupyterlab/notebook-extension:tracker': { kernelShutdown: true },
  };
  return [
    { path: join(share, 'kernels/tslab/kernel.json'), text: JSON.stringify(spec, null, 2) },
    { path: join(share, 'lab/settings/overrides.json'), text: JSON.stringify(overrides, null, 2) },
    { path: join(root, '.venv/etc/jupyter/jupyter_server_config.py'), text: settings },
  ];
}
