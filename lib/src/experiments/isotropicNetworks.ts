/**
 * Which inductive bias of a small image network is worth how many bits, when it learns without labels? One is removed at a time, the
 * network learns by SimSiam, and a linear readout of its frozen features learns from few labels ("On the Bias Against Inductive Biases",
 * arXiv 2105.14077, asks the question; the design is this project's; notebook 30).
 */
import { CATEGORIES } from '../images/categories';
import { digitExamples, takeDigits } from '../images/digits';
import { drawView } from '../images/randomViews';
import { shapeTextureImages } from '../images/shapeTextureImages';
import {
  activation,
  batchNorm,
  conv,
  dense,
  globalAverage,
  type Layer,
  localConv,
  maxPool,
  relu,
  reordered,
} from '../models/layers';
import { type Network, network } from '../models/network';
import { count, oneOf, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage } from '../runs/stage';
import { ridgeReadout } from '../stats/linearFits';
import { random, seedFor } from '../tasks/random';
import { elementCount, type HostTensors } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { tensorsOf } from '../tensorflow/variables';
import { type Examples, inputTensor, outputsOf, takeExamples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { outputSpread, simSiam } from '../training/simSiam';
import { trainer } from '../training/trainer';
import { digitsOf, once } from './machines';

const SIDE = 28;
const WIDTH = 48;
const PLACES = SIDE ** 2;
/** Units of the outputs that are compared, and of the predictor between them. */
const [COMPARED, PREDICTOR] = [64, 16];

export const IMAGE_SETS = { digits: 10, silhouettes: CATEGORIES.length } as const;
type ImageSetName = keyof typeof IMAGE_SETS;

/** A convolution of 3 × 3 and what follows it. */
const block = (map: Layer, pool = false): Layer[] => [map, batchNorm(), relu(), ...(pool ? [maxPool(2)] : [])];
const padded = (channels: number) => conv(channels, { padding: 1 });
/** 28 × 28 × 1 → 14 × 14 × 16 → 7 × 7 × 32 → 48 → 48 → their mean. */
const pyramid = (map: (channels: number) => Layer = padded): Layer[] => [
  ...block(map(16), true),
  ...block(map(32), true),
  ...[WIDTH, WIDTH].flatMap((width) => block(map(width))),
  globalAverage('features'),
];
const stack = (...widths: number[]): Layer[] => [
  ...widths.flatMap((width) => block(dense(width))),
  activation((x) => x, 'features'),
];

/** Means of 2 × 2 pixels, so that a readout has not more features than labels for most of its curve. */
const pixelMeans: Layer = {
  name: 'features',
  shapes: () => ({ own: {}, output: [PLACES / 4] }),
  apply: (x) =>
    x
      .reshape([-1, SIDE / 2, 2, SIDE / 2, 2])
      .mean([2, 4])
      .reshape([-1, PLACES / 4]),
};

/** Networks by name: each lacks one thing that the first has. `features` is the output that is read. */
export const ISOTROPIC_NETWORKS = {
  convolutional: () => pyramid(),
  isotropic: () => [
    ...block(conv(WIDTH, { kernel: 7, stride: 4, padding: 3 })),
    ...[1, 2, 3].flatMap(() => block(padded(WIDTH))),
    globalAverage('features'),
  ],
  'patch stem': () => [...block(conv(16, { kernel: 2, stride: 2 })), ...pyramid().slice(4)],
  'no normalisation': () => pyramid().filter(({ statistics }) => !statistics),
  'no weight sharing': () => pyramid(localConv),
  'no locality': () => [reordered(random(0, 'order of the places').permutation(PLACES)), ...pyramid()],
  'dense, as many weights': () => stack(WIDTH, WIDTH, WIDTH),
  'dense, as much work': () => stack(1024, 1024, 1024, WIDTH),
  pixels: () => [pixelMeans],
} satisfies Record<string, () => Layer[]>;
export type NetworkName = keyof typeof ISOTROPIC_NETWORKS;
const NAMES = Object.keys(ISOTROPIC_NETWORKS) as NetworkName[];

/** The network with the projector, which SimSiam compares the outputs of; the predictor of one view's outputs from the other's. */
export function siameseNetwork(name: NetworkName): { net: Network; predictor: Network } {
  const hidden = (units: number, part: string) => [
    dense(units, { name: part }),
    batchNorm({ name: `${part} norm` }),
    relu(),
  ];
  const projector = [
    ...hidden(COMPARED, 'projector'),
    dense(COMPARED, { name: 'output' }),
    batchNorm({ name: 'output norm' }),
  ];
  return {
    net: network({ input: [SIDE, SIDE, 1], layers: [...ISOTROPIC_NETWORKS[name](), ...projector] }),
    predictor: network({
      input: [COMPARED],
      layers: [...hidden(PREDICTOR, 'predictor'), dense(COMPARED, { name: 'prediction' })],
    }),
  };
}

/** Numbers that a network holds up to its features, and multiplications for one picture. */
export function sizeOf(name: NetworkName): { parameters: number; multiplications: number } {
  let at = [SIDE, SIDE, 1];
  const total = { parameters: 0, multiplications: 0 };
  for (const layer of ISOTROPIC_NETWORKS[name]()) {
    const { own, output } = layer.shapes(at);
    const trained = Object.entries(own).filter(([part]) => !layer.statistics?.includes(part));
    total.parameters += trained.reduce((sum, [, shape]) => sum + elementCount(shape), 0);
    // The weights of a convolution serve at each place.
    const { weight = [] } = own;
    const places = weight.length === 4 ? elementCount(output.slice(0, 2)) : 1;
    if (weight.length > 1) total.multiplications += elementCount(weight) * places;
    at = output;
  }
  return total;
}

export interface IsotropicSettings {
  network: NetworkName;
  images: ImageSetName;
  /** Pictures to learn from without labels, the first of which have labels for the readout; and to test with. */
  unlabelled: number;
  testImages: number;
  sizes: readonly number[];
  /** λ of the ridge readouts: the first is the main one, the others show how much depends on it. */
  strengths: readonly number[];
  batchSize: number;
  steps: number;
  measureEvery: number;
  learningRate: number;
  views: { turn: number; zoom: number; shift: number; contrast: number; erased: number };
  seed: number;
}

const LEARNT = ['untrained', 'trained'] as const;
export const isotropicSchema = table('isotropic-networks.csv', {
  row: 'a ridge readout of the frozen features of a small image network',
  columns: {
    images: oneOf(Object.keys(IMAGE_SETS) as ImageSetName[]),
    network: oneOf(NAMES, 'what it lacks'),
    features: oneOf(LEARNT, 'by SimSiam, without labels; pixels are never trained'),
    strength: positive('λ of the readout'),
    n: count('labels', { min: 1 }),
    seed: count(),
    test_accuracy: share(),
    spread: positive('of the outputs that SimSiam compares, on test images: near 0 where they have collapsed'),
    parameters: count('up to the features'),
    multiplications: count('up to the features, for one picture'),
    run: runOf(),
  },
  key: ['images', 'network', 'features', 'strength', 'n', 'seed'],
});
export type IsotropicRow = RowIn<typeof isotropicSchema>;
type ReadoutRow = Pick<IsotropicRow, 'features' | 'strength' | 'n' | 'test_accuracy' | 'spread'>;

/** Pictures to learn from and to test with, in grey from 0 to 1. */
export function isotropicExamples(settings: Pick<IsotropicSettings, 'images' | 'unlabelled' | 'testImages' | 'seed'>) {
  return once('pictures', settings, ({ images, unlabelled, testImages, seed }): { train: Examples; test: Examples } => {
    if (images === 'digits') {
      const all = digitsOf('train');
      const rows = random(seed, 'digits').sampleWithoutReplacement(all.rows, unlabelled);
      return {
        train: digitExamples(takeDigits(all, rows)),
        test: digitExamples(takeDigits(digitsOf('test'), [...Array(testImages).keys()])),
      };
    }
    const drawn = (purpose: string, rows: number): Examples => {
      const { images: colours, shapes } = shapeTextureImages({
        kind: 'silhouette',
        count: rows,
        size: SIDE,
        seed: seedFor(seed, purpose),
      });
      const grey = (i: number) => (colours[3 * i] + colours[3 * i + 1] + colours[3 * i + 2]) / (3 * 255);
      // Categories take turns in the drawing; a readout of few labels needs them in another order.
      const order = random(seed, purpose).permutation(rows);
      return takeExamples(
        { rows, inputs: Float32Array.from({ length: rows * PLACES }, (_, i) => grey(i)), labels: shapes },
        order,
      );
    };
    return { train: drawn('drawn to learn from', unlabelled), test: drawn('drawn to test with', testImages) };
  });
}

/** The values of a network, its batch normalisation set to pictures: the statistics of one pass over them. */
function adapted(
  net: Network,
  values: HostTensors,
  examples: Examples,
): Record<string, ReturnType<typeof inputTensor>> {
  const own = tensorsOf(values);
  net.forward(own, inputTensor(net, examples), {
    normalization: 'train',
    onStatistics(name, { mean, variance }) {
      own[`${name}.running_mean`] = mean;
      own[`${name}.running_var`] = variance;
    },
  });
  return own;
}

/** Pictures that the statistics of batch normalisation are taken from, and outputs that their spread is. */
const ADAPTED = 500;

const stage: Stage<IsotropicSettings, { rows: ReadoutRow[] }> = {
  name: 'isotropic',
  title: ({ network, images, seed }) => `${network}, ${images}, seed ${seed}`,
  measures: {},
  // Measured on a busy AMD EPYC at 2.6 GHz.
  cost: ({ steps, network, batchSize }) => ({
    steps: network === 'pixels' ? 0 : steps,
    seconds: network === 'pixels' ? 10 : steps * batchSize * (5e-4 + sizeOf(network).multiplications * 1e-10),
    startSeconds: 6,
    memoryMb: 2000,
  }),
  async train(settings, { observer }) {
    const { network: name, images, steps, measureEvery, batchSize, seed, learningRate, sizes, strengths } = settings;
    const { train, test } = isotropicExamples({
      images,
      unlabelled: settings.unlabelled,
      testImages: settings.testImages,
      seed,
    });
    const { net, predictor } = siameseNetwork(name);
    const some = takeExamples(train, [...Array(Math.min(ADAPTED, train.rows)).keys()]);
    const spreadOf = (values: HostTensors) =>
      tidied(() => outputSpread(outputsOf(net, adapted(net, values, some), test)));
    const readout = (features: ReadoutRow['features'], values: HostTensors): ReadoutRow[] =>
      tidied(() => {
        const own = adapted(net, values, some);
        const taken = [takeExamples(train, [...Array(Math.max(...sizes)).keys()]), test];
        const [seen, asked] = taken.map((of) => outputsOf(net, own, of, 'features'));
        const width = asked[0].length;
        const flat = (rows: Float32Array[]) => ({ width, data: rows.flatMap((row) => [...row]) });
        const questions = flat(asked);
        const spread = outputSpread(outputsOf(net, own, test));
        return combinations({ strength: strengths, n: sizes }).map(({ strength, n }) => {
          const labels = train.labels.subarray(0, n);
          const fitted = ridgeReadout(flat(seen.slice(0, n)), labels, { classes: IMAGE_SETS[images], strength });
          const right = fitted.answers(questions).filter((answer, row) => answer === test.labels[row]);
          return { features, strength, n, test_accuracy: right.length / test.rows, spread };
        });
      });
    const fresh = net.init(seedFor(seed, 'network'));
    const before = readout('untrained', fresh);
    if (name === 'pixels') return { log: [], interrupted: false, result: { rows: before } };

    const optimizer = { name: 'adamW', weightDecay: 0 } as const;
    const machine = once('SimSiam', { name }, () => trainer(simSiam(net, predictor), { optimizer, xla: false }));
    machine.start({ ...fresh, ...predictor.init(seedFor(seed, 'predictor')) });
    const views = (epoch: number, at: number) => {
      const draws = random(seed, `views ${epoch} ${at}`);
      const inputs = new Float32Array(2 * batchSize * PLACES);
      const rows = draws.sampleWithoutReplacement(train.rows, batchSize);
      for (let i = 0; i < 2 * batchSize; i++) {
        const row = rows[i % batchSize] * PLACES;
        const view = inputs.subarray(i * PLACES, (i + 1) * PLACES);
        drawView(train.inputs.subarray(row, row + PLACES), view, settings.views, draws);
      }
      return { rows: 2 * batchSize, inputs };
    };
    const { log, interrupted } = await fitBatches({
      epochs: Math.ceil(steps / measureEvery),
      stepsPerEpoch: measureEvery,
      *batches(epoch) {
        for (let at = 0; at < measureEvery; at++) yield views(epoch, at);
      },
      step: (batch, step) =>
        machine.step(batch, step, learningRate * 0.5 * (1 + Math.cos((Math.PI * (step - 1)) / steps))).loss,
      evaluate: () => ({ spread: spreadOf(machine.snapshot()) }),
      ...observer,
    });
    return { log, interrupted, result: { rows: [...before, ...readout('trained', machine.snapshot())] } };
  },
};

const VIEWS = { turn: 15, zoom: 0.2, shift: 3, contrast: 0.3, erased: 8 };
const SIZES = {
  laptop: { unlabelled: 5000, testImages: 2000, steps: 200, batchSize: 64, most: 1000, seeds: 3 },
  quick: { unlabelled: 1000, testImages: 500, steps: 40, batchSize: 32, most: 200, seeds: 1 },
  smoke: { unlabelled: 60, testImages: 32, steps: 2, batchSize: 8, most: 50, seeds: 1 },
} as const;
const LABELS = [20, 50, 100, 200, 500, 1000];

export interface IsotropicAsked {
  images: readonly ImageSetName[];
  networks: readonly NetworkName[];
  /** By default those of the preset. */
  seeds?: readonly number[];
  /** Changes the settings of every run. */
  change: (settings: IsotropicSettings) => IsotropicSettings;
}

export const isotropicNetworks = experiment<IsotropicAsked, IsotropicRow, IsotropicSettings>({
  name: 'isotropic-networks',
  title: 'Isotropic networks',
  about: 'small image networks that learn without labels, one inductive bias removed at a time',
  stage,
  table: isotropicSchema,
  presets: Object.keys(SIZES),
  asked: {
    images: Object.keys(IMAGE_SETS) as ImageSetName[],
    networks: NAMES,
    seeds: undefined,
    change: (settings) => settings,
  },
  *runs({ preset, images, networks, seeds, change }) {
    const { seeds: all, most, ...sizes } = SIZES[preset as keyof typeof SIZES];
    // Whole seeds after each other, so that a table that is cut off compares alike.
    const of = { seed: seeds ?? Array.from({ length: all }, (_, i) => i + 1), images, network: networks };
    for (const key of combinations(of)) {
      const settings = change({
        ...{ ...key, ...sizes, sizes: LABELS.filter((n) => n <= most), strengths: [1, 0.1, 10] },
        ...{ measureEvery: Math.max(1, sizes.steps / 4), learningRate: 2e-3, views: VIEWS },
      });
      yield { key, settings };
    }
  },
  rows: ({ id, result }, key) =>
    result.rows.map(
      (row: ReadoutRow) => ({ ...key, ...row, ...sizeOf(key.network as NetworkName), run: id }) as IsotropicRow,
    ),
  chain: ({ images, network }) => `${network}, ${images}`,
});
