import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * Reads a text file in UTF-8, or in UTF-16 with its mark at the beginning; such a mark is left out. One that gzip has packed
 * is unpacked. Text in another encoding and text with an unsettled merge conflict are errors that name the line.
 */
export function readText(path: string): string {
  const bytes = unpacked(path, readFileSync(path));
  const text = decoded(path, bytes);
  const conflict = /^(?:<{7}|>{7}) .*$/m.exec(text);
  if (conflict) {
    throw new Error(
      `${path}, line ${lineAt(text, conflict.index)} is a mark of a merge conflict: keep one of the two versions there and delete the marks.`,
    );
  }
  return text;
}

/** The text of a file as it is, if it can be read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Text as gzip packs it, without time and system, so that equal texts are equal bytes. */
export function packed(text: string): Uint8Array {
  const bytes = gzipSync(text, { level: 9 });
  bytes[9] = 255; // the system: unknown
  return bytes;
}

function unpacked(path: string, bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 0, 2) !== '\x1f\x8b') return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    throw new Error(
      `${path} is packed by gzip, and damaged or cut off: bring it back with git checkout or from a copy.`,
    );
  }
}

function decoded(path: string, bytes: Buffer): string {
  if (bytes.toString('latin1', 0, 4) === 'PK\x03\x04') {
    throw new Error(`${path} is a spreadsheet or another zip file, not text: save a table as CSV in UTF-8.`);
  }
  const mark = bytes.subarray(0, 2).toString('hex');
  const encoding = { fffe: 'utf-16le', feff: 'utf-16be' }[mark] ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const lines = bytes.toString('latin1').split(LINE_END);
    const line = encoding === 'utf-8' ? lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))) + 1 : 0;
    const where = line > 0 ? `${path}, line ${line}` : path;
    throw new Error(`${where} is no text in the encoding ${encoding.toUpperCase()}: save the file as UTF-8.`);
  }
}

const LINE_END = /\r\n|\n|\r/;

/** The line, counted from 1, of the character at an index. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split(LINE_END).length;
}
