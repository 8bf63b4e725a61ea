/** What stands in the cells of the workshop: check, hint, solution, predict, reveal, progress. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../../lib/dist/files/json';
import { type Shown, say, show } from '../../lib/dist/notebook/show';
import { showCard } from './card';
import type { Exercise } from './exercise';
import { EXERCISES } from './exercises';
import { classFolder, planText, readProgress, record, recordOf, seat } from './progress';
import { solutionOf } from './source';
import { judge, NotBegun, type Verdict } from './verdict';

/** Attempts after which a solution may be opened. */
const ATTEMPTS = 3;

/** The file of a class folder that names what the instructor has released. */
export const RELEASED = 'released.json';

/** Says whether an answer is right, without showing or counting it. */
export async function verdictOf(id: string, answer: unknown): Promise<Verdict> {
  return judge(exercise(id).check, answer);
}

/** Says below the cell what holds of an answer, and in one sentence what does not. */
export async function check(id: string, answer: unknown): Promise<void> {
  const verdict = await verdictOf(id, answer);
  if (verdict.state !== 'not begun') {
    const { attempts, passed } = recordOf(id);
    const now = verdict.state === 'passed' ? new Date().toISOString() : undefined;
    record(id, { attempts: attempts + 1, passed: passed ?? now });
  }
  showCard(`${id} ${exercise(id).title}`, verdict);
}

/** Shows one hint more each time: what to think of, which tool, nearly the line. */
export function hint(id: string): void {
  const { hints } = exercise(id);
  const given = Math.min(recordOf(id).hints + 1, hints.length);
  record(id, { hints: given });
  say(
    hints
      .slice(0, given)
      .map((text, i) => `**Hint ${i + 1} of ${hints.length}.** ${text}`)
      .join('\n\n'),
  );
}

/** Shows a solution, after three tries, after all hints, or when the instructor has released it. */
export function solution(id: string): void {
  const { hints } = exercise(id);
  const { attempts, hints: given, passed } = recordOf(id);
  const open = passed || attempts >= ATTEMPTS || given >= hints.length || isReleased(id);
  if (!open) {
    const [tries, more] = [ATTEMPTS - attempts, hints.length - given];
    say(
      `The solution of ${id} opens after ${tries} more ${tries === 1 ? 'try' : 'tries'} or ${more} more ${more === 1 ? 'hint' : 'hints'}.`,
    );
    return;
  }
  record(id, { opened: new Date().toISOString() });
  say(`One solution of ${id}; others are as good.\n\n\`\`\`typescript\n${solutionOf(id)}\n\`\`\``);
}

/** Keeps what you expect, before you see. `guess` is a number or a word; until there is one, nothing is kept. */
export function predict(id: string, guess: number | string | undefined): void {
  exercise(id);
  if (guess === undefined || guess === '' || Number.isNaN(guess)) {
    say(`Your prediction for ${id} is missing: write it in this cell and run it again. It costs nothing to be wrong.`);
    return;
  }
  record(id, { predicted: { guess, at: new Date().toISOString() } });
  say(`Kept, for ${id}: **${guess}**. Now look.`);
}

/**
 * Keeps a plan, and when it was made: as it is kept once more it has the former time, and a later one where anything in it has
 * changed.
 */
export async function keepPlan(id: string, plan: () => { claim: string }): Promise<void> {
  const found = await begun(id, plan);
  if (found === undefined) return;
  const text = planText(found);
  const former = recordOf(id).predicted;
  const at = former?.plan === text ? former.at : new Date().toISOString();
  record(id, { predicted: { guess: found.claim, at, plan: text } });
  say(`Your plan was made at ${new Date(at).toLocaleTimeString()}: **${found.claim}**`);
}

/** Hands a number in: with a class folder, everybody sees it in `handedIn(id)`, under your seat number. */
export async function handIn(id: string, value: () => number | Promise<number>): Promise<void> {
  const number = await begun(id, value);
  if (number === undefined) return;
  record(id, { value: number });
  say(`Handed in for ${id}: **${number}**${seat() === undefined ? '' : `, seat ${seat()}`}.`);
}

/** The prediction that was kept, or undefined. */
export function predicted(id: string): number | string | undefined {
  return recordOf(id).predicted?.guess;
}

/** Shows a picture or a table to those who have said what they expect. */
export async function reveal(id: string, what: () => Shown | Promise<Shown>): Promise<void> {
  const guess = predicted(id);
  if (guess === undefined) {
    const { before = 'predict' } = exercise(id);
    return say(`First say what you expect: run the cell with \`${before}('${id}', …)\`.`);
  }
  const shown = await begun(id, what);
  if (shown === undefined) return;
  say(`You expected: **${guess}**.`);
  await show(shown);
}

/** What is computed with the answer to an exercise; undefined, and a sentence, where that is not begun. */
async function begun<T>(id: string, compute: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await compute();
  } catch (error) {
    if (!(error instanceof NotBegun)) throw error;
    say(`This needs your answer to ${exercise(id).title} (${id}).`);
    return undefined;
  }
}

/** Shows how far you are: all exercises, or those of one notebook ("W3"). */
export async function progress(notebook = ''): Promise<void> {
  const done = readProgress();
  await show(
    Object.entries(EXERCISES)
      .filter(([id]) => id.startsWith(notebook))
      .map(([id, { title, minutes }]) => ({
        exercise: `${id} ${title}`,
        minutes,
        tries: done[id]?.attempts ?? 0,
        hints: done[id]?.hints ?? 0,
        passed: done[id]?.passed ? '✓' : '',
      })),
    { caption: 'How far you are' },
  );
}

function exercise(id: string): Exercise {
  const found = Object.entries(EXERCISES).find(([known]) => known === id)?.[1];
  if (!found) throw new Error(`There is no exercise "${id}": they are ${Object.keys(EXERCISES).join(', ')}.`);
  return found;
}

function isReleased(id: string): boolean {
  const shared = classFolder();
  const path = shared && join(shared, RELEASED);
  if (!path || !existsSync(path)) return false;
  return (readJson(path) as string[]).some((released) => id === released || id.startsWith(`${released}.`));
}
