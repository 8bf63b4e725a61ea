/** Tables about what hands over knowledge of the subtask, and how: one row a run, a readout, or a look at features. */
import type { ColumnTable } from 'arquero';
import { CHANNELS, channelsSchema, inheritedSchema, readoutsSchema } from '../experiments';
import { type Chosen, results, tableOf } from './curves';

type Which = Pick<Chosen, 'preset'>;

/**
 * Transfer runs through other channels: condition, channel, alpha (1 where there is no guide), n, seed, accuracy, `right`, `as2a2`
 * and `as2b2` (shares of the conflicts, null without conflicts), handedOver (parameters), firstAccuracy and firstSteps.
 */
export function channels(chosen: Which = {}): ColumnTable {
  const rows = results('channels.csv', channelsSchema, chosen).map((row) => ({
    layers: row.n_layers,
    condition: row.condition as string,
    channel: CHANNELS[row.condition].channel as string,
    alpha: row.alpha ?? 1,
    n: row.n_disambiguation,
    seed: row.seed,
    accuracy: row.test_accuracy,
    right: row.conflict_right,
    as2a2: row.conflict_2a2,
    as2b2: row.conflict_2b2,
    handedOver: row.handed_over,
    firstAccuracy: row.first_accuracy,
    firstSteps: row.first_steps,
  }));
  const shares = ['right', 'as2a2', 'as2b2', 'handedOver', 'firstAccuracy', 'firstSteps'];
  return tableOf(rows, ['layers', 'condition', 'channel', 'alpha', 'n', 'seed', 'accuracy', ...shares]);
}

/** Ridge readouts: features, target, strength (λ), n, seed, accuracy, and the shares of the conflicts, as above. */
export function readouts(chosen: Which = {}): ColumnTable {
  const rows = results('readouts.csv', readoutsSchema, chosen).map((row) => ({
    ...{ features: row.features, target: row.target, strength: row.strength },
    ...{ n: row.n_disambiguation, seed: row.seed, accuracy: row.test_accuracy },
    ...{ right: row.conflict_right, as2a2: row.conflict_2a2, as2b2: row.conflict_2b2 },
  }));
  return tableOf(rows, ['features', 'target', 'strength', 'n', 'seed', 'accuracy', 'right', 'as2a2', 'as2b2']);
}

/** Features in training: condition, n, seed, epoch, and three accuracies: answers, ownReadout, freshReadout. */
export function inherited(chosen: Which = {}): ColumnTable {
  const rows = results('inherited-features.csv', inheritedSchema, chosen).map((row) => ({
    ...{ condition: row.condition, n: row.n_disambiguation, seed: row.seed, epoch: row.epoch },
    ...{ answers: row.answers, ownReadout: row.own_readout, freshReadout: row.fresh_readout },
  }));
  return tableOf(rows, ['condition', 'n', 'seed', 'epoch', 'answers', 'ownReadout', 'freshReadout']);
}
