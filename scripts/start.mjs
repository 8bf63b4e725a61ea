// @ts-check
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { copyNotebooks, copyWorkshop } from './lib/copies.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { jupyterEnvironment, PYTHON, ROOT } from './lib/project.mjs';
import { setUp } from './setup/setUp.mjs';

const USAGE = `npm start [-- --no-browser] [--port N] [--ip ADDRESS] [--originals] [--hub]

Sets up what is missing and opens JupyterLab on this machine at your copy of the first notebook; Ctrl-C stops it. Your copies
lie in notebooks/mine, those of the workshop's exercises in notebooks/mine/workshop; git does not see what you change there, and a
copy that you delete is made anew.
--no-browser only prints the address. --port asks for one port; without it a free one is taken, 8888 if possible.
--ip listens on another address than this machine's own: 0.0.0.0 in a container, where others then need the token.
--originals opens the notebooks themselves, for those who develop them: saving one changes its .ts file too.
--hub is for a JupyterHub that starts this (scripts/container): the hub says where the server listens and who may come in.`;

const FIRST_NOTEBOOK = '00-start-here.ipynb';

/** Seconds after which a notebook's kernel that does nothing is ended: each holds about 1 GB once it has trained. */
const IDLE_SECONDS = 60 * 60;

/** Names that the file browser leaves out: Jupyter's own, and what pairs notebooks with .ts files. */
const HIDDEN = ['__pycache__', '*.pyc', '*.pyo', '.DS_Store', '*~', '[0-9][0-9]-*.ts', 'jupytext.toml'];

/** How long JupyterLab and its kernels may take to end before they are killed. */
const PATIENCE_MS = 15_000;

runScript(async () => {
  const { values } = readArguments(
    {
      options: {
        'no-browser': { type: 'boolean' },
        originals: { type: 'boolean' },
        hub: { type: 'boolean' },
        ip: { type: 'string' },
        port: { type: 'string' },
        help: { type: 'boolean' },
      },
    },
    USAGE,
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.port !== undefined) await requireFreePort(values.port);
  if (values.hub && process.env.JUPYTERHUB_API_TOKEN === undefined) {
    throw new Failure('No JupyterHub has started this: leave --hub out.');
  }
  await setUp();
  // Asked again, as the set-up may have taken minutes.
  if (values.port !== undefined) await requireFreePort(values.port);
  const behind = values.originals ? [] : [...copyNotebooks(), ...copyWorkshop()];
  if (behind.length > 0) {
    console.log(
      `Your copies of ${behind.join(', ')} are older than the notebooks, and were left alone since you have changed them: rename or delete them in notebooks/mine to get the new ones.`,
    );
  }
  return serve({
    port: values.port,
    ip: values.ip ?? '127.0.0.1',
    hub: values.hub === true,
    noBrowser: values['no-browser'] === true,
    folder: values.originals ? 'notebooks' : 'notebooks/mine',
  });
});

/** @param {string} text */
async function requireFreePort(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new Failure(`The port must be a whole number from 1 to 65535, and this is "${text}".`);
  }
  const code = await new Promise((resolve) => {
    const server = createServer();
    server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
  if (code === 'EACCES') throw new Failure(`Port ${port} needs administrator's rights: choose one above 1023.`);
  if (code)
    throw new Failure(`Port ${port} is in use: choose another with --port, or leave --port out to get a free one.`);
}

/**
 * Runs JupyterLab until it ends or is interrupted.
 *
 * @param {{port: string | undefined, ip: string, hub: boolean, noBrowser: boolean, folder: string}} options the folder that is shown first
 * @returns {Promise<number>} exit status
 */
function serve({ port, ip, hub, noBrowser, folder }) {
  const first = `${folder}/${FIRST_NOTEBOOK}`;
  const start = existsSync(join(ROOT, first)) ? `/lab/tree/${first}` : '/lab';
  const args = [
    ...(hub
      ? ['-m', 'jupyterhub.singleuser', `--ServerApp.default_url=${start}`]
      : ['-m', 'jupyterlab', `--LabApp.default_url=${start}`, `--ServerApp.ip=${ip}`]),
    `--ServerApp.root_dir=${ROOT}`,
    // Its search for language servers calls npm, which writes into the home directory.
    '--LanguageServerManager.autodetect=False',
    // A notebook's .ts file, which pairs with it, is not shown beside it.
    `--ContentsManager.hide_globs=${JSON.stringify(HIDDEN)}`,
    `--MappingKernelManager.cull_idle_timeout=${IDLE_SECONDS}`,
    ...['--MappingKernelManager.cull_interval=60', '--MappingKernelManager.cull_connected=True'],
    ...(port === undefined ? [] : [`--ServerApp.port=${port}`, '--ServerApp.port_retries=0']),
    ...(noBrowser ? ['--no-browser'] : []),
    // JupyterLab refuses to run as root unless told to, which is what a container's user is.
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  return new Promise((resolve, reject) => {
    // In a process group of its own: Ctrl-C then reaches only this script, which ends JupyterLab and its kernels in order
    // instead of being asked whether to.
    const lab = spawn(PYTHON, args, {
      cwd: ROOT,
      env: { ...jupyterEnvironment(), ...(hub ? hubEnvironment() : {}) },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    let stopping = false;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      lab.kill('SIGTERM');
      setTimeout(() => lab.kill('SIGKILL'), PATIENCE_MS).unref();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
    lab.on('error', reject);
    lab.on('close', (code) => {
      if (stopping) console.log('JupyterLab has stopped.');
      resolve(stopping ? 0 : (code ?? 1));
    });
  });
}

/** What a JupyterHub tells the server that it starts. */
function hubEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('JUPYTERHUB_')));
}
