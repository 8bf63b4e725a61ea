/**
 * How many bits of bias does a task need, given a class of hypotheses? −log2 of the probability that a hypothesis that fits the
 * training points errs no more than the target on others (Boopathy et al., "Towards Exact Computation of Inductive Bias", arXiv
 * 2406.15941; notebook 23).
 */
import { digitExamples, halved, readDigits, shifted, takeDigits } from '../images/digits';
import { conv, dense, maxPool, meanPool, relu } from '../models/layers';
import { type Network, network } from '../models/network';
import { count, oneOf, optional, positive, type RowIn, runOf, table, text } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { mean } from '../stats/intervals';
import {
  errorLaw,
  fitChiSquare,
  logChiSquareCdf,
  logErrorCdf,
  rbfPosterior,
  releasedFallback,
  sampleErrors,
} from '../stats/normalErrors';
import { random, seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import { inputTensor, outputsOf } from '../training/examples';
import { fitBatches } from '../training/fit';
import { type Trainable, type Trainer, trainer } from '../training/trainer';
import { once } from './machines';

/** Points with what is to be answered: x [points][width], y [points][outputs] */
export interface Points {
  x: number[][];
  y: number[][];
}

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
  /** Target of the mean squared error over points and outputs. */
  target: number;
  /** Of networks: passes through the training points (Adam with the released learning rate of 0.001). */
  epochs?: number;
  seed: number;
}

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
}: Pick<BiasSettings, 'task' | 'd' | 'n' | 'testPoints' | 'seed'>): {
  train: Points;
  test: Points;
} {
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
    const all = once('digits', set, readDigits);
    const move = () => integer(2 * farthest + 1) - farthest;
    const moved = Array.from(sampleWithoutReplacement(all.rows, rows), (row) =>
      digitExamples(halved(shifted(takeDigits(all, [row]), { right: move(), down: move() }))),
    );
    const oneHot = (label: number) => Array.from({ length: 10 }, (_, i) => Number(i === label));
    return { x: moved.map(({ inputs }) => [...inputs]), y: moved.map(({ labels }) => oneHot(labels[0])) };
  };
  return { train: points('train', n, 0), test: points('test', testPoints, 3) };
}

/** The networks: as the released ones two hidden ReLU layers, or two convolutions and the mean over all places. */
export function biasNetwork({ hypotheses, task, d }: Pick<BiasSettings, 'hypotheses' | 'task' | 'd'>): Network {
  const outputs = task === 'sine' ? 1 : 10;
  if (hypotheses === 'dense networks')
    return network({ input: [d], layers: [dense(64), relu(), dense(64), relu(), dense(outputs)] });
  const side = Math.sqrt(d);
  if (!Number.isInteger(side)) throw new Error(`${d} numbers are no square picture: take dense networks.`);
  const layers = [conv(16, 3), relu(), maxPool(2), conv(32, 3), relu(), meanPool(), dense(outputs)];
  return network({ input: [side, side, 1], layers });
}

interface BiasResult {
  mean_error: number;
  error_variance: number;
  successes: number;
  bits: number | null;
  fitted_bits: number;
  train_error: number | null;
}

export const exactBiasSchema = table('exact-bias.csv', {
  row: 'a draw of a task, and a class of hypotheses',
  columns: {
    preset: text(),
    task: oneOf(
      BIAS_TASKS,
      '`sine`: of the projection on a random direction; `shifted digits`: trained in the middle, tested elsewhere',
    ),
    hypotheses: oneOf(HYPOTHESES, 'that fit the training points'),
    d: count('numbers in an input', { min: 1 }),
    n: count('training points', { min: 1 }),
    seed: count('of the draw'),
    target: positive('mean squared error that is asked for'),
    samples: count('hypotheses that were drawn, or trained', { min: 2 }),
    mean_error: positive('of them: mean squared error over test points and outputs'),
    error_variance: positive(),
    successes: count('of them, how many err no more than the target'),
    bits: optional(positive('−log2 of the probability of that, from the exact law; empty for networks')),
    fitted_bits: positive('the same by a χ² with the mean and variance of the errors drawn, as released (in bits)'),
    train_error: optional(positive('of networks, mean')),
    run: runOf(),
  },
  key: ['preset', 'task', 'hypotheses', 'd', 'n', 'seed'],
});
export type ExactBiasRow = RowIn<typeof exactBiasSchema>;

