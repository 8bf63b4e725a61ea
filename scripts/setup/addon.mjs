// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { digestOf, readJson, writeWhole } from '../lib/files.mjs';
import { excerpt } from '../lib/run.mjs';
import { installedTensorflow } from './tensorflowLibrary.mjs';

const PACKAGE = 'node_modules/@tensorflow/tfjs-node-gpu';
const ADDON = `${PACKAGE}/lib/napi-v8/tfjs_binding.node`;
const TENSORFLOW = '.native/tensorflow';
const ARGUMENTS = [
  ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
  ...['-Inode_modules/node-api-headers/include', `-I${TENSORFLOW}/include`],
  ...[`${PACKAGE}/binding/tfjs_backend.cc`, `${PACKAGE}/binding/tfjs_binding.cc`],
  ...[`-L${TENSORFLOW}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
  // From the addon's folder to the project's, so that a checkout may be moved; as RPATH, since before a RUNPATH the
  // loader takes another TensorFlow from LD_LIBRARY_PATH.
  '-Wl,--disable-new-dtags',
  `-Wl,-rpath,$ORIGIN/../../../../../${TENSORFLOW}`,
];
const LOADS = `const tf = require('@tensorflow/tfjs-node');
if (tf.getBackend() !== 'tensorflow' || tf.add(1, 2).dataSync()[0] !== 3) process.exit(1);`;

/** @type {import('./step.mjs').Step} */
export const addon = {
  name: () => 'native addon (C++)',
  isDone: ({ root }) => existsSync(join(root, ADDON)) && readJson(stampPath(root))?.inputs === inputsOf(root),
  async make({ root, compiler, run }) {
    mkdirSync(join(root, dirname(ADDON)), { recursive: true });
    rmSync(stampPath(root), { force: true });
    const [program, ...first] = await compiler();
    const partial = `${ADDON}.partial`;
    const compiled = await run(program, [...first, ...ARGUMENTS, '-o', partial]);
    if (compiled.status !== 0) {
      throw new Failure(
        `${excerpt(compiled.output)}\nThe native addon did not compile: ${program} failed with the lines above (another compiler can be named with CXX=/path/to/compiler).`,
      );
    }
    renameSync(join(root, partial), join(root, ADDON));
    const loaded = await run(process.execPath, ['--input-type=commonjs', '-e', LOADS], { TF_CPP_MIN_LOG_LEVEL: '2' });
    if (loaded.status !== 0) {
      const named = ['LD_LIBRARY_PATH', 'LD_PRELOAD'].filter((name) => process.env[name]).join(' and ');
      throw new Failure(
        `${excerpt(loaded.output)}\nThe native addon was compiled but does not run on this machine: the lines above say why${named && ` (perhaps a library that ${named} names)`}.`,
      );
    }
    writeWhole(stampPath(root), JSON.stringify({ inputs: inputsOf(root) }));
  },
};

/** @param {string} root */
const stampPath = (root) => join(root, dirname(ADDON), 'setup.json');

/**
 * What the addon was made from: its sources, TensorFlow's library and the way of compiling.
 *
 * @param {string} root
 */
function inputsOf(root) {
  const binding = join(root, PACKAGE, 'binding');
  const sources = readdirSync(binding).sort();
  return JSON.stringify([digestOf(sources.map((name) => join(binding, name))), installedTensorflow(root), ARGUMENTS]);
}
