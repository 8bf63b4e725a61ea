// @ts-check
// Stand-ins for npm, Python with pip and venv, and the C++ compiler: they leave the files that the real ones would, empty,
// and behave as STUB says, such as {"pip download": "offline"}. The first argument names the program played.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [program, ...args] = process.argv.slice(2);
const { STUB = '{}', STUB_LOG = '' } = process.env;
/** @type {Record<string, string>} */
const behaviour = JSON.parse(STUB);

const NPM_OFFLINE = 'npm error code ENOTFOUND\nnpm error network request to https://registry.invalid/ failed';
const PIP_OFFLINE = `WARNING: Retrying after connection broken by 'NewConnectionError(': Failed to establish a new connection')'
ERROR: Could not find a version that satisfies the requirement`;

/** @param {Record<string, string>} files */
function write(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o755 });
  }
}

/**
 * Notes the call and does what STUB wants of it.
 *
 * @param {string} call
 * @param {string} offline what is printed where the network is down
 */
async function act(call, offline = '') {
  appendFileSync(STUB_LOG, `${call}\n`);
  if (behaviour[call] === 'deaf') for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  if (['hang', 'deaf'].includes(behaviour[call])) await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (behaviour[call] === 'offline') fail(offline);
  if (behaviour[call] === 'fail') fail(`${call}: something is wrong`);
}

/** @param {string} text */
function fail(text) {
  console.error(text);
  process.exit(1);
}

async function npm() {
  write({ 'node_modules/half.txt': '' });
  await act('npm ci', NPM_OFFLINE);
  const packages = 'node_modules/@tensorflow';
  write({
    [`${packages}/tfjs-node/index.js`]: `
require('node:fs').accessSync(__dirname + '/../tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
module.exports = { getBackend: () => 'tensorflow', add: (a, b) => ({ dataSync: () => [a + b] }) };`,
    [`${packages}/tfjs-node-gpu/binding/tfjs_binding.cc`]: '',
    'node_modules/typescript/bin/tsc': `require('node:fs').mkdirSync('lib/dist', { recursive: true });
require('node:fs').writeFileSync('lib/dist/index.js', '');
require('node:fs').appendFileSync(process.env.STUB_LOG, 'tsc\\n');`,
  });
  copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}

async function python() {
  const version = behaviour.python ?? '3.12.1';
  const line = args.join(' ');
  if (line.includes('"%d.%d.%d"')) console.log(version);
  else if (line.includes('"%d.%d"')) console.log(version.split('.').slice(0, 2).join('.'));
  else if (line.includes('import venv')) process.exit(behaviour.venv === 'missing' ? 1 : 0);
  else if (line.startsWith('-m venv')) {
    await act('venv');
    mkdirSync('.venv/bin', { recursive: true });
    copyFileSync(join(dirname(STUB_LOG), 'bin/python3'), '.venv/bin/python');
  } else if (line.includes('pip --quiet download')) {
    const folder = /--dest=(\S+)/.exec(line)?.[1] ?? fail('no --dest');
    write({ [`${folder}/half.whl`]: '' });
    await act('pip download', PIP_OFFLINE);
    appendFileSync(STUB_LOG, `  ${line.split(' ').at(-1)} ${/--platform=(\S+)/.exec(line)?.[1]}\n`);
  } else if (line.includes('--target=')) {
    await act('pip install cuda', PIP_OFFLINE);
    write({ [`${/--target=(\S+)/.exec(line)?.[1]}/nvidia/cublas/lib/libcublas.so.12`]: '' });
  } else if (line.includes('pip install')) {
    await act('pip install', PIP_OFFLINE);
  } else if (line === '-m jupyterlab --version' || line.includes('import jupyterlab_jupytext')) {
    const made = existsSync(STUB_LOG) && readFileSync(STUB_LOG, 'utf8').includes('venv');
    const broken = behaviour.jupyterlab === 'broken' || (behaviour.jupyterlab === 'broken until venv' && !made);
    if (broken) fail("ModuleNotFoundError: No module named 'tornado'");
  } else if (line.includes('pip config list')) {
    // It has no settings.
  } else if (line.includes('extract_tensorflow.py')) {
    write({ [`${args[2]}/tensorflow/libtensorflow_cc.so.2`]: 'half' });
    await act('extract');
    write({
      [`${args[2]}/tensorflow/libtensorflow_cc.so.2`]: 'whole',
      [`${args[2]}/tensorflow/libtensorflow_framework.so.2`]: 'whole',
      [`${args[2]}/cuda-requirements.txt`]: 'nvidia-cublas-cu12<13.0,>=12.5.3.2\n',
    });
  } else fail(`the stand-in for Python does not know: ${line}`);
}

async function compiler() {
  if (args.includes('--version')) return;
  const output = args[args.indexOf('-o') + 1];
  write({ [output]: 'half' });
  await act('compile');
  if (!existsSync('.native/tensorflow/libtensorflow_cc.so.2')) fail('cannot find libtensorflow_cc.so.2');
  write({ [output]: 'whole' });
}

if (program === 'npm') await npm();
else if (program === 'python3') await python();
else await compiler();
