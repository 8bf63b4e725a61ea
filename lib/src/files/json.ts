import { randomUUID } from 'node:crypto';
import { atomicWrite } from './atomicWrite';
import { readText } from './text';

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The one text for a value: keys sorted, no spaces. Values that JSON would silently change (NaN, dates, ...) are errors. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonical(value, 'value'));
}

/** Writes a value with sorted keys, indented for people; whole or not at all. */
export function writeJson(path: string, value: unknown): void {
  atomicWrite(path, (append) => append(`${JSON.stringify(canonical(value, 'value'), null, 2)}\n`));
}

/**
 * Reads a JSON file; a file that is not there or is no JSON is an error that names it. NaN, Infinity and -Infinity, as Python
 * writes them, are numbers.
 */
export function readJson(path: string): Json {
  const text = readText(path);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    try {
      return parsePython(text);
    } catch {
      const reason = (error as Error).message.replace(/\s+/g, ' ');
      throw new Error(`${path} is not valid JSON: ${reason}.`);
    }
  }
}

/** JSON has no word for NaN, but 1e999 is read as Infinity; so NaN is a text until the others are read. */
function parsePython(text: string): Json {
  const mark = `NaN ${randomUUID()}`;
  const words: Record<string, string> = { NaN: JSON.stringify(mark), Infinity: '1e999', '-Infinity': '-1e999' };
  const json = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) => words[token] ?? token);
  return JSON.parse(json, (_, value) => (value === mark ? Number.NaN : value)) as Json;
}

/** A copy with sorted keys and without the properties that are undefined. `where` names the value in errors. */
function canonical(value: unknown, where: string): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, i) => canonical(item, `${where}[${i}]`));
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    const keys = Object.keys(value).sort();
    const properties = keys.map((key): [string, unknown] => [key, (value as Record<string, unknown>)[key]]);
    const given = properties.filter(([, property]) => property !== undefined);
    return Object.fromEntries(given.map(([key, property]) => [key, canonical(property, `${where}.${key}`)]));
  }
  const what = typeof value === 'object' ? `a ${value.constructor?.name}` : String(value);
  throw new Error(`Cannot write ${where} as JSON: it is ${what}.`);
}
