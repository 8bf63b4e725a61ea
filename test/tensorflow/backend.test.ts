import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCompiler } from '../../scripts/setup/prerequisites.mjs';
import { PROJECT } from '../support/temporary';

const folder = mkdtempSync(join(tmpdir(), 'other-tensorflow-'));
const framework = join(folder, 'libtensorflow_framework.so.2');
beforeAll(async () => {
  const [program, ...first] = await findCompiler();
  for (const name of ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2']) {
    const args = [...first, '-shared', '-fPIC', '-x', 'c++', '-', `-Wl,-soname,${name}`, '-o', join(folder, name)];
    execFileSync(program, args, { input: 'int another;' });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Adds two numbers in a process with these variables. */
function add(env: NodeJS.ProcessEnv) {
  const code = `console.log(require('./lib/dist/tensorflow/backend').tf.add(1, 2).dataSync()[0])`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', code], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { stdout, stderr };
}

describe('another TensorFlow on the machine', () => {
  it("is not taken instead of the project's, though LD_LIBRARY_PATH names its folder", () => {
    expect(add({ LD_LIBRARY_PATH: folder }).stdout).toBe('3\n');
  });

  it('is named where it is in the way all the same', () => {
    const { stderr } = add({ LD_PRELOAD: framework });
    expect(stderr).toMatch(
      /^Error: TensorFlow's library does not load \(.*undefined symbol.*\): libraries that LD_PRELOAD names are in the way: unset it and try again\.$/m,
    );
  });
});
