// @ts-check
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { readJson, writeWhole } from '../lib/files.mjs';
import { excerpt } from '../lib/run.mjs';
import { pipEnvironment, pythonPath } from './pythonEnvironment.mjs';
import { downloadFailure } from './step.mjs';

export const TENSORFLOW_VERSION = '2.21.0';

/**
 * The package and wheel platform that carry TensorFlow's C library. tensorflow-cpu exists for x64 only; on arm64 the
 * package tensorflow is a CPU build.
 *
 * @param {'cpu' | 'gpu'} variant
 * @param {string} architecture Node's name of it
 */
export function wheelOf(variant, architecture) {
  if (architecture === 'arm64') {
    if (variant === 'gpu') throw new Failure('TensorFlow has no CUDA build for arm64: run the set-up without --gpu.');
    return { package: 'tensorflow', platform: 'manylinux_2_27_aarch64' };
  }
  return { package: variant === 'gpu' ? 'tensorflow' : 'tensorflow-cpu', platform: 'manylinux_2_27_x86_64' };
}

/**
 * What .native holds, or undefined where it is missing or not whole.
 *
 * @param {string} root
 * @returns {{version: string, variant: 'cpu' | 'gpu', platform: string, sizes: Record<string, number>} | undefined}
 */
export function installedTensorflow(root) {
  const stamp = readJson(join(root, '.native/setup.json'));
  if (!stamp?.sizes) return undefined;
  const whole = Object.entries(stamp.sizes).every(
    ([file, size]) => statSync(join(root, '.native/tensorflow', file), { throwIfNoEntry: false })?.size === size,
  );
  return whole ? stamp : undefined;
}

/** @type {import('./step.mjs').Step} */
export const tensorflowLibrary = {
  name: ({ variant }) =>
    `TensorFlow ${TENSORFLOW_VERSION} library ${variant === 'gpu' ? 'with CUDA (about 4 GB)' : '(about 270 MB)'}`,
  isDone({ root, variant }) {
    const { platform } = wheelOf(variant, process.arch);
    const installed = installedTensorflow(root);
    return (
      installed?.version === TENSORFLOW_VERSION && installed.variant === variant && installed.platform === platform
    );
  },
  async make(context) {
    const { root, variant, run } = context;
    const wheel = wheelOf(variant, process.arch);
    const work = join(root, '.native.tmp');
    const environment = await pipEnvironment(context);
    /** @param {string[]} args */
    const pip = async (...args) => {
      const { status, output } = await run(pythonPath(root), ['-m', 'pip', '--quiet', ...args], environment);
      if (status !== 0) throw downloadFailure({ what: "TensorFlow's library", client: 'pip', output });
    };

    // The wheel's C library is the same for every Python, so it is always taken from the wheels for Python 3.11.
    const download = join(work, `${wheel.package}-${TENSORFLOW_VERSION}-${wheel.platform}`);
    if (!statSync(download, { throwIfNoEntry: false })) {
      rmSync(work, { recursive: true, force: true });
      await pip(
        ...['download', '--no-deps', '--only-binary=:all:', '--implementation=cp', '--python-version=3.11'],
        ...[`--platform=${wheel.platform}`, `--dest=${download}.partial`, `${wheel.package}==${TENSORFLOW_VERSION}`],
      );
      renameSync(`${download}.partial`, download);
    }

    const made = join(work, 'native');
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made, { recursive: true });
    const [file] = readdirSync(download);
    const extracted = await run(pythonPath(root), ['scripts/setup/extract_tensorflow.py', join(download, file), made]);
    if (extracted.status !== 0) {
      rmSync(work, { recursive: true, force: true });
      throw new Failure(
        `${excerpt(extracted.output)}\nTensorFlow's wheel could not be unpacked: run the command again to download it anew.`,
      );
    }
    if (variant === 'gpu') {
      await pip('install', '--no-deps', `--target=${made}`, `--requirement=${join(made, 'cuda-requirements.txt')}`);
    }

    const sizes = Object.fromEntries(
      readdirSync(join(made, 'tensorflow'))
        .filter((name) => name.endsWith('.so.2'))
        .map((name) => [name, statSync(join(made, 'tensorflow', name)).size]),
    );
    writeWhole(
      join(made, 'setup.json'),
      JSON.stringify({ version: TENSORFLOW_VERSION, variant, platform: wheel.platform, sizes }),
    );
    rmSync(join(root, '.native'), { recursive: true, force: true });
    renameSync(made, join(root, '.native'));
    rmSync(work, { recursive: true, force: true });
  },
};
