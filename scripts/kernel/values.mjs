// @ts-check
/** What a cell shows of the value at its end. */
import { createRequire } from 'node:module';

const PROMISE = 'A promise, not yet its value: write await before it.';

/** @param {unknown} value */
export function showValue(value) {
  if (value instanceof Promise) console.log(PROMISE);
  else if (isTable(value)) table(value);
  else console.log(value);
}

/**
 * An arquero table or a danfo DataFrame.
 * @param {any} value
 */
function isTable(value) {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof value.columnNames === 'function' && typeof value.objects === 'function') return true;
  return Array.isArray(value.columns) && Array.isArray(value.index) && Array.isArray(value.values) && 'ctypes' in value;
}

/** @param {any} value */
function table(value) {
  // From the notebook's folder: the library that its cells use.
  createRequire(`${process.cwd()}/cell.js`)('subtask-induction').show(value);
}
