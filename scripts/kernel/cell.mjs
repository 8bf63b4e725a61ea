// @ts-check
/** Which cell a piece of code belongs to, also after it has awaited something, and what becomes of it at an interrupt. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** @typedef {{write: (text: string) => void}} Cell `write` adds to what stands below it in red */
/** @typedef {Cell & {interrupted: boolean, awaited: Set<() => void>}} RunningCell */

/** @type {AsyncLocalStorage<RunningCell>} */
const cells = new AsyncLocalStorage();
/** @type {RunningCell | undefined} */
let running;

/** An interrupt, as a cell's code meets it. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted');
    this.name = 'Interrupted';
  }
}

/**
 * @template T
 * @param {Cell} cell
 * @param {() => Promise<T>} run
 */
export async function runInCell(cell, run) {
  running = { ...cell, interrupted: false, awaited: new Set() };
  try {
    return await cells.run(running, run);
  } finally {
    running = undefined;
  }
}

/** The cell that the code belongs to that runs now: the one that began it. */
export const currentCell = () => cells.getStore() ?? running;

/** Ends the code of the cell that runs: what it awaits fails, and what it awaits after that does not come back. */
export function interruptCell() {
  if (!running) return;
  running.interrupted = true;
  for (const fail of running.awaited) fail();
  running.awaited.clear();
}

/**
 * What a cell's `await x` awaits instead of x.
 *
 * @template T
 * @param {T | PromiseLike<T>} awaited
 * @returns {Promise<T>}
 */
export function awaitedInCell(awaited) {
  const cell = cells.getStore();
  if (!cell) return Promise.resolve(awaited);
  if (cell.interrupted) return new Promise(() => {});
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Interrupted());
    cell.awaited.add(fail);
    const settle = (/** @type {() => void} */ how) => {
      cell.awaited.delete(fail);
      if (!cell.interrupted) how();
    };
    Promise.resolve(awaited).then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}

/**
 * What a cell's `for await (… of x)` goes through instead of x.
 *
 * @template T
 * @param {AsyncIterable<T> | Iterable<T | PromiseLike<T>>} items
 */
export async function* iteratedInCell(items) {
  for await (const item of items) {
    await awaitedInCell(undefined);
    yield item;
  }
}
