import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { uniqueName } from '../../lib/dist/files/heartbeat';
import { withLock } from '../../lib/dist/files/lock';
import { ELSEWHERE, endedClaim, namespacesRefused, ownerFile } from './claims';

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
  return exit(spawn(process.execPath, ['-e', COUNTER, path, ...args], { stdio: 'inherit' }));
}

function exit(child: ChildProcess): Promise<number | null> {
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

  it('gives up with a sentence while the holder lives on, here or on another machine', () => {
    const lock = join(folder, '.counter.lock');
    for (const claim of [uniqueName('').slice(1), ELSEWHERE, 'not a claim']) {
      writeFileSync(lock, ownerFile(claim, 4711));
      expect(() => withLock(path, () => 5, 0.1)).toThrow(
        `${path} is in use by process 4711 on elsewhere since 0.1 s; if that has ended, delete ${lock}.`,
      );
      expect(readdirSync(folder)).toEqual(['.counter.lock', 'counter']);
    }
    writeFileSync(lock, ''); // just made
    expect(() => withLock(path, () => 5, 0.1)).toThrow(`${path} is in use by another process since 0.1 s`);
    rmSync(lock);
    expect(() => withLock(join(folder, 'none', 'x'), () => 5)).toThrow('its folder does not exist; make it first.');
  });

  it('takes over at once from a process of this machine that has ended, however young its lock is', () => {
    writeFileSync(join(folder, '.counter.lock'), ownerFile(endedClaim()));
    expect(withLock(path, () => 5, 0)).toBe(5);
    expect(readdirSync(folder)).toEqual(['counter']);
  });

  it.each([ELSEWHERE, ''])(
    'takes over from elsewhere after half a minute, by the clock of the file system: %j',
    (claim) => {
      const lock = join(folder, '.counter.lock');
      const made = (secondsAgo: number) => {
        writeFileSync(lock, claim && ownerFile(claim));
        utimesSync(lock, Date.now() / 1000 - secondsAgo, Date.now() / 1000 - secondsAgo);
      };
      made(20);
      expect(() => withLock(path, () => 5, 0)).toThrow('is in use by');
      // A clock that is an hour ahead changes nothing.
      vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
      expect(() => withLock(path, () => 5, 0)).toThrow('is in use by');
      vi.restoreAllMocks();
      made(40);
      expect(withLock(path, () => 5, 0)).toBe(5);
      expect(readdirSync(folder)).toEqual(['counter']);
    },
  );

  it('is not taken from a process of this machine that is stopped, however old it is', () => {
    const lock = join(folder, '.counter.lock');
    writeFileSync(lock, ownerFile(uniqueName('').slice(1)));
    utimesSync(lock, 0, 0);
    expect(() => withLock(path, () => 5, 0)).toThrow('is in use by');
  });

  it('is taken over after a process died while it took one over', () => {
    for (const name of ['.counter.lock', '.counter.lock.removal', '.counter.lock.removal.removal']) {
      writeFileSync(join(folder, name), ownerFile(endedClaim()));
    }
    expect(withLock(path, () => 5, 0)).toBe(5);
    expect(readdirSync(folder)).toEqual(['counter']);
  });

  it('refuses to write where the lock was taken over meanwhile, and leaves it to the other', () => {
    const lock = join(folder, '.counter.lock');
    const late = () =>
      withLock(path, (requireLock) => {
        requireLock();
        writeFileSync(lock, ownerFile(ELSEWHERE));
        requireLock();
      });
    expect(late).toThrow(
      `${path} was not changed: this process was stopped for over 30 s, and another took its lock; run again.`,
    );
    expect(readFileSync(lock, 'utf8')).toBe(ownerFile(ELSEWHERE));
  });

  it.skipIf(namespacesRefused)('lets one process at a time, of two containers too', async () => {
    const contained = ['--pid', '--fork', '--kill-child', process.execPath, '-e', COUNTER, path, '100'];
    const there = exit(spawn('unshare', contained, { stdio: 'inherit' }));
    expect(await Promise.all([startCounter('100'), there])).toEqual([0, 0]);
    expect(readFileSync(path, 'utf8')).toBe('200');
  });
});
