import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lockSetup } from '../../scripts/setup/lock.mjs';
import { namespacesRefused } from '../files/claims';
import { PROJECT } from '../support/temporary';

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-lock-'));
  path = join(root, '.setup.lock');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

/** A lock of a set-up in another container. */
const ELSEWHERE = '0123456789ab 1 4711 other-host';

function lockedBy(content: string, secondsAgo: number): void {
  writeFileSync(path, content);
  utimesSync(path, Date.now() / 1000 - secondsAgo, Date.now() / 1000 - secondsAgo);
}

const refusal = (holder: string) =>
  `Another set-up of this folder is running${holder}: wait until it has ended and run the command again.`;

describe('the lock of a set-up', () => {
  it('is held by one, and free again after it', () => {
    const lock = lockSetup(root);
    expect(() => lockSetup(root)).toThrow(refusal(` (process ${process.pid} on ${hostname()})`));
    lock.release();
    lockSetup(root).release();
    expect(readdirSync(root)).toEqual([]);
  });

  it('of another container or machine holds as long as its heart beats', () => {
    for (const [content, holder] of [
      [ELSEWHERE, ' (process 1 on other-host)'],
      ['', ''],
    ]) {
      lockedBy(content, 240);
      expect(() => lockSetup(root)).toThrow(refusal(holder));
      expect(readFileSync(path, 'utf8')).toBe(content);
      lockedBy(content, 360);
      lockSetup(root).release();
      expect(readdirSync(root)).toEqual([]);
    }
  });

  it('of a process of this machine that was killed is free at once', () => {
    const script = `import(${JSON.stringify(join(PROJECT, 'scripts/setup/lock.mjs'))})
      .then(({ lockSetup }) => { lockSetup(process.argv[1]); process.kill(process.pid, 'SIGKILL'); });`;
    spawnSync(process.execPath, ['-e', script, root]);
    expect(readdirSync(root)).toEqual(['.setup.lock']);
    lockSetup(root).release();
    expect(readdirSync(root)).toEqual([]);
  });

  it.skipIf(namespacesRefused)('keeps out a set-up in another container, where process numbers differ', () => {
    const lock = lockSetup(root);
    const script = `import(${JSON.stringify(join(PROJECT, 'scripts/setup/lock.mjs'))})
      .then(({ lockSetup }) => lockSetup(process.argv[1])).catch(({ message }) => console.log(message));`;
    const contained = ['--pid', '--fork', '--kill-child', process.execPath, '-e', script, root];
    expect(spawnSync('unshare', contained).stdout.toString().trim()).toBe(
      refusal(` (process ${process.pid} on ${hostname()})`),
    );
    lock.release();
  });

  it('beats, and stays the other one’s where it was taken over', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const lock = lockSetup(root);
    utimesSync(path, 1, 1);
    vi.advanceTimersByTime(5000);
    expect(() => lockSetup(root)).toThrow('Another set-up');
    writeFileSync(path, ELSEWHERE);
    vi.advanceTimersByTime(5000);
    lock.holdFor(process.ppid);
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe(ELSEWHERE);
  });
});
