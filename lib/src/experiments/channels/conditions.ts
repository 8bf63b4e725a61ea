/** The conditions that hand over what a base model knows through different channels, and how each is trained (notebook 20). */
import { onlySubnetwork } from '../../masking/transfer';
import { type Gpt2Config, gpt2Logits, gpt2MaskedWeights, gpt2Shapes, lastTokens } from '../../models/gpt2';
import type { Observer } from '../../runs/observer';
import { ridgeReadout } from '../../stats/linearFits';
import { MODULUS } from '../../tasks/expressions';
import { answersOf, type Rows, rowLength, selectRows, withStep } from '../../tasks/modularArithmetic';
import { random, seedFor } from '../../tasks/random';
import { tf } from '../../tensorflow/backend';
import { elementCount, type HostTensors } from '../../tensorflow/hostTensor';
import { linear, softmaxCrossEntropy } from '../../tensorflow/ops';
import { tidied } from '../../tensorflow/tidy';
import { tensorsOf } from '../../tensorflow/variables';
import { type Batch, batchesOf } from '../../training/batches';
import { blockFeatures } from '../../training/features';
import { guidedModel } from '../../training/guidance';
import { inputsOf, labelsOf, languageModel } from '../../training/languageModel';
import { type Trainable, type Trainer, trainer as trainerOf } from '../../training/trainer';
import { configOf } from '../baseModel';
import { evaluatorFor, once, trainerFor } from '../machines';
import type { Condition, TransferSettings } from '../settings';
import { drawsOf, freshWeights, type Learner, startingPoint, type TransferInputs, transferRows } from '../transfer';
import type { SubtaskSettings } from './subtask';

/** Where a condition's knowledge comes from: nowhere, the base, the mask over it, an untrained base, or a first stage. */
export type Source = 'nothing' | 'base' | 'mask' | 'untrained' | 'teacher' | 'labels';

/** Conditions by name: what carries the knowledge, and where it comes from. The first three are those of the paper's curves. */
export const CHANNELS = {
  'random init': { channel: 'none', source: 'nothing' },
  'full model': { channel: 'weights', source: 'base' },
  subnetwork: { channel: 'weights', source: 'mask' },
  'embeddings only': { channel: 'weights', source: 'base' },
  'maps only': { channel: 'weights', source: 'base' },
  'weight decay': { channel: 'optimiser', source: 'nothing' },
  'step written out': { channel: 'data format', source: 'nothing' },
  'guidance by the base': { channel: 'representations', source: 'base' },
  'guidance by the subnetwork': { channel: 'representations', source: 'mask' },
  'guidance by an untrained model': { channel: 'representations', source: 'untrained' },
  'probe first': { channel: 'representations', source: 'base' },
  'full model, rows balanced': { channel: 'weights', source: 'base' },
  'random init, rows balanced': { channel: 'none', source: 'nothing' },
  'distilled subtask': { channel: 'outputs', source: 'teacher' },
  'subtask data': { channel: 'data', source: 'labels' },
} as const satisfies Record<string, { channel: string; source: Source }>;
export type ChannelName = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as ChannelName[];

/** Settings of a run; what is not given here is that of every transfer run. */
export interface ChannelSettings extends Omit<TransferSettings, keyof Condition> {
  condition: ChannelName;
  /** Weight of a guide's similarity in the loss. */
  alpha?: number;
  /** What the logits of a readout are multiplied by before everything is trained: it was fitted to 0 and 1. */
  probeScale?: number;
  /** The first stage of its own. */
  first?: SubtaskSettings;
}

export interface ChannelInputs extends TransferInputs {
  first?: { parameters: HostTensors };
}

/** A learner, what it holds while it learns, and how many parameters it was handed over as they are. */
export type ChannelLearner = Learner & { parameters: Record<string, tf.Variable>; handedOver: number };

