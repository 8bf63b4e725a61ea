import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { classTable } from '../../workshop/dist/classTable';
import * as desk from '../../workshop/dist/desk';
import { EXERCISES } from '../../workshop/dist/exercises';
import { handedIn, readProgress, seatsOf, sit } from '../../workshop/dist/progress';
import { command } from '../support/run';

let shared: string;
let said: string[];
beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), 'class-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((text) => said.push(String(text)));
  vi.stubEnv('SUBTASK_CLASS', shared);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(shared, { recursive: true });
});

/** What is kept from now on is kept as another participant's. */
function participant(seat: number): void {
  vi.stubEnv('SUBTASK_WORKSHOP', join(shared, `home-${seat}`));
  sit(seat);
}

const right = (epoch: number, epochs: number, final: number) => final ** ((epoch - 1) / epochs);

it('tries, hints and what is handed in reach the class under a seat number, and nothing else does', async () => {
  participant(7);
  await desk.check('W3.3', (epoch: number) => epoch);
  desk.hint('W3.1');
  participant(12);
  await desk.check('W3.3', right);
  await desk.handIn('W4.4', () => 0.5);

  expect(seatsOf(shared).map(({ seat }) => seat)).toEqual([7, 12]);
  expect(handedIn('W4.4')).toEqual([{ seat: 12, value: 0.5 }]);
  const lines = classTable(seatsOf(shared), EXERCISES).split('\n');
  const column = (lines.find((line) => /^ +\d( \d)+/.test(line)) ?? '').length;
  expect(column).toBeGreaterThan(0);
  expect(lines.find((line) => line.startsWith('     7'))).toMatch(/h · 1 ·/);
  expect(lines.find((line) => line.startsWith('    12'))).toMatch(/· · ✓ ·/);
});

it('a seat belongs to one participant, who leaves it for another; a broken file hides no other seat', async () => {
  participant(1);
  await desk.check('W3.3', right);
  vi.stubEnv('SUBTASK_WORKSHOP', join(shared, 'home-of-another'));
  expect(() => sit(1)).toThrow('Somebody else sits on seat 1');
  participant(1);
  sit(5);
  expect(seatsOf(shared).map(({ seat }) => seat)).toEqual([5]);
  mkdirSync(join(shared, 'seat-006'));
  writeFileSync(join(shared, 'seat-006/W2.json'), '{broken');
  const table = classTable(seatsOf(shared), EXERCISES);
  expect(table).toMatch(/^ {5}5 .*✓/m);
  expect(table).toMatch(/^ {5}6 {2}\?/m);
});

it('keeps what was done before somebody sat down', async () => {
  vi.stubEnv('SUBTASK_WORKSHOP', join(shared, 'home'));
  await desk.check('W3.3', right);
  expect(seatsOf(shared)).toEqual([]);
  sit(3);
  expect(seatsOf(shared)[0].progress).toEqual(readProgress());
});

it('opens a solution after three tries, after all hints, or when it is released', async () => {
  participant(1);
  desk.solution('W3.3');
  expect(said.pop()).toBe('The solution of W3.3 opens after 3 more tries or 3 more hints.');
  for (let i = 0; i < 3; i++) await desk.check('W3.3', () => 2);
  desk.solution('W3.3');
  expect(said.pop()).toContain('function myTemperature');

  desk.solution('W3.1');
  expect(said.pop()).toContain('opens after');
  for (let i = 0; i < 3; i++) desk.hint('W3.1');
  expect(said.pop()).toContain('Hint 3 of 3');
  desk.solution('W3.1');
  expect(said.pop()).toContain('function mySoft');

  desk.solution('W4.1');
  expect(said.pop()).toContain('opens after');
  const { status, stdout } = await command('workshop', 'release', 'W4', '--class', shared);
  expect([status, stdout.trim().split('\n').pop()]).toEqual([0, 'Open for all: W4.']);
  desk.solution('W4.1');
  expect(said.pop()).toContain('function mySample');
});

it('a stub counts as no try, and a picture waits for a prediction', async () => {
  participant(1);
  await desk.reveal('W3.4', () => [{ seen: 1 }]);
  expect(said.pop()).toContain("run the cell with `predict('W3.4', …)`");
  await desk.reveal('W7.2', () => [{ seen: 1 }]);
  expect(said.pop()).toContain("run the cell with `keepPlan('W7.2', …)`");
  desk.predict('W3.4', undefined);
  expect(said.pop()).toContain('missing');
  desk.predict('W3.4', 30);
  await desk.reveal('W3.4', () => [{ seen: 1 }]);
  expect(said.join('\n')).toContain('You expected: **30**');
  expect(said.pop()).toContain('seen');
  expect(() => desk.hint('W9.1')).toThrow('There is no exercise "W9.1"');
  expect(() => sit(0.5)).toThrow('whole number from 1 to 999');
});

it('the command says in one sentence what is missing', async () => {
  for (const [args, sentence] of [
    [['release', 'W9', '--class', shared], 'there is no W9'],
    [['class', join(shared, 'nowhere'), '--once'], 'There is no folder'],
    [['teach'], 'Say what to do: mine, build, class, release or slides.'],
  ] as const) {
    const { status, stderr } = await command('workshop', ...args);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
  }
});
