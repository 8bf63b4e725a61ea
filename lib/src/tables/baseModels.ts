/** Tables about the base models of the arithmetic tasks. */
import type { ColumnTable } from 'arquero';
import { baseModelsSchema } from '../experiments';
import { publishedBaseAccuracySchema, publishedBaseLossSchema } from '../runs/publishedSchemas';
import { as, type Chosen, published, results, tidy } from './tidy';

/** Published evaluations of base models: run ('published, 2 layers'), step, accuracy. */
export function publishedBaseAccuracy(): ColumnTable {
  const run = ({ n_layers }: { n_layers: number }) => `published, ${n_layers} layers`;
  return tidy(published(publishedBaseAccuracySchema), { run, step: 'step', accuracy: 'eval_accuracy' });
}

/** Published losses of base models, in nats: where (the phase of the training), and from low to high. */
export function publishedBaseLoss(): ColumnTable {
  const where = ({ phase }: { phase: string }) => (phase === 'end' ? 'at the end' : 'where some runs rest');
  return tidy(published(publishedBaseLossSchema), { where, ...as('low', 'high') });
}

/** Attempts at base models, one a row: layers, and the columns of base-models.csv but for the run's name. */
export function attempts({ layers, ...chosen }: Chosen = {}): ColumnTable {
  const rows = results(baseModelsSchema, chosen).filter((row) => !layers || layers.includes(row.n_layers));
  return tidy(rows, {
    ...{ layers: 'n_layers', ...as('seed', 'attempt', 'stuck', 'best_epoch', 'steps') },
    ...as('solved_at_step', 'eval_loss', 'eval_accuracy'),
  });
}
