/** Stage 1: a model that computes "a + ab" (method section 1a; notebook 01). */
import { gpt2Config, gpt2Init } from '../models/gpt2';
import { loadGpt2, saveGpt2 } from '../models/gpt2File';
import type { RunStore } from '../runs/runStore';
import { EVALUATION_ROWS, unambiguousRows, vocabularySize } from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import type { HostTensors } from '../tensorflow/hostTensor';
import { linearDecay } from '../tensorflow/schedules';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { batchCount } from '../training/batches';
import { type EpochRecord, fit } from '../training/fit';
import { checkpointFile } from './checkpointFile';
import { evaluatorFor, trainerFor } from './machines';
import type { Observer } from './observer';
import { type BaseModelSettings, MOST_ATTEMPTS } from './settings';
import { stageRun } from './stageRun';

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
}

export interface BaseModel {
  settings: BaseModelSettings;
  /** Name in the run store; undefined for a run that was interrupted. */
  id?: string;
  log: EpochRecord[];
  result: BaseModelResult;
  /** Parameters of the lowest evaluation loss, by Hugging Face name. */
  parameters: HostTensors;
}

/** Model configuration of settings that name sizes. */
export function configOf({
  layers,
  numbers,
  width,
  heads,
}: Pick<BaseModelSettings, 'layers' | 'numbers' | 'width' | 'heads'>) {
  return gpt2Config({ layers, width, heads, vocabulary: vocabularySize(numbers) });
}

/**
 * The base model of the settings' seed: attempts 1, 2, … until one is not stuck. All attempts are returned, the last is
 * the base (or an interrupted run: it has no id).
 *
 * @throws when every attempt is stuck.
 */
export async function baseModel(
  settings: BaseModelSettings,
  { store, observer }: { store: RunStore; observer?: Observer },
): Promise<{ base: BaseModel; attempts: BaseModel[] }> {
  const attempts: BaseModel[] = [];
  for (let attempt = settings.attempt; attempt < settings.attempt + MOST_ATTEMPTS; attempt++) {
    const base = await trainBaseModel({ ...settings, attempt }, { store, observer });
    attempts.push(base);
    if (!base.result.stuck || !base.id) return { base, attempts };
    const { solvedAccuracy, stuckAfter } = settings;
    const accuracy = (base.log.at(-1)?.eval_accuracy ?? 0).toFixed(2);
    const next = attempts.length < MOST_ATTEMPTS ? `attempt ${attempt + 1} follows` : 'no attempt is left';
    observer?.onStuck?.({
      title: titleOf(base.settings),
      reason: `stuck at accuracy ${accuracy}, below ${solvedAccuracy} after ${stuckAfter} epochs: ${next}`,
    });
  }
  throw new Error(
    `All ${MOST_ATTEMPTS} attempts at a base model of seed ${settings.seed} got stuck below accuracy ` +
      `${settings.solvedAccuracy} after ${settings.stuckAfter} epochs: try another seed.`,
  );
}

/** One attempt at a base model: from the store, or trained now. Interrupted, it returns what it has, without storing it. */
export async function trainBaseModel(
  settings: BaseModelSettings,
  workshop: { store: RunStore; observer?: Observer },
): Promise<BaseModel> {
  const made = await stageRun({ stage: 'base', title: titleOf(settings), settings }, workshop, {
    train: (checkpoint) => train(settings, checkpoint, workshop.observer),
    save({ parameters, result }, folder) {
      saveGpt2(folder, { config: configOf(settings), parameters });
      return result;
    },
  });
  if (made.partial) return made.partial;
  return { ...made.finished, parameters: loadGpt2(made.path).parameters };
}

function titleOf(settings: BaseModelSettings): string {
  const { seed, attempt } = settings;
  return isUntrained(settings) ? `untrained model, seed ${seed}` : `base model, seed ${seed}, attempt ${attempt}`;
}

/** Whether the settings are of a model that stays at its initialisation: the base of the untrained control. */
export function isUntrained({ epochs }: Pick<BaseModelSettings, 'epochs'>): boolean {
  return epochs === 0;
}

async function train(settings: BaseModelSettings, checkpoint: string, observer?: Observer) {
  const { expression, rows, batchSize, epochs, seed, attempt, numbers, dropout, clip, patience } = settings;
  const config = configOf(settings);
  const trainer = trainerFor({ config, dropout, weightDecay: 0, clip });
  const evaluator = evaluatorFor(config);
  const data = unambiguousRows({ expression, rows, numbers, seed, purpose: 'base train' });
  const evaluation = unambiguousRows({ expression, rows: EVALUATION_ROWS, numbers, seed, purpose: 'base evaluation' });
  const initial = tidied(() => snapshot(gpt2Init(config, seedFor(seed, `base initialisation ${attempt}`))));
  trainer.start(initial, { seed: seedFor(seed, `base dropout ${attempt}`) });

  const evaluate = () => ({
    eval_loss: evaluator.loss(trainer.parameters, evaluation),
    eval_accuracy: evaluator.accuracy(trainer.parameters, evaluation),
  });
  if (isUntrained(settings)) {
    const result: BaseModelResult = { stuck: false, best_epoch: 0, steps: 0, solved_at_step: null, ...evaluate() };
    return { log: [], result, interrupted: false, parameters: trainer.snapshot() };
  }

  const rate = linearDecay(settings.learningRate, epochs * batchCount(rows, batchSize));
  const solved = (record: EpochRecord) => record.eval_accuracy >= settings.solvedAccuracy;
  const isStuck = (record: EpochRecord) => record.epoch >= settings.stuckAfter && !solved(record);
  const fitted = await fit({
    rows: data,
    batchSize,
    epochs,
    seed: seedFor(seed, `base order ${attempt}`),
    step: (batch, step) => trainer.step(batch, step, rate(step - 1)).loss,
    evaluate,
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
    stuck: !last || !log.some(solved),
    best_epoch: best?.record.epoch ?? 0,
    steps: last?.step ?? 0,
    eval_loss: best?.record.eval_loss ?? Number.NaN,
    eval_accuracy: best?.record.eval_accuracy ?? Number.NaN,
    solved_at_step: log.find(solved)?.step ?? null,
  };
  return { log, result, interrupted, parameters: interrupted ? trainer.snapshot() : (best?.kept as HostTensors) };
}
