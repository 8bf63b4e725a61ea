/**
 * How many pairs of a table does a small network need to find its rule, where fewer are learned by heart? The grokking boundary
 * of Tian, "Provable Scaling Laws of Feature Emergence from Learning Dynamics of Grokking" (arXiv 2509.21519; notebook 21).
 */
import { dense, square } from '../models/layers';
import { type Network, network } from '../models/network';
import { count, optional, positive, type RowIn, runOf, share, table, text } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { mean } from '../stats/intervals';
import { bestFrequency } from '../stats/spectrum';
import { allRows } from '../tasks/modularArithmetic';
import { random, seedFor } from '../tasks/random';
import { centredSquaredError } from '../tensorflow/ops';
import { classifier, type Examples, shareRight, takeExamples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { trainer } from '../training/trainer';
import { once } from './machines';

/** A run has found the rule where more than this share of the unseen pairs is right. */
const FOUND = 0.99;

export interface GrokkingSettings {
  /** Of a and b, modulo `modulus`; both are of 0..modulus-1. */
  expression: string;
  modulus: number;
  /** Pairs to train on, of modulus²; the others are the test set. */
  n: number;
  /** Hidden units. */
  hidden: number;
  learningRate: number;
  /** Coupled: a part of the gradient. */
  weightDecay: number;
  /** Steps at most, each on all training pairs; the model is measured after every `measureEvery` of them. */
  epochs: number;
  measureEvery: number;
  seed: number;
}

/** Runs of every combination, by the columns of their rows; `multiplier` times M ln M pairs, rounded, are trained on. */
export type PairGrid = { expression: string[]; modulus: number[]; multiplier: number[]; learning_rate: number[] };

/** The multiple of M ln M, rounded: so many pairs keep the solutions that generalise (theorem 4). */
export const pairCount = (modulus: number, multiplier: number): number =>
  Math.round(multiplier * modulus * Math.log(modulus));

const PRESETS = ['laptop', 'quick', 'smoke', 'paper'] as const;
const PARTS = ['border', 'large', 'expressions', 'rates'] as const;
const SUM = { expression: ['a + b'], modulus: [23], multiplier: [1.75, 2.25, 2.75, 3.25], learning_rate: [0.01] };
const SMALL = { hidden: 512, weightDecay: 2e-4, epochs: 8000, measureEvery: 25 };
const MULTIPLIERS = [2, 2.25, 2.5, 2.75, 3, 3.25, 3.75, 4.5];
const NEAR = [2.25, 2.5, 2.75, 3];
const OTHERS = ['ab', 'a + ab', 'a^2 + b^2', 'a^2 + ab + b^2', 'a^2 + ab'];
const TINY = { ...SUM, modulus: [7], multiplier: [1.75, 3.25] };
const SLOW = { ...SUM, multiplier: MULTIPLIERS, learning_rate: [5e-4] };

/**
 * What a preset's runs share, and which there are. `paper` has figure 5's learning rate, decay, width and largest modulus (the
 * text tells no epochs), and figure 6's rates; the others learn faster, with fewer units.
 */
export const GROKKING: Record<
  (typeof PRESETS)[number],
  { shared: typeof SMALL; seeds: readonly number[] } & Record<(typeof PARTS)[number], PairGrid>
> = {
  laptop: {
    shared: SMALL,
    seeds: [1, 2, 3],
    border: { ...SUM, modulus: [23, 31], multiplier: MULTIPLIERS },
    large: { ...SUM, modulus: [41, 59], multiplier: MULTIPLIERS },
    expressions: { ...SUM, expression: OTHERS, multiplier: [2.25, 3.25, 4.5, 6.5] },
    rates: { ...SUM, multiplier: NEAR, learning_rate: [0.002, 0.05] },
  },
  quick: {
    shared: { ...SMALL, epochs: 2000 },
    seeds: [1],
    border: SUM,
    large: { ...SUM, modulus: [] },
    expressions: { ...SUM, expression: ['ab', 'a^2 + ab'], multiplier: [2.25, 3.25] },
    rates: { ...SUM, multiplier: [2.25, 2.75, 3.25], learning_rate: [0.002, 0.05] },
  },
  smoke: {
    shared: { ...SMALL, hidden: 32, epochs: 40, measureEvery: 20 },
    seeds: [1],
    border: TINY,
    large: { ...TINY, modulus: [] },
    expressions: { ...TINY, expression: ['a^2 + ab'] },
    rates: { ...TINY, learning_rate: [0.05] },
  },
  paper: {
    shared: { hidden: 2048, weightDecay: 2e-4, epochs: 40_000, measureEvery: 50 },
    seeds: Array.from({ length: 20 }, (_, i) => i + 1),
    border: { ...SLOW, modulus: [23, 31, 41, 59] },
    large: { ...SLOW, modulus: [71, 97, 127] },
    expressions: { ...SLOW, expression: OTHERS, modulus: [71] },
    rates: { ...SUM, modulus: [127], multiplier: [...NEAR, 5.25], learning_rate: [0.001, 0.002, 0.005] },
  },
};

/** All pairs of 0..modulus-1 in ascending order: one-hot a and one-hot b side by side (2 · modulus numbers), and the answer. */
export function pairExamples({ expression, modulus }: Pick<GrokkingSettings, 'expression' | 'modulus'>): Examples {
  const { tokens, rows } = allRows({ expression, modulus, numbers: modulus, separator: false });
  const inputs = new Float32Array(rows * 2 * modulus);
  for (let row = 0; row < rows; row++) {
    for (const side of [0, 1]) inputs[(2 * row + side) * modulus + tokens[3 * row + side]] = 1;
  }
  return { rows, inputs, labels: tokens.filter((_, i) => i % 3 === 2) };
}

/** n of the pairs to train on, and the rest. Those of a smaller n are among those of a larger one with the same seed. */
export function splitPairs(pairs: Examples, { n, seed }: { n: number; seed: number }): [Examples, Examples] {
  if (!(n > 0 && n < pairs.rows))
    throw new Error(`${n} training pairs of ${pairs.rows}: take at least 1, and leave at least 1 to test on.`);
  const order = random(seed, 'training pairs').permutation(pairs.rows);
  return [takeExamples(pairs, order.subarray(0, n)), takeExamples(pairs, order.subarray(n))];
}

/** One-hot pairs → W.weight [hidden, 2 · modulus] → squares → V.weight [modulus, hidden], without biases. */
export function pairNetwork({ modulus, hidden }: Pick<GrokkingSettings, 'modulus' | 'hidden'>): Network {
  const linear = (units: number, name: string) => dense(units, { name, useBias: false });
  return network({ input: [2 * modulus], layers: [linear(hidden, 'W'), square(), linear(modulus, 'V')] });
}

const measured = {
  train_accuracy: share('at the end'),
  test_accuracy: share('on all other pairs, at the end'),
  best_test_accuracy: share('the highest that was measured'),
  solved_at_epoch: optional(
    count('first measured epoch with a test accuracy above 0.99, where training stops', { min: 1 }),
  ),
  frequency_share: share('of the power of a unit at its best frequency, at the end: mean over units and both inputs'),
};
export const grokkingSchema = table('grokking.csv', {
  row: 'a small network that learns pairs of a table',
  columns: {
    preset: text(),
    expression: text('of a and b'),
    modulus: count('M', { min: 2 }),
    multiplier: positive('pairs to train on, divided by M ln M; before rounding'),
    learning_rate: positive(),
    seed: count(),
    n: count('pairs to train on, of M²', { min: 1 }),
    ...measured,
    epochs_allowed: count('steps on all training pairs, at most', { min: 1 }),
    run: runOf(),
  },
  key: ['preset', 'expression', 'modulus', 'learning_rate', 'multiplier', 'seed'],
});
export type GrokkingRow = RowIn<typeof grokkingSchema>;

export const grokkingStage: Stage<GrokkingSettings, Pick<GrokkingRow, keyof typeof measured>> = {
  name: 'grokking',
  title: ({ expression, modulus, n, learningRate, seed }) =>
    `"${expression}" mod ${modulus} from ${n} of ${modulus ** 2} pairs, learning rate ${learningRate}, seed ${seed}`,
  measures: { train_accuracy: 'on training pairs', test_accuracy: 'on other pairs' },
  cost({ epochs, n, modulus, hidden }) {
    // Measured for 512 units: 1.5 ms for 198 pairs of M = 23, 6 ms for 662 of M = 59. About half of the runs end early.
    const seconds = 0.6e-3 * epochs * (1 + 2.5e-7 * n * modulus * hidden);
    return { steps: epochs, seconds, startSeconds: 3, memoryMb: 900 };
  },
  train,
};

export const grokking = experiment<
  { seeds?: readonly number[]; parts: readonly (typeof PARTS)[number][]; grids?: readonly PairGrid[] },
  GrokkingRow,
  GrokkingSettings
>({
  name: 'grokking',
  title: 'Grokking boundary',
  about: 'small networks on some of the pairs of a table: by heart, or by its rule',
  stage: grokkingStage,
  table: grokkingSchema,
  presets: PRESETS,
  asked: { seeds: undefined, parts: PARTS },
  *runs({ preset, seeds, parts, grids }) {
    const { shared, seeds: all, ...ofPreset } = GROKKING[preset as keyof typeof GROKKING];
    for (const own of grids ?? parts.map((part) => ofPreset[part])) {
      for (const { seed, ...key } of combinations({ ...own, seed: seeds ?? all })) {
        const { expression, modulus, multiplier, learning_rate: learningRate } = key;
        const n = pairCount(modulus, multiplier);
        yield { key: { preset, ...key, seed }, settings: { ...shared, expression, modulus, n, learningRate, seed } };
      }
    }
  },
  rows: ({ id, settings, result }, key) => [
    { ...key, n: settings.n, ...result, epochs_allowed: settings.epochs, run: id } as GrokkingRow,
  ],
  chain: ({ expression, modulus }) => `"${expression}" mod ${modulus}`,
  drawing: {
    kind: 'lines',
    x: 'multiplier',
    y: 'accuracy',
    color: 'table',
    points: ({ expression, modulus, multiplier, test_accuracy: accuracy, learning_rate }) => [
      { multiplier, accuracy, table: `${expression} mod ${modulus}, rate ${learning_rate}` },
    ],
  },
});

async function train(settings: GrokkingSettings, { observer }: Training<object>) {
  const { modulus, hidden, weightDecay, learningRate, epochs, measureEvery, seed } = settings;
  const [trained, test] = splitPairs(pairExamples(settings), settings);
  const { net, machine } = once('pairs', { modulus, hidden, weightDecay }, () => {
    const model = pairNetwork(settings);
    const optimizer = { name: 'adamW', coupled: true, weightDecay } as const;
    // Each number of pairs is a graph of its own, which XLA would take longer to compile than it saves.
    return { net: model, machine: trainer(classifier(model, centredSquaredError), { optimizer, xla: false }) };
  });
  machine.start(net.init(seedFor(seed, 'pairs initialisation')));
  const { log, interrupted, best } = await fitBatches({
    // Between two measurements; a step is an epoch of all training pairs.
    epochs: Math.ceil(epochs / measureEvery),
    stepsPerEpoch: measureEvery,
    batches: () => Array<Examples>(measureEvery).fill(trained),
    step: (batch, step) => machine.step(batch, step, learningRate).loss,
    evaluate: () => ({
      train_accuracy: shareRight(net, machine.parameters, trained),
      test_accuracy: shareRight(net, machine.parameters, test),
    }),
    better: (candidate, former) => candidate.test_accuracy > former.test_accuracy,
    stop: ({ test_accuracy }) => test_accuracy > FOUND,
    ...observer,
  });
  if (interrupted || !best) return { log, interrupted };
  const { train_accuracy, test_accuracy, step } = log[log.length - 1];
  const weights = machine.snapshot()['W.weight'].data as Float32Array;
  const shares = Array.from({ length: 2 * hidden }, (_, i) => {
    return bestFrequency(weights.subarray(i * modulus, (i + 1) * modulus)).share;
  });
  const result = {
    train_accuracy,
    test_accuracy,
    best_test_accuracy: best.record.test_accuracy,
    solved_at_epoch: test_accuracy > FOUND ? step : null,
    frequency_share: mean(shares),
  };
  return { log, interrupted, result };
}
