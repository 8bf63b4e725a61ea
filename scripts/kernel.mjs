// @ts-check
/**
 * The Jupyter kernel, in two processes: kernel/main.mjs runs the cells, and this one, which only waits, ends it where a cell
 * blocks it so that no interrupt is heard (a loop after an `await`). A new one then takes its place at the same addresses,
 * and says so below the cell.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./kernel/sockets.mjs').OpenRequest} OpenRequest */

/** How long cells may leave an interrupt unheard. With what follows, it ends within three seconds. */
const PATIENCE_MS = 1500;

const main = fileURLToPath(new URL('kernel/main.mjs', import.meta.url));

/** @type {import('node:child_process').ChildProcess} */
let cells;
let restarting = false;
/** Whether TensorFlow is in a call that takes long and comes back by itself, such as compiling a graph. */
let computing = false;
/** @type {Map<string, OpenRequest>} by message id: what the cells' process was asked to run and has not answered. */
const open = new Map();
/** @type {NodeJS.Timeout | undefined} */
let waiting;

/** @param {string[]} more arguments */
function start(...more) {
  restarting = false;
  computing = false;
  open.clear();
  cells = fork(main, [...process.argv.slice(2), ...more]);
  cells.on('message', (/** @type {any} */ message) => {
    if (message === 'awake') heard();
    else if (message.began) open.set(message.began.header.msg_id, message.began);
    else if (message.ended) open.delete(message.ended);
    else if ('computing' in message) computing = message.computing;
  });
  cells.on('exit', (code, signal) => {
    if (!restarting) process.exit(code ?? (signal ? 1 : 0));
    start('--unanswered', JSON.stringify([...open.values()]));
  });
}

function heard() {
  clearTimeout(waiting);
  waiting = undefined;
}

// Jupyter signals the whole process group: the cells' process has had the signal too.
process.on('SIGINT', () => {
  if (waiting) return;
  cells.send('ping', () => {});
  const look = () => {
    if (computing) {
      waiting = setTimeout(look, PATIENCE_MS);
      return;
    }
    waiting = undefined;
    restarting = true;
    cells.kill('SIGKILL');
  };
  waiting = setTimeout(look, PATIENCE_MS);
});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => cells.kill(signal));

start();