/** The bits of −ln P, as the released code has them where the smallest number is not small enough for P. */
function fittedBits(errors: ArrayLike<number>, target: number): { moments: [number, number]; bits: number } {
  const average = mean(Array.from(errors));
  const variance = mean(Array.from(errors, (error) => (error - average) ** 2));
  const fit = fitChiSquare([average, variance])!; // two moments always have one
  const nats = -logChiSquareCdf(fit, target);
  return {
    moments: [average, variance],
    bits: (Number.isFinite(nats) ? nats : releasedFallback(fit, target)) / Math.LN2,
  };
}

export const exactBiasStage: Stage<BiasSettings, BiasResult> = {
  name: 'bias',
  title: ({ task, hypotheses, d, n, seed }) => `${hypotheses} on ${task}, ${d} dimensions, ${n} points, seed ${seed}`,
  measures: {},
  cost({ hypotheses, epochs = 0, n, samples, testPoints }) {
    const steps = hypotheses === 'RBF kernel' ? 0 : samples * epochs * Math.ceil(n / BATCH);
    const perStep = hypotheses === 'convolutional networks' ? 6e-3 : 7e-4;
    return { steps, seconds: steps * perStep + 2e-7 * samples * testPoints + 1, startSeconds: 3, memoryMb: 900 };
  },
  async train(settings, { observer }: Training<object>) {
    const { hypotheses, samples, target, seed } = settings;
    const { train, test } = biasTask(settings);
    const resultOf = (errors: ArrayLike<number>, own: Pick<BiasResult, 'bits' | 'train_error'>): BiasResult => {
      const { moments, bits } = fittedBits(errors, target);
      const successes = Array.from(errors).filter((error) => error <= target).length;
      return { mean_error: moments[0], error_variance: moments[1], successes, fitted_bits: bits, ...own };
    };
    if (hypotheses !== 'RBF kernel') {
      const { log, interrupted } = await trainNetworks(settings, train, test, observer);
      const train_error = mean(log.map((one) => one.train_error));
      const result = interrupted
        ? undefined
        : resultOf(
            log.map(({ test_error }) => test_error),
            { bits: null, train_error },
          );
      return { log, interrupted, result };
    }
    const law = errorLaw(rbfPosterior(train, test.x), test.y);
    const errors = sampleErrors(law, samples, random(seed, 'hypotheses'));
    const bits = Math.max(0, -logErrorCdf(law, target) / Math.LN2);
    return { log: [], interrupted: false, result: resultOf(errors, { bits, train_error: null }) };
  },
};

/** Rows of a batch; fewer where there are not so many. */
const BATCH = 50;

/** Trains networks one after the other, each from weights and in an order of its own: a row of the log each. */
async function trainNetworks(
  settings: BiasSettings,
  train: Points,
  test: Points,
  observer: Training<object>['observer'],
) {
  const { samples, epochs = 1, n, seed, hypotheses, task, d } = settings;
  const { net, machine } = machineFor({ hypotheses, task, d });
  const size = Math.min(BATCH, n);
  const steps = Math.floor(n / size);
  const examplesOf = ({ x }: Points) => ({
    rows: x.length,
    inputs: Float32Array.from(x.flat()),
    labels: new Int32Array(),
  });
  const errorOn = (points: Points) =>
    mean(
      outputsOf(net, machine.parameters, examplesOf(points)).flatMap((row, i) =>
        points.y[i].map((y, k) => (row[k] - y) ** 2),
      ),
    );
  return fitBatches({
    epochs: samples,
    stepsPerEpoch: epochs * steps,
    *batches(which) {
      machine.start(net.init(seedFor(seed, `network ${which}`)));
      for (let epoch = 0; epoch < epochs; epoch++) {
        const order = random(seed, `order ${which} ${epoch}`).permutation(n);
        for (let i = 0; i < steps; i++) {
          const rows = [...order.subarray(i * size, (i + 1) * size)];
          yield { x: rows.map((row) => train.x[row]), y: rows.map((row) => train.y[row]) };
        }
      }
    },
    step: (batch, step) => machine.step(batch, ((step - 1) % (epochs * steps)) + 1, 1e-3).loss,
    evaluate: () => ({ train_error: errorOn(train), test_error: errorOn(test) }),
    better: (candidate, best) => candidate.test_error < best.test_error,
    keep: () => undefined,
    ...observer,
  });
}

