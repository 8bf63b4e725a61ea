// @ts-check
/** Runs the cells of a notebook: `node main.mjs kernel --config-path FILE`, begun by kernel.mjs. */
import { currentCell } from './cell.mjs';
import { isInterrupt } from './errors.mjs';
import { cellExecutor } from './executor.mjs';
import { Handler, Server } from './server.mjs';

/** After this time without a cell the completion is made ready, so that the first Tab needs not wait for it. */
const WARM_UP_MS = 1500;

const executor = cellExecutor({ folder: process.cwd() });
// tslab's classes, under ours, take what their own constructors take.
/** @type {any} */
const [CellHandler, KernelServer] = [Handler, Server];
const connectionFile = process.argv[process.argv.indexOf('--config-path') + 1];
const server = new KernelServer(new CellHandler(executor, false), connectionFile);

process.on('SIGINT', () => executor.interrupt());

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

process.on('message', (/** @type {any} */ message) => {
  if (message === 'ping') process.send?.('awake');
});
// What the library says where TensorFlow takes long (compile()).
/** @type {NodeJS.EventEmitter} */ (process).on('computing', (computing) => process.send?.({ computing }));
// Its parent's messages alone shall not keep the process.
process.channel?.unref();
process.on('disconnect', () => process.exit(1));

server.init().then(() => {
  setTimeout(() => {
    if (!currentCell()) executor.complete('console.l', 9);
  }, WARM_UP_MS).unref();
});
