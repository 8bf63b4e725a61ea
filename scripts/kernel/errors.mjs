// @ts-check
/** What is wrong with a cell, in at most four lines. */
import { Interrupted } from './cell.mjs';
import { hintFor } from './hints.mjs';

/** @typedef {import('./convert.mjs').Cells} Cells */
/** @typedef {import('./convert.mjs').Diagnostic} Diagnostic */

// Deep enough for a cell's own line below TensorFlow's.
Error.stackTraceLimit = 60;

const LONGEST = 400;
const LINES = 4;

/**
 * @param {string} text
 */
function oneLine(text) {
  const line = text.trim().replace(/\s*\n\s*/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

/**
 * @param {string} source
 * @param {number} line from 1
 * @param {string} [within] the function
 */
function place(source, line, within = '') {
  return `  in line ${line}${within}: ${oneLine(source.split('\n')[line - 1] ?? '')}`;
}

/**
 * What the compiler finds, of which the first says most.
 *
 * @param {Diagnostic[]} diagnostics
 * @param {string} source
 */
export function diagnosticText(diagnostics, source) {
  const [first] = diagnostics;
  const line = first.start.line + 1;
  const text = source.split('\n')[line - 1] ?? '';
  const starts = new Set(diagnostics.map(({ start }) => start.line));
  const hint = hintFor({ message: diagnostics.map(({ messageText }) => messageText).join('\n'), line: text });
  const more = starts.size - 1;
  return [
    oneLine(first.messageText),
    place(source, line),
    ...(hint ? [hint] : []),
    ...(more > 0 && !hint ? [`  and in ${more} more ${more === 1 ? 'line' : 'lines'}`] : []),
  ].join('\n');
}

/**
 * What a cell's code threw: what is wrong, the cell's own lines that led there, and where in the library.
 *
 * @param {unknown} thrown
 * @param {Cells} cells
 * @param {{own?: boolean}} [options] `own`: it is shown below its own cell, whichever that is
 */
export function errorText(thrown, cells, { own: isOwn = false } = {}) {
  if (isInterrupt(thrown)) return 'Interrupted';
  if (!(thrown instanceof Error)) return `Thrown, though it is no Error: ${oneLine(String(thrown))}`;
  const message = oneLine(String(thrown.message).replace(/^Invalid TF_Status: \d+\s+Message: /, ''));
  /** @type {string[]} */
  const own = [];
  let library = '';
  let line = '';
  for (const frame of String(thrown.stack)
    .split('\n')
    .filter((text) => /^\s+at /.test(text))) {
    const [, name] = /at (?:async )?(?:new )?([\w$.<>]+) \(/.exec(frame) ?? [];
    const [, script, row, column] = /cell-(\d+)\.js:(\d+):(\d+)/.exec(frame) ?? [];
    if (script) {
      const found = cells.placeOf(Number(script), Number(row), Number(column));
      if (!found) continue;
      line ||= found.source.split('\n')[found.line - 1] ?? '';
      const within = name && /^[\w$]+$/.test(name) && !['eval', 'Proxy'].includes(name) ? ` (${name})` : '';
      const earlier = isOwn || found.source === cells.source ? '' : ' of an earlier cell';
      const text = place(found.source, found.line, `${earlier}${within}`);
      if (!own.includes(text)) own.push(text);
    } else if (own.length === 0 && !library) {
      const [, file] = /\/lib\/(?:src|dist)\/([\w/.-]+:\d+)/.exec(frame) ?? [];
      if (file) library = `  in the library: ${name ? `${name.replace(/^.*\./, '')}, ` : ''}${file}`;
    }
  }
  const hint = hintFor({ message, line });
  const said = message || 'no message';
  const head = thrown.name === 'Error' ? said : `${thrown.name}: ${said}`;
  const rest = [...own.slice(0, hint || library ? 1 : 2), ...(library ? [library] : []), ...(hint ? [hint] : [])];
  return [head, ...rest].slice(0, LINES).join('\n');
}

/** @param {unknown} thrown */
export function isInterrupt(thrown) {
  if (thrown instanceof Interrupted) return true;
  const { code, message } = /** @type {{code?: string, message?: string}} */ (thrown ?? {});
  return code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || message === 'Interrupted asynchronously';
}
