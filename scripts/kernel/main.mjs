// @ts-check
/**
 * Runs the cells of a notebook: `node main.mjs kernel --config-path FILE`, begun by kernel.mjs, which adds `--unanswered` with
 * the requests (JSON) of a process whose place this one takes.
 */
import { readFileSync } from 'node:fs';
import { currentCell } from './cell.mjs';
import { isInterrupt } from './errors.mjs';
import { boundSockets } from './sockets.mjs';

/** @type {{interrupt: () => void} | undefined} */
let running;
process.on('SIGINT', () => running?.interrupt());
process.on('message', (/** @type {any} */ message) => {
  if (message === 'ping') process.send?.('awake');
});
// Its parent's messages alone shall not keep the process.
process.channel?.unref();
process.on('disconnect', () => process.exit(1));

/** @param {string} name */
const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const connectionFile = option('--config-path') ?? '';
// Before the compiler is read, which takes a second.
const bound = await boundSockets(
  JSON.parse(readFileSync(connectionFile, 'utf8')),
  JSON.parse(option('--unanswered') ?? '[]'),
);

const { cellExecutor } = await import('./executor.mjs');
const { Handler, Server } = await import('./server.mjs');

/** After this time without a cell the completion is made ready, so that the first Tab needs not wait for it. */
const WARM_UP_MS = 1500;

const executor = cellExecutor({ folder: process.cwd() });
// tslab's classes, under ours, take what their own constructors take.
/** @type {any} */
const [CellHandler, KernelServer] = [Handler, Server];
const server = new KernelServer(new CellHandler(executor, false), connectionFile, bound);
running = executor;

/**
 * An error that no cell has waited for stands below the cell that made it.
 * @param {string} what
 * @param {unknown} thrown
 */
function stray(what, thrown) {
  if (isInterrupt(thrown)) return;
  const text = `${what}: ${executor.describe(thrown)}\n`;
  const cell = currentCell();
  if (cell) cell.write(text);
  else process.stderr.write(text);
}
process.on('uncaughtException', (error) => stray('Later', error));
process.on('unhandledRejection', (reason) => stray('A promise that was not awaited failed', reason));

// What the library says where TensorFlow takes long (compile()).
/** @type {NodeJS.EventEmitter} */ (process).on('computing', (computing) => process.send?.({ computing }));

server.init().then(() => {
  setTimeout(() => {
    if (!currentCell()) executor.complete('console.l', 9);
  }, WARM_UP_MS).unref();
});
