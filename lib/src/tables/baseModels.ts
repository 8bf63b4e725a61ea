/** Tables about the base models of the arithmetic tasks. */

import type { ColumnTable } from 'arquero';
import { baseModelsSchema } from '../experiments';
import { dataFile } from '../runs/project';
import { publishedBaseAccuracySchema, publishedBaseLossSchema } from '../runs/publishedSchemas';
import { readTable } from '../runs/resultsTable';
import { type Chosen, results, tableOf } from './curves';

/** Published evaluations of base models: run ('published, 2 layers'), step, accuracy. */
export function publishedBaseAccuracy(): ColumnTable {
  const rows = readTable(dataFile('published', 'base-accuracy.csv'), publishedBaseAccuracySchema);
  return tableOf(
    rows.map((row) => ({ run: `published, ${row.n_layers} layers`, step: row.step, accuracy: row.eval_accuracy })),
    [],
  );
}

/** Published losses of base models, in nats: where (the phase of the training), and from low to high. */
export function publishedBaseLoss(): ColumnTable {
  const rows = readTable(dataFile('published', 'base-loss.csv'), publishedBaseLossSchema);
  return tableOf(
    rows.map(({ phase, low, high }) => ({ where: phase === 'end' ? 'at the end' : 'where some runs rest', low, high })),
    [],
  );
}

/** Attempts at base models, one a row: layers, and the columns of base-models.csv but for the run's name. */
export function attempts({ layers, ...chosen }: Chosen = {}): ColumnTable {
  const rows = results('base-models.csv', baseModelsSchema, chosen).filter(
    (row) => !layers || layers.includes(row.n_layers),
  );
  const columns = [
    'layers',
    'seed',
    'attempt',
    'stuck',
    'best_epoch',
    'steps',
    'solved_at_step',
    'eval_loss',
    'eval_accuracy',
  ];
  return tableOf(
    rows.map((row) => ({ layers: row.n_layers, ...row })),
    columns,
  ).select(columns);
}
