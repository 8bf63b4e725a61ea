// @ts-check
import { Failure } from '../lib/failure.mjs';

/**
 * @param {string} option
 * @param {string} text
 * @param {number} least
 */
export function wholeNumber(option, text, least) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || !Number.isSafeInteger(number)) {
    throw new Failure(`--${option} takes whole numbers from ${least} on, and this is "${text}".`);
  }
  return number;
}

/**
 * Whole numbers with commas between them, each once; undefined where the option is not given.
 *
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} least
 */
export function listOf(option, text, least) {
  if (text === undefined) return undefined;
  return [...new Set(text.split(',').map((item) => wholeNumber(option, item.trim(), least)))];
}

/**
 * Names with commas between them; undefined where the option is not given.
 *
 * @param {string | undefined} text
 */
export function namesOf(text) {
  return text?.split(',').map((name) => name.trim());
}

/**
 * Seeds: "3" for 1 to 3, "1,3" for these, "3-5" for those from 3 to 5; undefined where the option is not given.
 *
 * @param {string | undefined} text
 */
export function seedsOf(text) {
  if (text === undefined) return undefined;
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  /** @param {number} from @param {number} to */
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  if (first) {
    const [from, to] = [wholeNumber('seeds', first, 1), wholeNumber('seeds', last, 1)];
    if (to < from) throw new Failure(`--seeds ${text} ends before it begins.`);
    return range(from, to);
  }
  return text.includes(',') ? listOf('seeds', text, 1) : range(1, wholeNumber('seeds', text, 1));
}
