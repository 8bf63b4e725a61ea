import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  isOwned,
  keepBeating,
  own,
  partialFolder,
  removeLeftovers,
  removeWhole,
  uniqueName,
} from '../../lib/dist/files/heartbeat';
import { ELSEWHERE, endedClaim, namespacesRefused, ownerFile } from './claims';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heartbeat-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const MINUTE = 60;

/** Lets a file or folder have been modified some seconds ago. */
function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(path, then, then);
}

/** A folder whose owner gave its last heartbeat some seconds ago. */
function ownedBy(claim: string, seconds: number): string {
  const path = mkdtempSync(join(folder, 'owned-'));
  writeFileSync(join(path, 'owner.json'), ownerFile(claim));
  age(join(path, 'owner.json'), seconds);
  return path;
}

describe('isOwned', () => {
  it('judges a process of this machine by itself, not by its heartbeat', () => {
    expect(isOwned(ownedBy(uniqueName('').slice(1), 1e6))).toBe(true); // stopped for days
    expect(isOwned(ownedBy(endedClaim(), 0))).toBe(false);
    const reused = endedClaim().replace(/-\d+-(\d+)-/, `-${process.pid}-$1-`);
    expect(isOwned(ownedBy(reused, 0))).toBe(false); // its number is another process's now
  });

  it('judges a process elsewhere, and an owner that cannot be read, by the heartbeat alone', () => {
    for (const claim of [ELSEWHERE, 'unknown']) {
      expect(isOwned(ownedBy(claim, 14 * MINUTE))).toBe(true);
      expect(isOwned(ownedBy(claim, 16 * MINUTE))).toBe(false);
    }
    const half = ownedBy(ELSEWHERE, 0);
    writeFileSync(join(half, 'owner.json'), '{"cla');
    expect(isOwned(half)).toBe(true);
    age(join(half, 'owner.json'), 16 * MINUTE);
    expect(isOwned(half)).toBe(false);
    expect(isOwned(folder)).toBe(false);
  });

  it('leaves no file behind, and makes none where the time is given', () => {
    const path = ownedBy(ELSEWHERE, 16 * MINUTE);
    const before = statSync(path).mtimeMs;
    expect(isOwned(path, { now: Date.now() })).toBe(false);
    expect(statSync(path).mtimeMs).toBe(before);
    expect(isOwned(ownedBy(ELSEWHERE, 16 * MINUTE))).toBe(false);
    expect(readdirSync(path)).toEqual(['owner.json']);
  });

  it('counts the time from the last heartbeat that it saw', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const path = ownedBy(ELSEWHERE, 10 * MINUTE);
    expect(isOwned(path)).toBe(true);
    vi.advanceTimersByTime(6 * MINUTE * 1000);
    expect(isOwned(path)).toBe(false);
    age(join(path, 'owner.json'), 0); // it was only slow
    expect(isOwned(path)).toBe(true);
    vi.advanceTimersByTime(14 * MINUTE * 1000);
    expect(isOwned(path)).toBe(true);
  });
});

describe('keepBeating', () => {
  it('gives the file the time of its file system, and leaves its content', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const path = mkdtempSync(join(folder, 'beating-'));
    own(path);
    const file = join(path, 'owner.json');
    const content = readFileSync(file, 'utf8');
    age(file, 3600);
    const stop = keepBeating(path);
    vi.advanceTimersByTime(5000);
    expect(Math.abs(statSync(file).mtimeMs - Date.now())).toBeLessThan(60_000);
    expect(readFileSync(file, 'utf8')).toBe(content);
    stop();
    age(file, 3600);
    vi.advanceTimersByTime(60_000);
    expect(Date.now() - statSync(file).mtimeMs).toBeGreaterThan(3_500_000);
    keepBeating(path);
    rmSync(file);
    vi.advanceTimersByTime(60_000);
    expect(readdirSync(path)).toEqual([]); // what was removed does not come back
  });
});

describe('removeLeftovers', () => {
  it('removes what ended processes left, whole folders too, and only that', () => {
    const partial = (claim: string, seconds: number, ...inside: string[]) => {
      const path = join(folder, `.partial-x@${claim}`);
      mkdirSync(join(path, 'inside'), { recursive: true });
      for (const name of inside) {
        writeFileSync(join(path, name), '');
        age(join(path, name), 0);
      }
      age(path, seconds);
      return `.partial-x@${claim}`;
    };
    partial(endedClaim(), 0);
    partial(ELSEWHERE.replace(/.$/, '1'), 16 * MINUTE);
    partial('a-host-1234-01234567', 16 * MINUTE); // as earlier versions named them
    const kept = [
      partial(uniqueName('').slice(1), 1e6),
      partial(ELSEWHERE.replace(/.$/, '2'), 14 * MINUTE),
      partial(ELSEWHERE.replace(/.$/, '3'), 16 * MINUTE, 'owner.json'), // whose heartbeat is not the folder's time
      partial(`${endedClaim()}-notes`, 1e6),
    ];
    removeLeftovers(folder, '.partial-');
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
    removeLeftovers(join(folder, 'missing'), '.partial-');
  });

  it.skipIf(namespacesRefused)(
    'leaves alone what a process in another container is at, where process numbers differ',
    () => {
      const { path, close } = partialFolder(join(folder, 'run'));
      const script = `
      const { partialFolder, removeLeftovers } = require(${JSON.stringify(resolve('lib/dist/files/heartbeat.js'))});
      removeLeftovers(process.argv[1], '.partial-');
      partialFolder(process.argv[1] + '/run');
      process.kill(process.pid, 'SIGKILL');`;
      spawnSync('unshare', ['--pid', '--fork', '--kill-child', process.execPath, '-e', script, folder]);
      expect(readdirSync(folder)).toContain(path.slice(folder.length + 1));
      expect(readdirSync(folder)).toHaveLength(2);
      close();
      removeLeftovers(folder, '.partial-');
      expect(readdirSync(folder)).toHaveLength(1); // whether that one has ended cannot be told from here yet
    },
  );

  it('takes a process for running while it is stopped, and for ended once it is killed', async () => {
    const script = `
      const { partialFolder } = require(${JSON.stringify(resolve('lib/dist/files/heartbeat.js'))});
      partialFolder(process.argv[1] + '/run');
      console.log('made');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((made) => child.stdout.on('data', made));
    child.kill('SIGSTOP');
    const [name] = readdirSync(folder);
    age(join(folder, name, 'owner.json'), 1e6);
    removeLeftovers(folder, '.partial-');
    expect(readdirSync(folder)).toEqual([name]);
    child.kill('SIGKILL');
    await new Promise((ended) => child.on('exit', ended));
    removeLeftovers(folder, '.partial-');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('removeWhole', () => {
  it('removes a folder, also one that another process has just removed', () => {
    mkdirSync(join(folder, 'sweep', 'jobs'), { recursive: true });
    removeWhole(join(folder, 'sweep'));
    removeWhole(join(folder, 'sweep'));
    expect(readdirSync(folder)).toEqual([]);
  });
});