/** The learner of a run's condition. */
export function channelLearner(settings: ChannelSettings, inputs: ChannelInputs, observer?: Observer): ChannelLearner {
  const { condition, n, seed, numbers, dropout, weightDecay, learningRate } = settings;
  const config = configOf(settings);
  const evaluator = evaluatorFor(config);
  const as = (inheritFrom: Condition['inheritFrom']): TransferSettings => ({ ...settings, inheritFrom });
  const fresh = () => startingPoint(as('random'), {}).parameters;
  const base = inputs.base ?? inputs.discovery?.base;
  const given = (): HostTensors => {
    if (!base) throw new Error(`The condition "${condition}" needs a base model.`);
    return base.parameters;
  };
  const maps = gpt2MaskedWeights(config);
  const of = (values: HostTensors, chosen: (name: string) => boolean): HostTensors =>
    Object.fromEntries(Object.entries(values).filter(([name]) => chosen(name)));
  const isMap = (name: string) => maps.includes(name);
  const size = (values: HostTensors) => Object.values(values).reduce((sum, { shape }) => sum + elementCount(shape), 0);

  const plain = trainerFor({ config, dropout, weightDecay, freezable: true });
  /** A learner: by default, the transfer runs' trainer trains it. */
  const ordinary = (parameters: HostTensors, handedOver = 0, trainer: Trainer<Batch> = plain): ChannelLearner => ({
    name: `${condition}, n = ${n}, seed ${seed}`,
    trainer,
    parameters: trainer.parameters,
    start: [parameters],
    step: (batch, step) => trainer.step(batch, step, learningRate).loss,
    answers: (rows) => evaluator.predictions(trainer.parameters, rows),
    observer,
    handedOver,
  });

  switch (condition) {
    case 'random init':
      return { ...ordinary(fresh()), name: drawsOf(as('random')) };
    case 'full model':
      return { ...ordinary(given(), size(given())), name: drawsOf(as('original')) };
    case 'subnetwork': {
      const own: TransferSettings = { ...as('subnet'), subnetwork: 'frozen' };
      const { parameters, subnetwork, transferred } = startingPoint(own, inputs);
      const handedOver = transferred + size(of(parameters, (name) => !isMap(name)));
      return { ...ordinary(parameters, handedOver), start: [parameters, subnetwork], name: drawsOf(own) };
    }
    case 'embeddings only':
      return ordinary({ ...given(), ...freshWeights(as('subnet')) }, size(of(given(), (name) => !isMap(name))));
    case 'maps only':
      return ordinary({ ...fresh(), ...of(given(), isMap) }, size(of(given(), isMap)));
    case 'full model, rows balanced':
      return { ...ordinary(given(), size(given())), batches: balanced(settings) };
    case 'random init, rows balanced':
      return { ...ordinary(fresh()), batches: balanced(settings) };
    case 'distilled subtask':
    case 'subtask data':
      return ordinary((inputs.first as { parameters: HostTensors }).parameters);
    case 'weight decay':
      return ordinary(fresh(), 0, trainerFor({ config, dropout, weightDecay }));
    case 'step written out': {
      const written = (rows: Rows) => withStep(rows, 'ab');
      // The model writes the step itself, and then its answer.
      const answers = (rows: Rows) => {
        const steps = evaluator.predictions(plain.parameters, rows);
        const { tokens } = written(rows);
        steps.forEach((step, row) => {
          tokens[(row + 1) * (rowLength(rows) + 1) - 2] = step;
        });
        return evaluator.predictions(plain.parameters, { tokens, rows: rows.rows });
      };
      return { ...ordinary(fresh()), written, answers };
    }
    case 'guidance by the base':
    case 'guidance by the subnetwork':
    case 'guidance by an untrained model': {
      const { alpha = 1 } = settings;
      const guided = once('guided trainer', { config, dropout, weightDecay, alpha }, () =>
        trainerOf(guidedModel(config, { alpha }), { optimizer: { name: 'adamW', weightDecay }, dropout }),
      );
      const { discovery } = inputs;
      const guide =
        condition.endsWith('subnetwork') && discovery ? onlySubnetwork(given(), discovery.subnetwork) : given();
      const { data } = transferRows(settings, '');
      const features = tidied(() => blockFeatures(tensorsOf(guide), data, config));
      const pairOf = (tokens: Int32Array, row: number) => tokens[row * 4] * numbers + tokens[row * 4 + 1];
      const rowOf = new Map(Array.from({ length: data.rows }, (_, row) => [pairOf(data.tokens, row), row]));
      const { width } = config;
      const seenBy = ({ tokens, weights }: Batch) =>
        features.map(({ data: all }) => {
          const own = new Float32Array(weights.length * width);
          for (let i = 0; i < weights.length; i++) {
            const row = rowOf.get(pairOf(tokens, i)) as number;
            own.set((all as Float32Array).subarray(row * width, (row + 1) * width), i * width);
          }
          return own;
        });
      return {
        ...ordinary(fresh(), 0, guided as Trainer<never>),
        step: (batch, step) => guided.step({ ...batch, guide: seenBy(batch) }, step, learningRate).loss,
      };
    }
    case 'probe first': {
      const trainer = once('probed trainer', { config, dropout, weightDecay }, () =>
        trainerOf(probedModel(config), { optimizer: { name: 'adamW', weightDecay }, dropout }),
      );
      const last = (parameters: Record<string, tf.Tensor>, rows: Rows) =>
        blockFeatures(parameters, rows, config)[config.layers - 1];
      const { data } = transferRows(settings, '');
      const probe = tidied(() => foldedReadout(last(tensorsOf(given()), data), answersOf(data), settings));
      return {
        ...ordinary({ ...given(), ...probe }, size(given()), trainer),
        answers: (rows) =>
          tidied(() => {
            const { data, width } = last(trainer.parameters, rows);
            const x = tf.tensor2d(data as Float32Array, [rows.rows, width]);
            return Int32Array.from(probeOf(trainer.parameters, x).argMax(1).dataSync());
          }),
      };
    }
  }
}

