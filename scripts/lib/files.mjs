// @ts-check
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file beside its place and renames it, so that no half-written file is ever found there.
 *
 * @param {string} path
 * @param {string | Uint8Array} text
 */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}.partial`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}

/**
 * The text of a file, or undefined where there is none.
 *
 * @param {string} path
 */
export function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The content of a JSON file, or undefined where there is none that can be read.
 *
 * @param {string} path
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * One digest over the contents of several files.
 *
 * @param {string[]} paths
 */
export function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}
