/** Whether a network represents most what it computes: an easy and a hard feature, both learnt (Lampinen et al., TMLR 2024; notebook 22). */
import { denseNetwork, type Network } from '../models/network';
import { count, type Kind, oneOf, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { mean } from '../stats/intervals';
import { explainedVariance } from '../stats/linearFits';
import { seedFor } from '../tasks/random';
import { type EasyAndHard, easyAndHard } from '../tasks/twoCues';
import { tf } from '../tensorflow/backend';
import { outputsOf } from '../training/examples';
import { fitBatches } from '../training/fit';
import { type Trainable, trainer } from '../training/trainer';
import { once } from './machines';

const ADAM = { options: { name: 'adamW', weightDecay: 0 }, learningRate: 1e-3, dropout: 0 } as const;
/** What trains the network. */
export const FEATURE_OPTIMIZERS = {
  SGD: { options: { name: 'sgd', momentum: 0.9, weightDecay: 0 }, learningRate: 0.1, dropout: 0 },
  Adam: ADAM,
  'Adam, dropout': { ...ADAM, dropout: 0.1 },
} as const;
export type FeatureOptimizer = keyof typeof FEATURE_OPTIMIZERS;
/** Both features from the beginning, or the hard one alone until it is learnt. */
export const FEATURE_ORDERS = ['together', 'hard first'] as const;
/** A feature is learnt where so many rows are answered right. */
export const LEARNT = 0.99;

export interface RepresentedVarianceSettings {
  /** The hard feature is the parity of so many inputs. */
  parity: number;
  depth: number;
  optimizer: FeatureOptimizer;
  order: (typeof FEATURE_ORDERS)[number];
  width: number;
  inputs: number;
  /** New ones in each epoch; as many fit the features to the activations, and as many score the fit. */
  rows: number;
  /** At most; training ends so many epochs after both features are learnt. */
  epochs: number;
  epochsAfter: number;
  batchSize: number;
  seed: number;
}

const r2: Kind<number> = {
  type: 'number',
  max: 1,
  says: 'variance of the last hidden layer that the feature explains, R²',
};
const flip = { ...positive('c at which half of the rows flip their answer'), optional: true } as Kind<number | null>;
export const representedVarianceSchema = table('represented-variance.csv', {
  row: 'a network that learns an easy and a hard feature',
  columns: {
    parity: count('of so many inputs: the hard feature', { min: 1 }),
    depth: count('hidden layers', { min: 1 }),
    optimizer: oneOf(Object.keys(FEATURE_OPTIMIZERS) as FeatureOptimizer[]),
    order: oneOf(FEATURE_ORDERS, 'whether the hard feature was learnt alone at first'),
    seed: count(),
    epochs: count('that were trained', { min: 1 }),
    easy_accuracy: share('on new rows'),
    hard_accuracy: share('on new rows'),
    easy_variance: r2,
    hard_variance: r2,
    easy_flip: flip,
    hard_flip: flip,
    run: runOf(),
  },
  key: ['parity', 'depth', 'optimizer', 'order', 'seed'],
});
export type RepresentedVarianceRow = RowIn<typeof representedVarianceSchema>;

const LAPTOP = { rows: 4096, width: 256, inputs: 32, epochs: 100, epochsAfter: 20, batchSize: 256 };
const GRID = {
  parity: [2, 3, 4],
  depth: [2, 4],
  optimizer: Object.keys(FEATURE_OPTIMIZERS) as FeatureOptimizer[],
  order: ['together'] as RepresentedVarianceSettings['order'][],
  seeds: [1, 2, 3],
};
type Grid = typeof GRID;
const QUICK = { ...GRID, parity: [2, 3], depth: [2], optimizer: ['SGD', 'Adam'] as FeatureOptimizer[], seeds: [1] };
/** What each preset trains, in which sizes; those of the paper are not known. */
export const REPRESENTED_VARIANCE: Record<string, { sizes: typeof LAPTOP; grids: Grid[] }> = {
  laptop: { sizes: LAPTOP, grids: [GRID, { ...GRID, optimizer: ['Adam'], order: ['hard first'] }] },
  quick: { sizes: { ...LAPTOP, width: 128, epochs: 60, epochsAfter: 5 }, grids: [QUICK] },
  smoke: {
    sizes: { ...LAPTOP, rows: 256, width: 16, inputs: 8, epochs: 3, batchSize: 64 },
    grids: [{ ...QUICK, parity: [2], optimizer: ['Adam'] }],
  },
};

export const representedVarianceStage: Stage<RepresentedVarianceSettings, Partial<RepresentedVarianceRow>> = {
  name: 'features',
  title: ({ parity, depth, optimizer, order, seed }) =>
    `parity of ${parity}, ${depth} hidden layers, ${optimizer}, ${order}, seed ${seed}`,
  measures: { easy_accuracy: 'easy feature', hard_accuracy: 'hard feature' },
  cost({ rows, batchSize, epochs, depth }) {
    const steps = (epochs / 2) * Math.ceil(rows / batchSize);
    return { steps, seconds: (steps * (2 + 4 * depth)) / 1000, startSeconds: 5, memoryMb: 1200 };
  },
  train,
};

export const representedVariance = experiment<Partial<Grid>, RepresentedVarianceRow, RepresentedVarianceSettings>({
  name: 'represented-variance',
  title: 'Represented variance',
  about: 'how much of the activations an easy and a hard feature explain, both learnt',
  stage: representedVarianceStage,
  table: representedVarianceSchema,
  presets: Object.keys(REPRESENTED_VARIANCE),
  asked: { seeds: undefined },
  *runs({ preset, ...asked }) {
    const { sizes, grids } = REPRESENTED_VARIANCE[preset];
    for (const grid of asked.order ? grids.slice(0, 1) : grids) {
      const { parity, depth, optimizer, order, seeds } = { ...grid, ...asked };
      for (const key of combinations({ parity, depth, optimizer, order, seed: seeds }))
        yield { key, settings: { ...key, ...sizes } };
    }
  },
  rows: (run, key) => [{ ...key, ...run.result, run: run.id } as RepresentedVarianceRow],
  chain: ({ parity, depth, optimizer }) => `parity ${parity}, ${depth} hidden layers, ${optimizer}`,
});

/** A batch: rows, their features, and the weights of the outputs in the loss. */
export type FeatureBatch = EasyAndHard & { outputs: readonly number[] };

/** A network with a logistic output for each feature: the weighted sum of their mean cross entropies. */
export function featureLearner(network: Network): Trainable<FeatureBatch> {
  return {
    ...network,
    inputs: ({ rows, inputs, features, outputs }) => [
      tf.tensor2d(inputs, [rows, inputs.length / rows]),
      tf.tensor2d(features, [rows, outputs.length], 'float32'),
      tf.tensor1d([...outputs]),
    ],
    loss(parameters, [x, signs, weights], pass) {
      const { output } = network.forward(parameters, x, pass); // [rows, features]
      return tf.softplus(output.mul(signs).neg()).mean(0).mul(weights).sum();
    },
  };
}

/** Batches of rows in their order. */
export function* featureBatches(data: EasyAndHard, size: number, outputs: readonly number[]): Generator<FeatureBatch> {
  const width = data.inputs.length / data.rows;
  for (let from = 0; from + size <= data.rows; from += size) {
    const features = data.features.slice(from, from + size);
    yield { rows: size, inputs: data.inputs.subarray(from * width, (from + size) * width), features, outputs };
  }
}

async function train(settings: RepresentedVarianceSettings, { observer }: Training<object>) {
  const { parity, depth, optimizer, order, width, inputs, rows, epochs, epochsAfter, batchSize, seed } = settings;
  const { options, learningRate, dropout } = FEATURE_OPTIMIZERS[optimizer];
  const { network, machine } = once('features', { inputs, depth, width, optimizer }, (of) => {
    const network = denseNetwork({ ...of, outputs: 2 });
    return { network, machine: trainer(featureLearner(network), { optimizer: options, dropout }) };
  });
  const drawn = (purpose: string) => easyAndHard({ rows, parity, width: inputs, seed, purpose });
  const computed = (data: EasyAndHard, tap?: string) =>
    outputsOf(network, machine.parameters, { ...data, labels: new Int32Array(rows) }, tap);
  const [probe, score] = [drawn('probe'), drawn('score')];
  /** Outputs of a feature, positive where they have its sign. */
  const agreements = (outputs: Float32Array[], of: number) => outputs.map((row, i) => row[of] * score.features[i][of]);
  const accuracies = () => {
    const outputs = computed(score);
    return [0, 1].map((of) => agreements(outputs, of).filter((value) => value > 0).length / rows);
  };

  machine.start(network.init(seedFor(seed, 'features initialisation')), { seed: seedFor(seed, 'features dropout') });
  let hardAlone = order === 'hard first';
  let learntAt = Number.POSITIVE_INFINITY;
  const { log, interrupted } = await fitBatches({
    epochs,
    stepsPerEpoch: Math.floor(rows / batchSize),
    batches: (epoch) => featureBatches(drawn(`train ${epoch}`), batchSize, [hardAlone ? 0 : 1, 1]),
    step: (batch, step) => machine.step(batch, step, learningRate).loss,
    evaluate(epoch) {
      const [easy, hard] = accuracies();
      if (hard >= LEARNT) hardAlone = false;
      if (Math.min(easy, hard) >= LEARNT) learntAt = Math.min(learntAt, epoch);
      return { easy_accuracy: easy, hard_accuracy: hard };
    },
    stop: ({ epoch }) => epoch - learntAt >= epochsAfter,
    ...observer,
  });
  if (interrupted) return { log, interrupted };
  const [outputs, activations] = [computed(score), [probe, score].map((data) => computed(data, `hidden ${depth}`))];
  const [easy, hard] = [0, 1].map((of) => {
    const [fit, held] = [probe, score].map(({ features }, i) => ({
      ...{ features: features.map((row) => [row[of]]), activations: activations[i] },
    }));
    // Moving by c differences of the means moves an output, which is linear in the activations, by c differences of its own.
    const own = agreements(outputs, of);
    const way = [1, -1].reduce((sum, sign) => sum + mean(own.filter((_, i) => score.features[i][of] === sign)), 0);
    const middle = own.sort((a, b) => a - b)[rows >> 1];
    return { variance: explainedVariance(fit, held).share, flip: way > 0 && middle > 0 ? middle / way : null };
  });
  const { epoch, easy_accuracy, hard_accuracy } = log[log.length - 1];
  const variances = { easy_variance: easy.variance, hard_variance: hard.variance };
  const flips = { easy_flip: easy.flip, hard_flip: hard.flip };
  return { log, interrupted, result: { epochs: epoch, easy_accuracy, hard_accuracy, ...variances, ...flips } };
}