const PROBE = { weight: 'probe.weight', bias: 'probe.bias' };

const probeOf = (parameters: Record<string, tf.Tensor>, x: tf.Tensor2D): tf.Tensor2D =>
  linear(x, parameters[PROBE.weight] as tf.Tensor2D, parameters[PROBE.bias] as tf.Tensor1D);

/**
 * GPT-2 with an output of its own for the answers: a linear map of its last block's output before the final LayerNorm. The
 * other tokens are predicted as ever, by the tied embeddings.
 */
export function probedModel(config: Gpt2Config, classes = MODULUS): Trainable<Batch> {
  const plain = languageModel(config);
  return {
    ...plain,
    shapes: { ...gpt2Shapes(config), [PROBE.weight]: [config.width, classes], [PROBE.bias]: [classes] },
    loss(parameters, [ids, weights], { dropout }) {
      const [rows, tokens] = ids.shape as [number, number];
      let last: tf.Tensor2D | undefined;
      const logits = gpt2Logits(parameters, inputsOf(ids), config, {
        dropout,
        onBlock: (output, block) => {
          if (block === config.layers - 1) last = lastTokens(output, rows);
        },
      });
      const others = softmaxCrossEntropy(logits, labelsOf(ids))
        .reshape([rows, tokens - 1])
        .slice([0, 0], [rows, tokens - 2]); // all but the answer
      const answers = ids.slice([0, tokens - 1], [rows, 1]).reshape([rows]) as tf.Tensor1D;
      const own = softmaxCrossEntropy(probeOf(parameters, last as tf.Tensor2D), answers);
      const losses = others
        .sum(1)
        .add(own)
        .div(tokens - 1);
      return tf.div(losses.mul(weights).sum(), weights.sum());
    },
  };
}

/** The ridge readout of features as the map of a probed model: the same scores, times the scale. */
function foldedReadout(
  features: { width: number; data: ArrayLike<number> },
  answers: Int32Array,
  { probeScale = 10 }: Pick<ChannelSettings, 'probeScale'>,
): HostTensors {
  const { weights, mean, deviation } = ridgeReadout(features, answers, { classes: MODULUS, strength: 1e-3 });
  const { width } = features;
  const scaled = (row: number) => weights[row].map((value) => (probeScale * value) / deviation);
  const bias = weights[width].map(
    (value, k) => probeScale * value - mean.reduce((sum, centre, i) => sum + centre * scaled(i)[k], 0),
  );
  const map = Array.from({ length: width }, (_, row) => scaled(row)).flat();
  return {
    [PROBE.weight]: { dtype: 'F32', shape: [width, MODULUS], data: Float32Array.from(map) },
    [PROBE.bias]: { dtype: 'F32', shape: [MODULUS], data: Float32Array.from(bias) },
  };
}

/**
 * Batches with as many ambiguous rows as others, so that the two kinds weigh the same; an epoch has as many steps as ever. Without
 * others, all rows.
 */
function balanced({ seed, n, batchSize }: ChannelSettings): NonNullable<Learner['batches']> {
  return function* (epoch, data, { ambiguous }) {
    const source = random(seedFor(seed, `transfer order ${n}`), `order ${epoch}`);
    const others = data.rows - ambiguous;
    const steps = Math.ceil(data.rows / batchSize);
    const half = others === 0 ? 0 : Math.floor(batchSize / 2);
    /** Rows of a kind, each once before any comes again. */
    const drawn = (count: number, from: number, of: number) => {
      const rows: number[] = [];
      while (rows.length < count) rows.push(...source.permutation(of).map((row) => from + row));
      return rows.slice(0, count);
    };
    const [first, second] = [
      drawn(steps * (batchSize - half), 0, ambiguous),
      half === 0 ? [] : drawn(steps * half, ambiguous, others),
    ];
    const order = Array.from({ length: steps }, (_, step) => [
      ...first.slice(step * (batchSize - half), (step + 1) * (batchSize - half)),
      ...second.slice(step * half, (step + 1) * half),
    ]).flat();
    yield* batchesOf(selectRows(data, order), batchSize);
  };
}
