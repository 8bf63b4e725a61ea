import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../lib/dist/files/lock';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'counter');
  writeFileSync(path, '0');
});
afterEach(() => rmSync(folder, { recursive: true }));

// Adds 1 to the number in the file, many times; with a kill, dies holding the lock.
const COUNTER = `
  const { withLock } = require(${JSON.stringify(resolve('lib/dist/files/lock.js'))});
  const { readFileSync, writeFileSync } = require('node:fs');
  const [path, times, kill] = process.argv.slice(1);
  for (let i = 0; i < Number(times); i++) {
    withLock(path, () => {
      const count = Number(readFileSync(path, 'utf8'));
      if (kill) process.kill(process.pid, 'SIGKILL');
      writeFileSync(path, String(count + 1));
    });
  }`;

function startCounter(...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, ['-e', COUNTER, path, ...args], { stdio: 'inherit' });
  return new Promise((done) => child.on('exit', (code) => done(code)));
}

describe('withLock', () => {
  it('lets one process at a time', async () => {
    expect(await Promise.all([startCounter('100'), startCounter('100'), startCounter('100')])).toEqual([0, 0, 0]);
    expect(readFileSync(path, 'utf8')).toBe('300');
    expect(readdirSync(folder)).toEqual(['counter']);
  });

  it('takes over, once, from a process that was killed', async () => {
    for (let round = 1; round <= 3; round++) {
      await startCounter('1', 'kill');
      expect(readdirSync(folder).length).toBe(2);
      expect(await Promise.all([startCounter('20'), startCounter('20')])).toEqual([0, 0]);
      expect(readFileSync(path, 'utf8')).toBe(String(40 * round));
      expect(readdirSync(folder)).toEqual(['counter']);
    }
  });

  it('returns what the action returns, and is free again when it throws', () => {
    expect(withLock(path, () => 5)).toBe(5);
    const fail = () =>
      withLock(path, () => {
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(readdirSync(folder)).toEqual(['counter']);
  });

  it('gives up with a sentence when the holder lives on, or is on another machine', () => {
    const lock = join(folder, '.counter.lock');
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    for (const holder of [`${encodeURIComponent(hostname())}-${process.pid}-01234567`, `elsewhere-${dead}-01234567`]) {
      symlinkSync(holder, lock);
      expect(() => withLock(path, () => 5, 0.1)).toThrow(
        `${path} is in use by process ${holder} since 0.1 s; if that has ended, delete ${lock}.`,
      );
      rmSync(lock);
    }
    expect(() => withLock(join(folder, 'none', 'x'), () => 5)).toThrow('its folder does not exist; make it first.');
  });
});
