// @ts-check
/** Runs cells one after the other: tslab's executor, whose errors are short and whose failed cells keep what they have. */
import { createRequire } from 'node:module';
import { awaitedInCell, interruptCell, iteratedInCell } from './cell.mjs';
import { Cells } from './convert.mjs';
import { diagnosticText, errorText } from './errors.mjs';
import { showValue } from './values.mjs';

const { createExecutor } = createRequire(import.meta.url)('tslab/dist/executor');

/**
 * @param {{folder: string, error?: (text: string) => void}} options the folder from which cells import; `error` is given
 *   what is wrong with a cell
 */
export function cellExecutor({ folder, error = (text) => console.error(text) }) {
  const cells = new Cells();
  const node = cells.converter();
  const executor = createExecutor(
    folder,
    { node, browser: node, close: () => node.close() },
    {
      log: showValue,
      error(/** @type {unknown} */ thrown) {
        const { diagnostics, source } = cells;
        error(diagnostics.length > 0 ? diagnosticText(diagnostics, source) : errorText(thrown, cells));
      },
    },
  );
  /**
   * Names that the cell has given a value.
   * @type {Set<string>}
   */
  const assigned = new Set();
  const kernel = /** @type {any} */ (globalThis).__tslab__;
  kernel.awaited = awaitedInCell;
  kernel.iterated = iteratedInCell;
  kernel.exports = new Proxy(kernel.exports, {
    set(names, name, value) {
      assigned.add(String(name));
      names[name] = value;
      return true;
    },
    defineProperty(names, name, attributes) {
      assigned.add(String(name));
      return Reflect.defineProperty(names, name, attributes);
    },
  });
  return {
    ...executor,
    /** @param {string} source */
    async execute(source) {
      assigned.clear();
      const passed = await executor.execute(source);
      if (passed) cells.keepAll();
      else cells.keepAssigned(assigned);
      return passed;
    },
    interrupt() {
      interruptCell();
      executor.interrupt();
    },
    /**
     * What an error says that is shown below the cell that made it.
     * @param {unknown} thrown
     */
    describe: (thrown) => errorText(thrown, cells, { own: true }),
  };
}
