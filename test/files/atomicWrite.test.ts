import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  atomicWrite,
  inWords,
  isAlive,
  isOutOfSpace,
  removeLeftovers,
  uniqueName,
} from '../../lib/dist/files/atomicWrite';

const folder = mkdtempSync(join(tmpdir(), 'atomic-'));
const path = join(folder, 'file');
beforeEach(() => writeFileSync(path, 'before'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

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
    const host = encodeURIComponent(hostname());
    const dead = `.partial-file@${host}-${deadPid()}-01234567`;
    const kept = [
      uniqueName('.partial-file'),
      `.partial-file@${host}-${deadPid()}-notes`,
      `.partial-file@other-${host}-${deadPid()}-01234567`,
      `.partial-file2@${host}-${deadPid()}-01234567`,
    ];
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

describe('removeLeftovers', () => {
  it('removes whole folders', () => {
    const dead = join(folder, `.partial-x@${encodeURIComponent(hostname())}-${deadPid()}-01234567`);
    mkdirSync(join(dead, 'inside'), { recursive: true });
    removeLeftovers(folder, '.partial-');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('isAlive', () => {
  it('tells a running process from one that has ended', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(process.ppid)).toBe(true);
    expect(isAlive(deadPid())).toBe(false);
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
