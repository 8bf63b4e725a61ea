/** Stage 2: the subnetwork of a base model that computes "ab" (method section 1b; notebook 02). */
import { join } from 'node:path';
import { temperatureOf } from '../masking/continuousSparsification';
import { namedFunctions } from '../masking/own';
import { type Subnetwork, subnetworkSize } from '../masking/subnetwork';
import { loadSubnetwork, saveSubnetwork } from '../masking/subnetworkFile';
import { gpt2Shapes } from '../models/gpt2';
import { count, oneOf, type RowIn, runOf, share, table } from '../runs/columns';
import { type Made, Runner, type Stage, type Training, type Workshop } from '../runs/stage';
import { EXPRESSIONS, isExpression } from '../tasks/expressions';
import { EVALUATION_ROWS, unambiguousRows } from '../tasks/modularArithmetic';
import { seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import { batchCount } from '../training/batches';
import { shuffledBatches } from '../training/fit';
import { type BaseModel, baseStage, configOf, isUntrained } from './baseModel';
import { maskCost } from './cost';
import { evaluatorFor, maskTrainerFor } from './machines';
import { keptByLayer, type MaskTrainingResult, trainMask } from './maskTraining';
import { type ChainSettings, type DiscoverySettings, maskSettings } from './settings';

/** How a discovery ended: figures of the selected mask, on evaluation rows. */
export interface DiscoveryResult extends MaskTrainingResult {
  eval_accuracy: number;
  eval_loss: number;
}

interface Mask {
  subnetwork: Subnetwork;
}
/** Log, per epoch: temperature, training loss and L0 norm, accuracy with soft and hard mask, kept weights in all and per layer. */
export type Discovery = Made<DiscoverySettings, DiscoveryResult, Mask>;

const MASK = 'mask.safetensors';

export const subnetworksSchema = table('subnetworks.csv', {
  row: 'a masked weight of a mask',
  columns: {
    n_layers: count('', { min: 1 }),
    seed: count(),
    base: oneOf(['trained', 'untrained'], "`untrained`: the base model's initialisation"),
    expression: oneOf(EXPRESSIONS),
    temperature_schedule: oneOf(['described', 'released']),
    run: runOf(),
    base_run: runOf(),
    best_epoch: count('', { min: 1 }),
    eval_accuracy: share('of the whole subnetwork, with the hard mask'),
    block: count('counted from 0'),
    map: oneOf(['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'], 'the linear map in it'),
    kept: count('weights of this map'),
    total: count('', { min: 1 }),
  },
  key: ['n_layers', 'seed', 'base', 'expression', 'temperature_schedule', 'run', 'block', 'map'],
  rule: ({ block, n_layers, kept, total }) => {
    if (block >= n_layers) return `there is no block ${block} in ${n_layers} layers, counted from 0`;
    if (kept > total) return `${kept} weights are kept of ${total}`;
    return undefined;
  },
});
export type SubnetworkRow = RowIn<typeof subnetworksSchema>;

export const maskStage: Stage<DiscoverySettings, DiscoveryResult, Mask, { base: BaseModel }> = {
  name: 'mask',
  title({ base, expression, seed, temperatureSchedule }) {
    const over = isUntrained(base) ? ', over an untrained model' : '';
    return `mask for "${expression}", seed ${seed}, temperature as ${temperatureSchedule}${over}`;
  },
  measures: { eval_accuracy: 'with the hard mask s > 0', soft_accuracy: 'with the soft mask sigmoid(T·s)' },
  startsFrom: { base: baseStage },
  cost: maskCost,
  train,
  save: ({ subnetwork }, folder) => saveSubnetwork(join(folder, MASK), subnetwork),
  load: (folder) => ({ subnetwork: loadSubnetwork(join(folder, MASK)) }),
  tables: [subnetworksSchema],
  gather: (run, { base }) => [[subnetworksSchema, subnetworkRows(base, run)]],
};

/** The mask for `settings.expression` over the base model: from the store, or trained now. */
export async function discoverSubnetwork(
  base: Pick<BaseModel, 'settings'>,
  discovery: Omit<DiscoverySettings, 'base'>,
  workshop: Workshop,
): Promise<Discovery> {
  return new Runner(workshop).once(maskStage, { ...discovery, base: base.settings });
}

/** The base model and the mask of a chain; their rows go into the tables. Undefined where the person stopped a run. */
export async function chainOf(
  settings: ChainSettings,
  workshop: Workshop,
): Promise<{ base: BaseModel; discovery: Discovery } | undefined> {
  const discovery = await new Runner(workshop).make(maskStage, maskSettings(settings));
  return discovery?.id ? { base: (discovery as Discovery & { base: BaseModel }).base, discovery } : undefined;
}

/** The rows of a finished mask, one for each masked weight; none with an expression or mask functions of one's own. */
export function subnetworkRows(
  base: Pick<BaseModel, 'id'>,
  { id, settings, result }: Pick<Discovery, 'id' | 'settings' | 'result'>,
): SubnetworkRow[] {
  const { expression, functions } = settings;
  if (!isExpression(expression) || functions !== undefined) return [];
  const sizes = gpt2Shapes(configOf(settings.base));
  return Object.entries(result.layers).map(([parameter, kept]) => {
    const [, block, map] = /^transformer\.h\.(\d+)\.(.+)\.weight$/.exec(parameter) as RegExpExecArray;
    return {
      n_layers: settings.base.layers,
      seed: settings.seed,
      base: isUntrained(settings.base) ? 'untrained' : 'trained',
      expression,
      temperature_schedule: settings.temperatureSchedule,
      run: id as string,
      base_run: base.id as string,
      best_epoch: result.best_epoch,
      eval_accuracy: result.eval_accuracy,
      block: Number(block),
      map: map as SubnetworkRow['map'],
      kept,
      total: sizes[parameter].reduce((a, b) => a * b),
    };
  });
}

/** The rows that a mask is trained and measured on. */
export function maskRows({ expression, rows, seed, base: { numbers } }: DiscoverySettings) {
  return {
    train: unambiguousRows({ expression, rows, numbers, seed, purpose: 'mask train' }),
    evaluation: unambiguousRows({ expression, rows: EVALUATION_ROWS, numbers, seed, purpose: 'mask evaluation' }),
  };
}

async function train(settings: DiscoverySettings, training: Training<{ base: BaseModel }>) {
  const { rows, batchSize, epochs, seed, functions } = settings;
  const { finalTemperature: final, temperatureSchedule: schedule } = settings;
  const { base } = training.inputs;
  const config = configOf(base.settings);
  const trainer = maskTrainerFor(config, functions);
  const own = namedFunctions(functions);
  const evaluator = evaluatorFor(config);
  const { train: data, evaluation } = maskRows(settings);
  trainer.start(base.parameters);
  const { log, interrupted, record, selected, subnetwork } = await trainMask(
    settings,
    {
      trainer,
      stepsPerEpoch: batchCount(rows, batchSize),
      batches: (epoch) => shuffledBatches(data, batchSize, seedFor(seed, 'mask order'), epoch),
      temperatureOf: (_, epoch) =>
        own.temperature?.(epoch, epochs, final) ?? temperatureOf({ epoch, epochs, final, schedule }),
      measure: (subnetwork, temperature) =>
        tf.tidy(() => {
          const hard = trainer.masked('hard');
          return {
            eval_loss: evaluator.loss(hard, evaluation),
            eval_accuracy: evaluator.accuracy(hard, evaluation),
            soft_accuracy: evaluator.accuracy(trainer.masked({ temperature }), evaluation),
            kept: subnetworkSize(subnetwork),
            ...keptByLayer(subnetwork),
          };
        }),
      better: (candidate, former) => candidate.eval_accuracy >= former.eval_accuracy,
    },
    training,
  );
  const result: DiscoveryResult = {
    ...selected,
    eval_accuracy: record?.eval_accuracy ?? Number.NaN,
    eval_loss: record?.eval_loss ?? Number.NaN,
  };
  return { log, result, interrupted, subnetwork };
}
