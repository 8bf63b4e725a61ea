/**
 * How many bits of bias does a task need, given a class of hypotheses? −log2 of the probability that one that fits the training
 * points errs no more than the target on others (Boopathy et al., "Towards Exact Computation of Inductive Bias", arXiv 2406.15941;
 * notebook 23).
 */
import { digitExamples, halved, readDigits, shifted, takeDigits } from '../images/digits';
import { count, oneOf, optional, positive, type RowIn, runOf, table, text } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { mean } from '../stats/intervals';
import {
  errorLaw,
  fitChiSquare,
  logChiSquareCdf,
  logErrorCdf,
  type Points,
  rbfPosterior,
  releasedFallback,
  sampleErrors,
} from '../stats/normalErrors';
import { random, seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import { randomUniform } from '../tensorflow/dropout';
import { tidied } from '../tensorflow/tidy';
import { snapshot } from '../tensorflow/variables';
import { fitBatches } from '../training/fit';
import { trainer } from '../training/trainer';

export const BIAS_TASKS = ['sine', 'shifted digits'] as const;
export const HYPOTHESES = ['RBF kernel', 'dense networks', 'convolutional networks'] as const;

export interface BiasSettings {
  task: (typeof BIAS_TASKS)[number];
  hypotheses: (typeof HYPOTHESES)[number];
  /** Numbers in an input, and training points. */
  d: number;
  n: number;
  testPoints: number;
  /** Hypotheses that are drawn, or trained. */
  samples: number;
  /** Of networks: steps of Adam, on all training points, with the released learning rate of 0.001. */
  steps?: number;
  /** Target of the mean squared error over points and outputs. */
  target: number;
  seed: number;
}

const SIDE = 14;
/** How far digits to test with are moved at most, in pixels of the original. */
const SHIFT = 3;

/**
 * Training and test points of a draw of the task. Sine: sin(w·x), w a direction, x uniform in [-1, 1]^d. Shifted digits: 14 x 14
 * pixels, one-hot classes; those to train on stand in the middle, the others are moved by up to 3 of the original pixels.
 */
export function biasTask({
  task,
  d,
  n,
  testPoints,
  seed,
}: Pick<BiasSettings, 'task' | 'd' | 'n' | 'testPoints' | 'seed'>): Record<'train' | 'test', Points> {
  const { normal, uniform, integer, sampleWithoutReplacement } = random(seed, `${task} ${d} ${n}`);
  if (task === 'sine') {
    const direction = Array.from({ length: d }, normal);
    const norm = Math.hypot(...direction);
    const points = (length: number): Points => {
      const x = Array.from({ length }, () => direction.map(() => 2 * uniform() - 1));
      return {
        x,
        y: x.map((one) => [Math.sin(one.reduce((sum, value, i) => sum + (value * direction[i]) / norm, 0))]),
      };
    };
    return { train: points(n), test: points(testPoints) };
  }
  const points = (set: 'train' | 'test', rows: number, farthest: number): Points => {
    const all = readDigits(set);
    const by = () => integer(2 * farthest + 1) - farthest;
    const moved = Array.from(sampleWithoutReplacement(all.rows, rows), (row) =>
      digitExamples(halved(shifted(takeDigits(all, [row]), { right: by(), down: by() }))),
    );
    const oneHot = (label: number) => Array.from({ length: 10 }, (_, i) => Number(i === label));
    return { x: moved.map(({ inputs }) => [...inputs]), y: moved.map(({ labels }) => oneHot(labels[0])) };
  };
  return { train: points('train', n, 0), test: points('test', testPoints, SHIFT) };
}

export const exactBiasSchema = table('exact-bias.csv', {
  row: 'a draw of a task, and a class of hypotheses',
  columns: {
    preset: text(),
    task: oneOf(BIAS_TASKS, '`sine`: of the projection on a random direction; digits are trained in the middle'),
    hypotheses: oneOf(HYPOTHESES, 'that fit the training points'),
    d: count('numbers in an input', { min: 1 }),
    n: count('training points', { min: 1 }),
    seed: count('of the draw'),
    target: positive('mean squared error that is asked for'),
    samples: count('hypotheses that were drawn, or trained', { min: 2 }),
    mean_error: positive('of them: mean squared error over test points and outputs'),
    error_variance: positive(),
    successes: count('of them, how many err no more than the target'),
    bits: optional(positive('−log2 of the probability of that, by the exact law; empty for networks')),
    fitted_bits: positive('the same by a χ² with the mean and variance of the errors, as released, but in bits'),
    train_error: optional(positive('of networks, mean')),
    run: runOf(),
  },
  key: ['preset', 'task', 'hypotheses', 'd', 'n', 'seed'],
});
export type ExactBiasRow = RowIn<typeof exactBiasSchema>;
type BiasResult = Pick<
  ExactBiasRow,
  'mean_error' | 'error_variance' | 'successes' | 'bits' | 'fitted_bits' | 'train_error'
>;

export const exactBiasStage: Stage<BiasSettings, BiasResult> = {
  name: 'bias',
  title: ({ task, hypotheses, d, n, seed }) => `${hypotheses} on ${task}, ${d} dimensions, ${n} points, seed ${seed}`,
  measures: {},
  cost({ steps = 0, n, samples, testPoints, hypotheses }) {
    const perStep = 2e-6 * samples * n * (hypotheses === 'convolutional networks' ? 30 : 1) + 2e-3;
    return { steps, seconds: steps * perStep + 2e-7 * samples * testPoints + 1, startSeconds: 3, memoryMb: 1500 };
  },
  async train(settings, { observer }: Training<object>) {
    const { hypotheses, samples, target, seed } = settings;
    const { train, test } = biasTask(settings);
    if (hypotheses !== 'RBF kernel') {
      const { log, interrupted, errors } = await trainNetworks(settings, train, test, observer);
      const train_error = log.at(-1)?.train_error ?? 0;
      return { log, interrupted, result: interrupted ? undefined : measured(errors, target, null, train_error) };
    }
    const law = errorLaw(rbfPosterior(train, test.x), test.y);
    const errors = [...sampleErrors(law, samples, random(seed, 'hypotheses'))];
    const bits = Math.max(0, -logErrorCdf(law, target) / Math.LN2);
    return { log: [], interrupted: false, result: measured(errors, target, bits, null) };
  },
};

function measured(errors: number[], target: number, bits: number | null, train_error: number | null): BiasResult {
  const mean_error = mean(errors);
  const error_variance = mean(errors.map((error) => (error - mean_error) ** 2));
  const fit = fitChiSquare([mean_error, error_variance])!; // two moments always have one
  const nats = -logChiSquareCdf(fit, target);
  // As released where the probability is less than the smallest number.
  const fitted_bits = (Number.isFinite(nats) ? nats : releasedFallback(fit, target)) / Math.LN2;
  const successes = errors.filter((error) => error <= target).length;
  return { mean_error, error_variance, successes, bits, fitted_bits, train_error };
}

/** Side of the windows that convolutional networks look through. */
const WINDOW = 7;

/** The windows of a picture, row by row: [places][window pixels] */
function windowsOf(picture: readonly number[]): number[][] {
  const at = Array.from({ length: SIDE - WINDOW + 1 }, (_, i) => i);
  const rows = (top: number, left: number) =>
    Array.from({ length: WINDOW }, (_, y) => picture.slice((top + y) * SIDE + left, (top + y) * SIDE + left + WINDOW));
  return at.flatMap((top) => at.map((left) => rows(top, left).flat()));
}

/**
 * Trains networks side by side, which know nothing of each other: [networks, …] in every parameter, the sum of their losses.
 * Dense ones have two hidden ReLU layers, as released; convolutional ones take the largest output over all places after the first.
 */
async function trainNetworks(
  { hypotheses, samples, steps = 1, seed }: BiasSettings,
  train: Points,
  test: Points,
  observer: Training<object>['observer'],
) {
  const convolutional = hypotheses === 'convolutional networks';
  const unit = ({ x }: Points) => (convolutional ? x.flatMap(windowsOf) : x);
  const widths = [unit(train)[0].length, ...(convolutional ? [32, 64] : [64, 64]), train.y[0].length];
  const layers = widths.slice(1).map((to, i) => ({ from: widths[i], to }));
  const shapes = Object.fromEntries(
    layers.flatMap(({ from, to }, i) => [
      [`${i}.weight`, [samples, from, to]],
      [`${i}.bias`, [samples, 1, to]],
    ]),
  );
  const fresh = tidied(() =>
    snapshot(
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape], i) => [
          name,
          randomUniform(shape, seedFor(seed, 'networks'), i, 1 / Math.sqrt(layers[Number(name[0])].from)),
        ]),
      ),
    ),
  );
  /** x [rows · places, width], y [rows, outputs] → mean squared error of each network */
  const errorOf = (parameters: Record<string, tf.Tensor>, [x, y]: tf.Tensor[]): tf.Tensor => {
    const rows = y.shape[0];
    const values = layers.reduce(
      (input: tf.Tensor, _, i) => {
        const output = tf.matMul(input, parameters[`${i}.weight`]).add(parameters[`${i}.bias`]);
        if (i === layers.length - 1) return output;
        const units = output.relu();
        return i === 0 ? units.reshape([samples, rows, -1, widths[1]]).max(2) : units;
      },
      x.expandDims(0).tile([samples, 1, 1]),
    );
    return values.sub(y).square().mean([1, 2]);
  };
  const inputs = (points: Points) => [tf.tensor2d(unit(points)), tf.tensor2d(points.y)];
  const machine = trainer<Points>(
    { shapes, maskedWeights: [], inputs, loss: (parameters, given) => errorOf(parameters, given).sum() as tf.Scalar },
    { optimizer: { name: 'adamW', weightDecay: 0 }, xla: false },
  );
  machine.start(fresh);
  const errors = (points: Points) => tidied(() => [...errorOf(machine.parameters, inputs(points)).dataSync()]);
  const stepsPerEpoch = Math.min(50, steps);
  const { log, interrupted } = await fitBatches({
    epochs: Math.ceil(steps / stepsPerEpoch),
    stepsPerEpoch,
    batches: () => Array<Points>(stepsPerEpoch).fill(train),
    step: (batch, step) => machine.step(batch, step, 1e-3).loss / samples,
    evaluate: () => ({ train_error: mean(errors(train)), test_error: mean(errors(test)) }),
    ...observer,
  });
  const ends = errors(test);
  machine.dispose();
  return { log, interrupted, errors: ends };
}

