import { execFileSync, spawnSync } from 'node:child_process';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atomicWrite, inWords, isOutOfSpace } from '../../lib/dist/files/atomicWrite';
import { uniqueName } from '../../lib/dist/files/heartbeat';
import { endedClaim } from './claims';

const folder = mkdtempSync(join(tmpdir(), 'atomic-'));
const path = join(folder, 'file');
beforeEach(() => writeFileSync(path, 'before'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('atomicWrite', () => {
  it('replaces the content', () => {
    atomicWrite(path, (append) => {
      append('after, ');
      append(Uint8Array.of(0xc3, 0xbc));
      expect(readFileSync(path, 'utf8')).toBe('before');
    });
    expect(readFileSync(path, 'utf8')).toBe('after, ü');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('keeps the old content when writing fails', () => {
    const fail = () =>
      atomicWrite(path, (append) => {
        append('half');
        throw new Error('no more');
      });
    expect(fail).toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('says when the system refuses more bytes, and keeps the old content', () => {
    const script = `require(${JSON.stringify(resolve('lib/dist/files/atomicWrite.js'))}).atomicWrite(process.argv[1],
      (append) => { for (let i = 0; i < 64; i++) append(new Uint8Array(1024)); });`;
    const run = spawnSync('bash', ['-c', 'ulimit -f 16; exec "$0" -e "$1" "$2"', process.execPath, script, path]);
    expect(run.stderr.toString()).toContain(`Cannot write ${path}: it is larger than this system lets a file be`);
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('removes what a killed process left beside the file, and only that', () => {
    const dead = `.partial-file@${endedClaim()}`;
    const kept = [uniqueName('.partial-file'), `.partial-file@${endedClaim()}-notes`, `.partial-file2@${endedClaim()}`];
    for (const name of [dead, ...kept]) writeFileSync(join(folder, name), '');
    atomicWrite(path, (append) => append('after'));
    expect(readdirSync(folder).sort()).toEqual([...kept, 'file'].sort());
    for (const name of kept) rmSync(join(folder, name));
  });

  it('leaves no trace of a process killed while writing, once the file is written again', () => {
    const script = `require(${JSON.stringify(resolve('lib/dist/files/atomicWrite.js'))}).atomicWrite(process.argv[1],
      (append) => { append('half'); process.kill(process.pid, 'SIGKILL'); });`;
    expect(() => execFileSync(process.execPath, ['-e', script, path])).toThrow();
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder).length).toBe(2);
    atomicWrite(path, (append) => append('after'));
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

/** Makes fsync fail for folders or for files, as some file systems do; gives back what was warned. */
function fsyncFails(code: string, { folders }: { folders: boolean }) {
  const fsync = fs.fsyncSync;
  vi.spyOn(fs, 'fsyncSync').mockImplementation((file) => {
    if (fs.fstatSync(file).isDirectory() !== folders) return fsync(file);
    throw Object.assign(new Error(`${code}: fsync`), { code });
  });
  return vi.spyOn(console, 'warn').mockImplementation(() => {});
}

describe('a file system without fsync', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('keeps what is written, and says once what it cannot do', () => {
    const warnings = fsyncFails('EIO', { folders: true });
    atomicWrite(path, (append) => append('after'));
    expect(readFileSync(path, 'utf8')).toBe('after');
    atomicWrite(path, (append) => append('later'));
    expect(readFileSync(path, 'utf8')).toBe('later');
    expect(warnings.mock.calls).toEqual([
      [
        `The file system of ${folder} cannot make what is written safe against power loss (fsync: EIO); all else works as usual.`,
      ],
    ]);
  });

  it.each(['EINVAL', 'EIO', 'EPERM', 'ENOTSUP'])('of folders is no error: %s', (code) => {
    fsyncFails(code, { folders: true });
    atomicWrite(path, (append) => append('after'));
    expect(readFileSync(path, 'utf8')).toBe('after');
  });

  it('is an error where the content of a file does not reach the disk, and the old content stays', () => {
    fsyncFails('EIO', { folders: false });
    expect(() => atomicWrite(path, (append) => append('after'))).toThrow(
      `Cannot write ${path}: its disk reports an input or output error; what was there before is unchanged.`,
    );
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('inWords', () => {
  it('gives system errors a sentence and leaves other errors alone', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect((inWords(full, 'runs/a') as Error).message).toBe(
      'Cannot write runs/a: the disk is full; free some space and run again, what was there before is unchanged.',
    );
    const other = new Error('other');
    expect(inWords(other, 'runs/a')).toBe(other);
    expect([full, other, null].map(isOutOfSpace)).toEqual([true, false, false]);
  });
});