/** The process's trainer of these networks, with the mean squared error. */
const machineFor = (of: Pick<BiasSettings, 'hypotheses' | 'task' | 'd'>): { net: Network; machine: Trainer<Points> } =>
  once('bias', of, () => {
    const net = biasNetwork(of);
    const squaredError: Trainable<Points> = {
      ...net,
      inputs: ({ x, y }) => [
        inputTensor(net, { rows: x.length, inputs: Float32Array.from(x.flat()), labels: new Int32Array() }),
        tf.tensor2d(y),
      ],
      loss: (parameters, [x, y], pass) => tf.mean(net.forward(parameters, x, pass).output.sub(y).square()) as tf.Scalar,
    };
    return { net, machine: trainer(squaredError, { optimizer: { name: 'adamW', weightDecay: 0 }, xla: false }) };
  });

export const BIAS_PRESETS = ['laptop', 'quick', 'smoke'] as const;

/** Which runs a preset has: for each list of hypotheses, all d, n and draws. */
export function biasGrids(preset: (typeof BIAS_PRESETS)[number]): BiasGrid[] {
  const draws = (length: number) => Array.from({ length }, (_, i) => i + 1);
  const sine = { task: 'sine', target: 0.01 } as const;
  const digits = { task: 'shifted digits', target: 0.06, d: [196] } as const;
  const kernel = { hypotheses: ['RBF kernel'], samples: 10_000 } as const;
  const dense = { hypotheses: ['dense networks'], epochs: 300 } as const;
  const networks = { hypotheses: ['dense networks', 'convolutional networks'], epochs: 100 } as const;
  switch (preset) {
    case 'laptop': {
      const size = { testPoints: 200, seeds: draws(10), samples: 200 };
      return [
        { ...size, ...sine, ...kernel, d: [2, 3, 4, 5, 6, 8, 10], n: [10, 30, 100, 300] },
        { ...size, ...sine, ...dense, d: [3, 5, 8], n: [10, 30, 100], seeds: draws(3) },
        { ...size, ...digits, ...kernel, n: [100, 400], seeds: draws(3) },
        { ...size, ...digits, ...networks, n: [100, 400], seeds: draws(3) },
      ];
    }
    case 'quick': {
      const size = { testPoints: 60, seeds: draws(2), samples: 40 };
      return [
        { ...size, ...sine, ...kernel, d: [2, 3, 4, 5, 6], n: [10, 30], samples: 2000 },
        { ...size, ...sine, ...dense, d: [3, 5], n: [10], epochs: 100 },
        { ...size, ...digits, ...kernel, n: [100], samples: 2000 },
        { ...size, ...digits, ...networks, n: [100], samples: 10, seeds: [1], epochs: 30 },
      ];
    }
    case 'smoke': {
      const size = { testPoints: 12, seeds: [1], n: [10] };
      return [
        { ...size, ...sine, ...kernel, d: [2, 3], samples: 50 },
        { ...size, ...sine, ...dense, d: [2], samples: 3, epochs: 2 },
        { ...size, ...digits, ...networks, samples: 2, epochs: 1 },
      ];
    }
  }
}
type Lists = Record<'d' | 'n' | 'seeds', readonly number[]> & { hypotheses: readonly BiasSettings['hypotheses'][] };
export type BiasGrid = Lists & Omit<BiasSettings, 'd' | 'n' | 'seed' | 'hypotheses'>;

export const exactBias = experiment<{ grids?: readonly BiasGrid[] }, ExactBiasRow, BiasSettings>({
  name: 'bits',
  title: 'Bits of bias',
  about: 'how seldom a hypothesis that fits a few points is right about the others',
  stage: exactBiasStage,
  table: exactBiasSchema,
  presets: BIAS_PRESETS,
  asked: {},
  *runs({ preset, grids = biasGrids(preset as (typeof BIAS_PRESETS)[number]) }) {
    for (const { hypotheses, d, n, seeds, task, ...rest } of grids)
      for (const key of combinations({ hypotheses, d, n, seed: seeds }))
        yield { key: { preset, task, ...key }, settings: { task, ...rest, ...key } };
  },
  rows: ({ id, settings: { target, samples }, result }, key) => [
    { ...key, target, samples, ...result, run: id } as ExactBiasRow,
  ],
  chain: ({ task, hypotheses, d }) => `${hypotheses} on ${task}, ${d} dimensions`,
  drawing: {
    kind: 'lines',
    x: 'd',
    y: 'bits',
    color: 'points',
    points: ({ task, d, n, bits }) => (task === 'sine' && bits !== null ? [{ points: `${n} points`, d, bits }] : []),
  },
});
