/** Stage 1: a model that computes "a + ab" (method section 1a; notebook 01). */
import { canonicalJson } from '../files/json';
import { gpt2Config, gpt2Init } from '../models/gpt2';
import { loadGpt2, saveGpt2 } from '../models/gpt2File';
import { checkpointFile } from '../runs/checkpointFile';
import { count, flag, oneOf, optional, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { isFound, type Made, Runner, type Stage, type Training, type Workshop } from '../runs/stage';
import { isExpression } from '../tasks/expressions';
import { EVALUATION_ROWS, unambiguousRows, vocabularySize } from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import type { HostTensors } from '../tensorflow/hostTensor';
import { linearDecay } from '../tensorflow/optimizers';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { batchCount } from '../training/batches';
import { type EpochRecord, fit } from '../training/fit';
import { baseCost } from './cost';
import { evaluatorFor, trainerFor } from './machines';
import { type BaseModelSettings, MOST_ATTEMPTS, type ModelSizes } from './settings';

/** How a base run ended. */
export interface BaseModelResult {
  /** It never solved the task: see the rule in BaseModelSettings. */
  stuck: boolean;
  best_epoch: number;
  steps: number;
  eval_loss: number;
  eval_accuracy: number;
  /** First step after which the evaluation accuracy was at least `solvedAccuracy`; null if none. */
  solved_at_step: number | null;
  /** What trained it, where not the library. */
  trained_with?: Trainer;
}

/** What a run was trained with: the library, or scripts/train_many.py, many runs at once on a GPU. */
export const TRAINERS = ['tensorflow', 'jax'] as const;
type Trainer = (typeof TRAINERS)[number];

/** The parameters of the lowest evaluation loss, by Hugging Face name. */
interface Parameters {
  parameters: HostTensors;
}
export type BaseModel = Made<BaseModelSettings, BaseModelResult, Parameters>;

export const baseModelsSchema = table('base-models.csv', {
  row: 'an attempt at a base model',
  columns: {
    n_layers: count('', { min: 1 }),
    seed: count(),
    attempt: count('which try of this seed', { min: 1 }),
    run: runOf(),
    stuck: flag('it never solved the task, so that the next attempt was made'),
    best_epoch: count('of the kept model', { min: 1 }),
    steps: count('in all', { min: 1 }),
    solved_at_step: optional(count('at the first evaluation with an accuracy of 0.9', { min: 1 })),
    eval_loss: positive('nats, of the kept model'),
    eval_accuracy: share('of the kept model'),
    trained_with: oneOf(TRAINERS, 'the library, or scripts/train_many.py'),
  },
  key: ['n_layers', 'seed', 'attempt'],
  rule: ({ stuck, solved_at_step, steps }) => {
    if (stuck !== (solved_at_step === null)) return 'a run is stuck exactly where solved_at_step is empty';
    if (Number(solved_at_step) > steps) return `solved_at_step ${solved_at_step} is above the ${steps} steps taken`;
    return undefined;
  },
});
export type BaseModelRow = RowIn<typeof baseModelsSchema>;

/** Model configuration of settings that name sizes. */
export function configOf({ layers, numbers, width, heads }: ModelSizes) {
  return gpt2Config({ layers, width, heads, vocabulary: vocabularySize(numbers) });
}

/** Whether a base is the initialisation itself, which is never trained. */
export function isUntrained({ epochs }: Pick<BaseModelSettings, 'epochs'>): boolean {
  return epochs === 0;
}

/** How the folder of a run holds a GPT-2. */
export const keptGpt2 = {
  save: ({ parameters }: Parameters, folder: string, settings: ModelSizes) =>
    saveGpt2(folder, { config: configOf(settings), parameters }),
  load: (folder: string): Parameters => ({ parameters: loadGpt2(folder).parameters }),
};

export const baseStage: Stage<BaseModelSettings, BaseModelResult, Parameters> = {
  name: 'base',
  title: ({ seed, attempt, epochs }) =>
    isUntrained({ epochs }) ? `untrained model, seed ${seed}` : `base model, seed ${seed}, attempt ${attempt}`,
  measures: { eval_accuracy: 'evaluation accuracy' },
  cost: baseCost,
  train,
  ...keptGpt2,
  stuck({ settings, result, log }, first) {
    if (!result.stuck) return undefined;
    const { seed, solvedAccuracy, stuckAfter, attempt } = settings;
    const last = attempt - first.attempt + 1 >= MOST_ATTEMPTS;
    const accuracy = (log?.at(-1)?.eval_accuracy ?? 0).toFixed(2);
    const next = last ? 'no attempt is left' : `attempt ${attempt + 1} follows`;
    return {
      reason: `stuck at accuracy ${accuracy}, below ${solvedAccuracy} after ${stuckAfter} epochs: ${next}`,
      next: last
        ? new Error(
            `All ${MOST_ATTEMPTS} attempts at a base model of seed ${seed} got stuck below accuracy ` +
              `${solvedAccuracy} after ${stuckAfter} epochs: try another seed.`,
          )
        : { ...settings, attempt: attempt + 1 },
    };
  },
  tables: [baseModelsSchema],
  gather({ id, settings, result }) {
    const { layers, seed, attempt, expression } = settings;
    const listed = !isUntrained(settings) && isExpression(expression);
    const row = { n_layers: layers, seed, attempt, run: id, trained_with: TRAINERS[0], ...result };
    return [[baseModelsSchema, listed ? [row] : []]];
  },
};

/**
 * The base model of the settings' seed: attempts 1, 2, … until one is not stuck. All attempts are returned, the last is
 * the base (or an interrupted run: it has no id).
 *
 * @throws when every attempt is stuck.
 */
export async function baseModel(
  settings: BaseModelSettings,
  workshop: Workshop,
): Promise<{ base: BaseModel; attempts: Pick<BaseModel, 'id' | 'settings' | 'log' | 'result'>[] }> {
  const runner = new Runner(workshop);
  const run = await runner.run(baseStage, settings);
  const base = (await runner.make(baseStage, settings)) as BaseModel;
  return { base, attempts: [...(isFound(run) ? run.former : []), base] };
}

/** One attempt at a base model: from the store, or trained now. Interrupted, it returns what it has, without storing it. */
export function trainBaseModel(settings: BaseModelSettings, workshop: Workshop): Promise<BaseModel> {
  return new Runner(workshop).once(baseStage, settings);
}

/** Every finished base run with these settings but for seed and attempt, stuck ones too, by seed and attempt; without weights. */
export function finishedBaseModels(settings: BaseModelSettings, { store }: Workshop) {
  const kindOf = (of: BaseModelSettings) => canonicalJson({ ...of, seed: 0, attempt: 0 });
  return store
    .list('base')
    .map((run) => ({
      id: run.id,
      settings: run.settings as unknown as BaseModelSettings,
      log: run.log() as EpochRecord[],
      result: run.result<BaseModelResult>(),
    }))
    .filter((run) => kindOf(run.settings) === kindOf(settings))
    .sort((a, b) => a.settings.seed - b.settings.seed || a.settings.attempt - b.settings.attempt);
}

/** The rows of a base model, the same in every attempt. */
export function baseRows({ expression, rows, numbers, seed }: BaseModelSettings) {
  return {
    train: unambiguousRows({ expression, rows, numbers, seed, purpose: 'base train' }),
    evaluation: unambiguousRows({ expression, rows: EVALUATION_ROWS, numbers, seed, purpose: 'base evaluation' }),
  };
}

async function train(settings: BaseModelSettings, { checkpoint, observer }: Training<object>) {
  const { rows, batchSize, epochs, seed, attempt, dropout, clip, patience } = settings;
  const config = configOf(settings);
  const trainer = trainerFor({ config, dropout, weightDecay: 0, clip });
  const evaluator = evaluatorFor(config);
  const { train: data, evaluation } = baseRows(settings);
  const initial = tidied(() => snapshot(gpt2Init(config, seedFor(seed, `base initialisation ${attempt}`))));
  trainer.start(initial, { seed: seedFor(seed, `base dropout ${attempt}`) });

  const rate = linearDecay(settings.learningRate, epochs * batchCount(rows, batchSize));
  const solved = (record: EpochRecord) => record.eval_accuracy >= settings.solvedAccuracy;
  const isStuck = (record: EpochRecord) => record.epoch >= settings.stuckAfter && !solved(record);
  const fitted = await fit({
    rows: data,
    batchSize,
    epochs,
    seed: seedFor(seed, `base order ${attempt}`),
    step: (batch, step) => trainer.step(batch, step, rate(step - 1)).loss,
    evaluate: () => evaluator.measure(trainer.parameters, { eval: evaluation }),
    better: (candidate, best) => candidate.eval_loss < best.eval_loss,
    keep: () => trainer.snapshot(),
    patience,
    stop: isStuck,
    checkpoints: checkpointFile(checkpoint, { parameters: trainer.parameters, moments: trainer.optimizer.slots }),
    ...observer,
  });
  const { log, best, interrupted } = fitted;
  const last = log.at(-1);
  const result: BaseModelResult = {
    stuck: !isUntrained(settings) && !log.some(solved),
    best_epoch: best?.record.epoch ?? 0,
    steps: last?.step ?? 0,
    eval_loss: best?.record.eval_loss ?? Number.NaN,
    eval_accuracy: best?.record.eval_accuracy ?? Number.NaN,
    solved_at_step: log.find(solved)?.step ?? null,
  };
  return { log, result, interrupted, parameters: interrupted ? trainer.snapshot() : (best?.kept as HostTensors) };
}
