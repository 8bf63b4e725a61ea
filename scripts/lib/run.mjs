// @ts-check
import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and keeps what it prints.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, onProcess?: (pid: number) => () => void}} [options]
 *   onProcess is given the process number; what it returns is called when the program has ended
 * @returns {Promise<{status: number, output: string}>} status 127 where the program is not there; output is stdout and
 *   stderr together
 */
export function run(program, args, { cwd, env, onProcess } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const onEnd = child.pid === undefined ? undefined : onProcess?.(child.pid);
    child.on('exit', () => onEnd?.());
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ status: 127, output: `${output}${error.message}` }));
    child.on('close', (code, signal) => resolve({ status: code ?? (signal ? 128 : 1), output }));
  });
}

/**
 * Runs a program in this terminal.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<number>} exit status
 */
export function runHere(program, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * The last lines of a program's output.
 *
 * @param {string} output
 * @param {number} [lines]
 */
export function tail(output, lines = 20) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * A program's output, short enough to be quoted: its first and last lines.
 *
 * @param {string} output
 * @param {number} [lines]
 */
export function excerpt(output, lines = 24) {
  const all = output.trimEnd().split('\n');
  if (all.length <= lines) return all.join('\n');
  return [...all.slice(0, lines / 2), '...', ...all.slice(-lines / 2)].join('\n');
}
