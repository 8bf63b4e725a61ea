/** Which other expressions a subnetwork for "ab" helps: training on samples of one target alone (method section 1d; notebook 08). */
import { count, oneOf, type RowIn, runOf, share, table } from '../runs/columns';
import { chosen, combinations, experiment, type Wanted } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { EXPRESSIONS, type Expression } from '../tasks/expressions';
import { ambiguousRows, EVALUATION_ROWS, selectRows, unambiguousRows } from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import type { HostTensors } from '../tensorflow/hostTensor';
import { type EpochRecord, fit } from '../training/fit';
import { accuracyOf } from '../training/languageModel';
import { configOf } from './baseModel';
import { transferCost } from './cost';
import { ASKED, type CurvesAsked, chainsOf, depthOf, originKinds, originRule } from './dataEfficiency';
import { evaluatorFor, trainerFor } from './machines';
import {
  CONDITION_NAMES,
  type Condition,
  CURVE_CONDITIONS,
  conditionNames,
  INHERIT_FROM,
  PRESETS,
  type TransferSettings,
} from './settings';
import { originColumns, startingPoint, TRANSFER_ORIGINS, type TransferInputs, transferSettings } from './transfer';

/** The conditions that are compared on other targets. */
export const TARGET_CONDITIONS: Condition[] = CURVE_CONDITIONS.filter(({ inheritFrom }) =>
  ['subnet', 'original', 'random'].includes(inheritFrom),
);

/** Numbers of training samples. (The released script takes them from a configuration that was not released.) */
export const TARGET_SIZES = [100, 250, 640, 1600];

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

export const additionalTargetsSchema = table('additional-targets.csv', {
  row: 'a run that learns another expression',
  columns: {
    inherit_from: oneOf(INHERIT_FROM),
    target: oneOf(EXPRESSIONS, 'the expression'),
    n_layers: count('', { min: 1 }),
    n_samples: count('', { min: 1 }),
    seed: count(),
    test_accuracy: share('of the model that is best on ambiguous samples, as released; on unambiguous ones'),
    best_epoch: count('its epoch', { min: 1 }),
    unambiguous_selection_accuracy: share('of the model that is best on unambiguous samples'),
    run: runOf(),
    ...originKinds,
  },
  key: ['n_layers', 'target', 'inherit_from', 'n_samples', 'seed'],
  rule: originRule,
});
export type AdditionalTargetRow = RowIn<typeof additionalTargetsSchema>;

/** The target is `expression`; `n` counts the training samples, all of them unambiguous. */
export const targetStage: Stage<TransferSettings, TargetResult, object, TransferInputs> = {
  name: 'target',
  title: ({ expression, inheritFrom, n, seed }) =>
    `"${expression}" from ${CONDITION_NAMES[inheritFrom]}, ${n} samples, seed ${seed}`,
  measures: { ambiguous_accuracy: 'on ambiguous rows', unambiguous_accuracy: 'on unambiguous rows' },
  startsFrom: TRANSFER_ORIGINS,
  cost: (settings) => transferCost(settings, settings.n),
  train,
};

export const targets = experiment<
  CurvesAsked & { targets: readonly Expression[] },
  AdditionalTargetRow,
  TransferSettings
>({
  name: 'targets',
  title: 'Other targets',
  about: `training on each of the ${EXPRESSIONS.length} expressions alone`,
  stage: targetStage,
  table: additionalTargetsSchema,
  presets: PRESETS,
  asked: { ...ASKED, targets: EXPRESSIONS, sizes: TARGET_SIZES, conditions: TARGET_CONDITIONS },
  *runs(asked): Iterable<Wanted<AdditionalTargetRow, TransferSettings>> {
    const conditions = chosen(asked.conditions, TARGET_CONDITIONS, conditionNames);
    const { targets: target, sizes = TARGET_SIZES } = asked;
    for (const chain of chainsOf(asked)) {
      for (const { target: expression, n, condition } of combinations({ target, n: sizes, condition: conditions })) {
        const key = { inherit_from: condition.inheritFrom, target: expression, n_layers: chain.base.layers };
        const settings = { ...transferSettings(chain, condition, n), expression };
        yield { key: { ...key, n_samples: n, seed: chain.transfer.seed }, settings };
      }
    }
  },
  rows: (run, key) => [{ ...key, ...run.result.selected, run: run.id, ...originColumns(run) } as AdditionalTargetRow],
  chain: depthOf,
  drawing: {
    kind: 'dots',
    x: 'accuracy',
    y: 'target',
    color: 'condition',
    points: ({ inherit_from, target, test_accuracy }) => [
      { condition: CONDITION_NAMES[inherit_from], target, accuracy: test_accuracy },
    ],
  },
});

async function train(settings: TransferSettings, { inputs, observer }: Training<TransferInputs>) {
  const { expression, n, numbers, seed, batchSize, epochs, learningRate, dropout, weightDecay, inheritFrom } = settings;
  if (!(n > 0)) throw new Error(`Training on "${expression}" alone needs at least one sample, not ${n}.`);
  const config = configOf(settings);
  const { parameters, subnetwork } = startingPoint(settings, inputs);
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
