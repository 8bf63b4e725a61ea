/** Which other expressions a subnetwork for "ab" helps: training on samples of one target alone (method section 1d; notebook 08). */

import type { RunStore } from '../runs/runStore';
import type { Expression } from '../tasks/expressions';
import { ambiguousRows, EVALUATION_ROWS, selectRows, unambiguousRows } from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import type { HostTensors } from '../tensorflow/hostTensor';
import { type EpochRecord, fit } from '../training/fit';
import { accuracyOf } from '../training/languageModelEvaluator';
import { configOf } from './baseModel';
import type { StartSettings, StartsFrom } from './chain';
import { CONDITION_NAMES } from './conditionNames';
import { settingsOf } from './dataEfficiency';
import { evaluatorFor, trainerFor } from './machines';
import type { Observer } from './observer';
import { type ChainSettings, type Condition, CURVE_CONDITIONS, type TransferSettings } from './settings';
import { stageRun } from './stageRun';
import { startingPoint } from './startingPoint';

/** The conditions that are compared on other targets. */
export const TARGET_CONDITIONS: Condition[] = CURVE_CONDITIONS.filter(({ inheritFrom }) =>
  ['subnet', 'original', 'random'].includes(inheritFrom),
);

/** Numbers of training samples. (The released script takes them from a configuration that was not released.) */
export const TARGET_SIZES = [100, 250, 640, 1600];

/** The target is `expression`; `n` counts the training samples, all of them unambiguous. */
export type TargetSettings = TransferSettings;

export interface TargetResult {
  /** Of the model that the released script selects: the best on ambiguous rows, later epochs winning ties. */
  selected: {
    test_accuracy: number;
    best_epoch: number;
    /** Of the model selected by unambiguous rows instead, in the same training. */
    unambiguous_selection_accuracy: number;
  };
  last_train_loss: number;
}

export interface TargetRun {
  settings: TargetSettings;
  /** Name in the run store; undefined for a run that was interrupted. */
  id?: string;
  log: EpochRecord[];
  result: TargetResult;
}

/** Settings of the run of a target, condition and size in a chain. */
export function targetSettings(
  chain: ChainSettings,
  condition: Condition,
  target: Expression,
  n: number,
  startsFrom: StartSettings,
): TargetSettings {
  return { ...chain.transfer, ...condition, ...settingsOf(condition, startsFrom), expression: target, n };
}

/** One run on another target: from the store, or trained now. */
export async function targetRun(
  settings: TargetSettings,
  startsFrom: StartsFrom,
  workshop: { store: RunStore; observer?: Observer },
): Promise<TargetRun> {
  const { expression, inheritFrom, n, seed } = settings;
  const title = `"${expression}" from ${CONDITION_NAMES[inheritFrom]}, ${n} samples, seed ${seed}`;
  const made = await stageRun({ stage: 'target', title, settings }, workshop, {
    train: () => train(settings, startsFrom, workshop.observer),
    save: ({ result }) => result as TargetResult,
  });
  return made.partial ? (made.partial as TargetRun) : made.finished;
}

async function train(settings: TargetSettings, startsFrom: StartsFrom, observer?: Observer) {
  const { expression, n, numbers, seed, batchSize, epochs, learningRate, dropout, weightDecay, inheritFrom } = settings;
  if (!(n > 0)) throw new Error(`Training on "${expression}" alone needs at least one sample, not ${n}.`);
  const config = configOf(settings);
  const { parameters, subnetwork } = startingPoint(settings, startsFrom);
  const trainer = trainerFor({ config, dropout, weightDecay, freezable: true });
  const evaluator = evaluatorFor(config);
  const rowsFor = (purpose: string, rows = EVALUATION_ROWS) =>
    unambiguousRows({ expression, rows, numbers, seed, purpose: `${purpose} ${n}` });
  // The first n covering rows, as released: row i contains the number i.
  const data = selectRows(rowsFor('target train', Math.max(n, numbers)), [...Array(n).keys()]);
  const ambiguous = ambiguousRows({ expression, numbers });
  const unambiguous = rowsFor('target evaluation');
  const test = rowsFor(`target test ${inheritFrom}`);

  trainer.start(parameters, {
    seed: seedFor(seed, `target dropout ${expression} ${inheritFrom} ${n}`),
    frozen: settings.subnetwork === 'frozen' ? subnetwork : undefined,
  });
  let bestUnambiguous: { accuracy: number; kept: HostTensors } | undefined;
  const { log, best, interrupted } = await fit({
    rows: data,
    batchSize,
    epochs,
    seed: seedFor(seed, `target order ${n}`),
    step: (batch, step) => trainer.step(batch, step, learningRate).loss,
    evaluate() {
      const accuracy = evaluator.accuracy(trainer.parameters, unambiguous);
      if (!bestUnambiguous || accuracy >= bestUnambiguous.accuracy) {
        bestUnambiguous = { accuracy, kept: trainer.snapshot() };
      }
      return {
        ambiguous_accuracy: evaluator.accuracy(trainer.parameters, ambiguous),
        unambiguous_accuracy: accuracy,
      };
    },
    better: (candidate, former) => candidate.ambiguous_accuracy >= former.ambiguous_accuracy,
    keep: () => trainer.snapshot(),
    ...observer,
  });
  if (interrupted) return { log, interrupted, result: undefined };
  const testAccuracy = (kept: HostTensors): number => {
    trainer.start(kept, { seed: 0 });
    return accuracyOf(evaluator.predictions(trainer.parameters, test), test);
  };
  const { kept, record } = best as { kept: HostTensors; record: EpochRecord };
  const result: TargetResult = {
    selected: {
      test_accuracy: testAccuracy(kept),
      best_epoch: record.epoch,
      unambiguous_selection_accuracy: testAccuracy((bestUnambiguous as { kept: HostTensors }).kept),
    },
    last_train_loss: log[log.length - 1].train_loss,
  };
  return { log, interrupted, result };
}
