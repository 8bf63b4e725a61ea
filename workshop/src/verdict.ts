/** What a check says of an answer: what holds, and one sentence on what does not. */

/** Ends an exercise that nobody has begun. */
export class NotBegun extends Error {}

/** Ends a check with the sentence that a participant reads. */
class DoesNotHold extends Error {}

/** Stands in a stub where an answer belongs; fits every type, so that the stub compiles. */
export function todo(task: string): never {
  throw new NotBegun(task);
}

/** What a check states, in the order in which it teaches: that something holds, and what to say where it does not. */
export type Expect = (holds: boolean, what: string, otherwise: string) => void;

// biome-ignore lint/suspicious/noExplicitAny: a participant may answer with anything, and what it is, is for the check to say
export type Answer = any;

/** Looks at an answer. It ends at the first statement that does not hold. */
export type Check = (answer: Answer, expect: Expect) => void | Promise<void>;

export type State = 'passed' | 'not yet' | 'not begun' | 'error';

export interface Verdict {
  state: State;
  /** What holds, in the order of the check. */
  held: string[];
  /** One sentence on what does not; empty where all holds. */
  says: string;
}

/** Runs a check. What the participant's code throws becomes a sentence too. */
export async function judge(check: Check, answer: unknown): Promise<Verdict> {
  const held: string[] = [];
  try {
    await check(answer, (holds, what, otherwise) => {
      if (!holds) throw new DoesNotHold(otherwise);
      if (!held.includes(what)) held.push(what);
    });
    return { state: 'passed', held, says: '' };
  } catch (error) {
    // TensorFlow begins its own sentences with a status.
    const says = (error instanceof Error ? error.message : String(error)).replace(
      /^Invalid TF_Status: \d+\s*Message: /,
      '',
    );
    if (error instanceof NotBegun) return { state: 'not begun', held: [], says };
    if (error instanceof DoesNotHold) return { state: 'not yet', held, says };
    return { state: 'error', held, says: `Your code threw an error: ${says}` };
  }
}

/** What a value is, for a sentence such as "a number is wanted, and you give …". */
export function whatIs(value: unknown): string {
  if (value === undefined) return 'nothing (is there a return?)';
  if (value === null) return 'null';
  if (value instanceof Promise) return 'a promise (write await before it)';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name ?? 'record';
    return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
  }
  return typeof value === 'function' ? 'a function' : `the ${typeof value} ${String(value)}`;
}

/** A function is wanted, and handed over without a call. */
export function expectFunction(answer: unknown, expect: Expect): void {
  expect(
    typeof answer === 'function',
    'it is a function',
    `A function is wanted, handed over without calling it, and you give ${whatIs(answer)}.`,
  );
}

/** A finite number is wanted. */
export function expectNumber(value: unknown, expect: Expect, what = 'it is a number'): void {
  expect(
    typeof value === 'number' && Number.isFinite(value),
    what,
    `A finite number is wanted, and you give ${whatIs(value)}.`,
  );
}

/** Whether two numbers are the same up to rounding, relative beyond 1. */
export const near = (a: number, b: number, within = 1e-4): boolean =>
  Math.abs(a - b) <= within * Math.max(1, Math.abs(b));
