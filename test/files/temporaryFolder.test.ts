import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder, withTemporaryFolder } from '../../lib/dist/files/temporaryFolder';

const folder = mkdtempSync(join(tmpdir(), 'temporary-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const says = (because: string) =>
  `The folder for temporary files, ${tmpdir()}, cannot be used, because ${because}: put that right, or let the environment variable TMPDIR name another folder.`;

describe('a temporary folder', () => {
  it('is removed after its use, and else when the process ends', () => {
    const used = withTemporaryFolder((path) => {
      writeFileSync(join(path, 'file'), '');
      return path;
    });
    expect(existsSync(used)).toBe(false);
    const script = `console.log(require(${JSON.stringify(resolve('lib/dist/files/temporaryFolder.js'))}).temporaryFolder())`;
    const path = spawnSync(process.execPath, ['-e', script], { env: { TMPDIR: folder } })
      .stdout.toString()
      .trim();
    expect(path).toContain(join(folder, 'subtask-induction-'));
    expect(existsSync(path)).toBe(false);
  });

  it('is refused with a sentence that names the place', () => {
    vi.stubEnv('TMPDIR', join(folder, 'missing'));
    expect(temporaryFolder).toThrow(says('it is not there'));
    writeFileSync(join(folder, 'file'), '');
    vi.stubEnv('TMPDIR', join(folder, 'file'));
    expect(temporaryFolder).toThrow(says('it is not there'));
  });

  it('that is full is named, and other errors stay what they are', () => {
    const fail = (code: string) => () =>
      withTemporaryFolder(() => {
        throw Object.assign(new Error(`${code}: write`), { code });
      });
    expect(fail('ENOSPC')).toThrow(says('its disk is full'));
    expect(fail('EBADF')).toThrow('EBADF: write');
  });
});