type Lists = Record<'d' | 'n' | 'seeds', readonly number[]> & { hypotheses: readonly BiasSettings['hypotheses'][] };
/** Runs with all combinations of hypotheses, d, n and draws of the task. */
export type BiasGrid = Lists & Omit<BiasSettings, keyof Lists | 'seed'>;

const sine = { task: 'sine', target: 0.01, hypotheses: ['RBF kernel'] } as const;
const networksOnSine = { ...sine, hypotheses: ['dense networks'] } as const;
const digits = { task: 'shifted digits', target: 0.08, d: [SIDE ** 2], n: [100], hypotheses: HYPOTHESES } as const;
const draws = (length: number) => Array.from({ length }, (_, i) => i + 1);

export const BIAS_GRIDS: Readonly<Record<string, readonly BiasGrid[]>> = {
  laptop: [
    { ...sine, d: [2, 3, 4, 5, 6, 8, 10], n: [10, 30, 100, 300], seeds: draws(10), testPoints: 200, samples: 10_000 },
    {
      ...networksOnSine,
      d: [2, 4, 6, 8, 10],
      n: [10, 30],
      seeds: draws(3),
      testPoints: 200,
      samples: 200,
      steps: 300,
    },
    { ...digits, seeds: draws(3), testPoints: 200, samples: 20, steps: 300 },
  ],
  quick: [
    { ...sine, d: [2, 3, 4, 5, 6], n: [10, 30], seeds: draws(2), testPoints: 60, samples: 2000 },
    { ...networksOnSine, d: [2, 4, 6], n: [10], seeds: draws(2), testPoints: 60, samples: 40, steps: 300 },
    { ...digits, seeds: [1], testPoints: 60, samples: 5, steps: 100 },
  ],
  smoke: [
    { ...sine, d: [2, 3], n: [10], seeds: [1], testPoints: 12, samples: 50 },
    { ...networksOnSine, d: [2, 3], n: [10], seeds: [1], testPoints: 12, samples: 3, steps: 2 },
    { ...digits, n: [10], seeds: [1], testPoints: 12, samples: 2, steps: 2 },
  ],
};

export const exactBias = experiment<{ grids?: readonly BiasGrid[] }, ExactBiasRow, BiasSettings>({
  name: 'bits',
  title: 'Bits of bias',
  about: 'how seldom a hypothesis that fits a few points is right about the others',
  stage: exactBiasStage,
  table: exactBiasSchema,
  presets: Object.keys(BIAS_GRIDS),
  asked: {},
  *runs({ preset, grids = BIAS_GRIDS[preset] }) {
    for (const { hypotheses, d, n, seeds, task, ...rest } of grids)
      for (const key of combinations({ hypotheses, d, n, seed: seeds }))
        yield { key: { preset, task, ...key }, settings: { task, ...rest, ...key } };
  },
  rows: ({ id, settings: { target, samples }, result }, key) => [
    { ...key, target, samples, ...result, run: id } as ExactBiasRow,
  ],
  chain: ({ task, hypotheses, d }) => `${hypotheses} on ${task}, ${d} dimensions`,
});
