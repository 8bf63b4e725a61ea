/** Tables about networks that learn pairs of a table (notebook 21). */
import type { ColumnTable } from 'arquero';
import { grokking as experiment } from '../experiments/grokking';
import { dataFile } from '../runs/project';
import { publishedGrokkingBorderSchema, publishedGrokkingRunSchema } from '../runs/publishedSchemas';
import { type Chosen, tableOf } from './curves';

/**
 * A preset's runs: the columns of grokking.csv, with M ('M = 23'), x (pairs divided by M ln M), accuracy (on other pairs, at the
 * end) and found (1 where the rule was found, else 0).
 */
export function grokking({ preset = 'laptop' }: Pick<Chosen, 'preset'> = {}): ColumnTable {
  const rows = experiment.rowsOf({ preset }).filter((row) => row.preset === preset);
  const columns = experiment.table.columns.map(({ name }) => name);
  return tableOf(
    rows.map(({ modulus, n, test_accuracy: accuracy, solved_at_epoch, ...row }) => {
      const [x, found] = [n / (modulus * Math.log(modulus)), Number(solved_at_epoch !== null)];
      return { M: `M = ${modulus}`, modulus, n, x, accuracy, found, epoch: solved_at_epoch, ...row };
    }),
    ['M', 'x', 'accuracy', 'found', 'epoch', ...columns],
  );
}

/** What is published of Tian's (arXiv 2509.21519): the border's constant, and epoch and test_accuracy of a released run. */
export const publishedGrokking = () => ({
  constant: publishedGrokkingBorderSchema.read(dataFile('published'))[0].constant,
  run: publishedGrokkingRunSchema.read(dataFile('published')),
});
