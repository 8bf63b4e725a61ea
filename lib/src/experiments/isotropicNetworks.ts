/**
 * Which inductive bias of a small image network is worth how many bits, when it learns without labels? One is removed at a time, the
 * network learns by SimSiam, and a linear readout of its frozen features learns from few labels ("On the Bias Against Inductive Biases",
 * arXiv 2105.14077, asks the question; the design is this project's; notebook 30).
 */
import { CATEGORIES } from '../images/categories';
import { digitExamples, takeDigits } from '../images/digits';
import { drawView, type ViewRanges } from '../images/randomViews';
import { shapeTextureImages } from '../images/shapeTextureImages';
import { hasTinyImagenet } from '../images/tinyImagenet';
import type { Parameters } from '../models/gpt2';
import * as layers from '../models/layers';
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
import type { ImageSet } from '../training/imageBatches';
import { outputSpread, simSiam } from '../training/simSiam';
import { trainer } from '../training/trainer';
import { photographsOf } from './images/photographs';
import { digitsOf, once } from './machines';

const { batchNorm, conv, dense, globalAverage, localConv, maxPool, relu } = layers;
type Layer = layers.Layer;
const [SIDE, WIDTH, PLACES] = [28, 48, 28 ** 2];
/** Units of the outputs that are compared, and of the predictor between them. */
const [COMPARED, PREDICTOR] = [64, 16];

/** Sets of images, and how many classes each has. */
export const IMAGE_SETS = { digits: 10, silhouettes: CATEGORIES.length, photographs: 11 } as const;
export type ImageSetName = keyof typeof IMAGE_SETS;
const SETS = Object.keys(IMAGE_SETS) as ImageSetName[];

/** The sets that can be computed here: photographs where they have been fetched (npm run fetch-data -- tiny-imagenet). */
export const imageSetsHere = (): ImageSetName[] => SETS.filter((set) => set !== 'photographs' || hasTinyImagenet());

/** A linear map and what follows it. */
const block = (map: Layer, pool = false): Layer[] => {
  const norm = batchNorm({ name: map.name && `${map.name} norm` });
  return [map, norm, relu(), ...(pool ? [maxPool(2)] : [])];
};
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
  layers.activation((x) => x, 'features'),
];

/** Means of 2 × 2 pixels, so that a readout has not more features than labels for most of its curve. */
const pixelMeans: Layer = {
  name: 'features',
  shapes: () => ({ own: {}, output: [SIDE / 2, SIDE / 2] }),
  apply: (x) => x.reshape([-1, SIDE / 2, 2, SIDE / 2, 2]).mean([2, 4]),
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
  'no locality': () => [layers.reordered(random(0, 'order of the places').permutation(PLACES)), ...pyramid()],
  'dense, as many weights': () => stack(WIDTH, WIDTH, WIDTH),
  'dense, as much work': () => stack(1024, 1024, 1024, WIDTH),
  pixels: () => [pixelMeans],
} satisfies Record<string, () => Layer[]>;
export type NetworkName = keyof typeof ISOTROPIC_NETWORKS;
const NAMES = Object.keys(ISOTROPIC_NETWORKS) as NetworkName[];

/** The network with the projector, which SimSiam compares the outputs of; the predictor of one view's outputs from the other's. */
export function siameseNetwork(name: NetworkName): { net: Network; predictor: Network } {
  const named = (units: number, name: string) => block(dense(units, { name }));
  const projector = [...named(COMPARED, 'projector'), ...named(COMPARED, 'output').slice(0, 2)];
  const layers = [...named(PREDICTOR, 'predictor'), dense(COMPARED, { name: 'prediction' })];
  return {
    net: network({ input: [SIDE, SIDE, 1], layers: [...ISOTROPIC_NETWORKS[name](), ...projector] }),
    predictor: network({ input: [COMPARED], layers }),
  };
}

/** Numbers that a network holds up to its features, and multiplications for one picture. */
export function sizeOf(name: NetworkName): { parameters: number; multiplications: number } {
  let [at, parameters, multiplications] = [[SIDE, SIDE, 1], 0, 0];
  for (const layer of ISOTROPIC_NETWORKS[name]()) {
    const { own, output } = layer.shapes(at);
    const [{ weight = [] }, statistics] = [own, layer.statistics ?? []];
    for (const part in own) parameters += statistics.includes(part) ? 0 : elementCount(own[part]);
    // The weights of a convolution serve at each place.
    if (weight.length > 1) multiplications += elementCount(weight) * (weight.length === 4 ? output[0] * output[1] : 1);
    at = output;
  }
  return { parameters, multiplications };
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
  views: ViewRanges;
  seed: number;
}

export const isotropicSchema = table('isotropic-networks.csv', {
  row: 'a ridge readout of the frozen features of a small image network',
  columns: {
    images: oneOf(SETS),
    network: oneOf(NAMES, 'what it lacks'),
    features: oneOf(['untrained', 'trained'], 'by SimSiam, without labels; pixels are never trained'),
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

type Pictures = Record<'train' | 'test', Examples>;
/** Pictures to learn from and to test with, in grey from 0 to 1; photographs are the means of 2 × 2 pixels of their middle. */
export async function isotropicExamples(
  settings: Pick<IsotropicSettings, 'images' | 'unlabelled' | 'testImages' | 'seed'>,
) {
  const { images, unlabelled, testImages, seed } = settings;
  const digits = (set: 'train' | 'test', rows: ArrayLike<number>) => digitExamples(takeDigits(digitsOf(set), rows));
  const drawn = (purpose: string, rows: number): Examples => {
    const options = { kind: 'silhouette', count: rows, size: SIDE, seed: seedFor(seed, purpose) } as const;
    const { images: colours, shapes: labels } = shapeTextureImages(options); // black on white: one colour of three will do
    const inputs = Float32Array.from({ length: rows * PLACES }, (_, i) => colours[3 * i] / 255);
    // Categories take turns in the drawing; a readout of few labels needs them in another order.
    return takeExamples({ rows, inputs, labels }, random(seed, purpose).permutation(rows));
  };
  return once('pictures', { images, unlabelled, testImages, seed }, async (): Promise<Pictures> => {
    if (images === 'silhouettes') {
      return { train: drawn('drawn to learn from', unlabelled), test: drawn('drawn to test with', testImages) };
    }
    if (images === 'digits') {
      const learnt = random(seed, 'digits').sampleWithoutReplacement(60_000, unlabelled);
      return { train: digits('train', learnt), test: digits('test', [...Array(testImages).keys()]) };
    }
    const all = await photographsOf('train', 'categories');
    const order = random(seed, 'photographs').permutation(all.count);
    return {
      train: greyPhotographs(all, order.subarray(0, unlabelled)),
      test: greyPhotographs(all, order.subarray(unlabelled, unlabelled + testImages)),
    };
  });
}

/** Photographs of 64 × 64 in colours as pictures of their middle 56 × 56 in grey, 28 × 28; labels count the classes that occur. */
function greyPhotographs({ images, labels, size }: ImageSet, places: Int32Array): Examples {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const edge = (size - 2 * SIDE) / 2;
  const inputs = new Float32Array(places.length * PLACES);
  places.forEach((place, row) => {
    for (let y = 0; y < 2 * SIDE; y++) {
      for (let x = 0; x < 2 * SIDE; x++) {
        const from = 3 * ((place * size + edge + y) * size + edge + x);
        const to = row * PLACES + (y >> 1) * SIDE + (x >> 1);
        // Of 4 pixels and 3 colours.
        inputs[to] += (images[from] + images[from + 1] + images[from + 2]) / (12 * 255);
      }
    }
  });
  return { rows: places.length, inputs, labels: Int32Array.from(places, (place) => classes.indexOf(labels[place])) };
}

/** The values of a network, its batch normalisation set to the statistics of one pass over 500 pictures. */
function adapted(net: Network, values: HostTensors, { train }: Pictures): Parameters {
  const own = tensorsOf(values);
  const some = takeExamples(train, [...Array(Math.min(500, train.rows)).keys()]);
  net.forward(own, inputTensor(net, some), {
    normalization: 'train',
    onStatistics: (name, { mean, variance }) =>
      void Object.assign(own, { [`${name}.running_mean`]: mean, [`${name}.running_var`]: variance }),
  });
  return own;
}

/** Two views of each picture of a batch. */
function viewsOf({ inputs, rows: all }: Examples, { batchSize, views, seed }: IsotropicSettings, place: string) {
  const draws = random(seed, `views ${place}`);
  const rows = draws.sampleWithoutReplacement(all, batchSize);
  const drawn = new Float32Array(2 * batchSize * PLACES);
  for (let i = 0; i < 2 * batchSize; i++) {
    const from = rows[i % batchSize] * PLACES;
    drawView(inputs.subarray(from, from + PLACES), drawn.subarray(i * PLACES, (i + 1) * PLACES), views, draws);
  }
  return { rows: 2 * batchSize, inputs: drawn };
}

/** Readouts of a network's features, for each λ and number of labels. */
function readouts(net: Network, values: HostTensors, pictures: Pictures, settings: IsotropicSettings) {
  const { sizes: n, strengths: strength, images } = settings;
  const { train, test } = pictures;
  const own = adapted(net, values, pictures);
  const taken = [takeExamples(train, [...Array(Math.max(...n)).keys()]), test];
  const [seen, asked] = taken.map((of) => outputsOf(net, own, of, 'features'));
  const flat = (rows: Float32Array[]) => ({ width: rows[0].length, data: rows.flatMap((row) => [...row]) });
  const questions = flat(asked);
  const spread = outputSpread(outputsOf(net, own, test));
  return combinations({ strength, n }).map((of) => {
    const options = { classes: IMAGE_SETS[images], strength: of.strength };
    const answers = ridgeReadout(flat(seen.slice(0, of.n)), train.labels.subarray(0, of.n), options).answers(questions);
    return { ...of, test_accuracy: answers.filter((own, row) => own === test.labels[row]).length / test.rows, spread };
  });
}

const stage: Stage<IsotropicSettings, { rows: ReadoutRow[] }> = {
  name: 'isotropic',
  title: ({ network, images, seed }) => `${network}, ${images}, seed ${seed}`,
  measures: {},
  cost: ({ steps, network, batchSize }) => ({
    ...{ steps: network === 'pixels' ? 0 : steps, startSeconds: 6, memoryMb: 2000 },
    seconds: 10 + (network === 'pixels' ? 0 : steps * batchSize * (5e-4 + sizeOf(network).multiplications * 2e-10)),
  }),
  async train(settings, { observer }) {
    const { network: name, steps, measureEvery, seed, learningRate } = settings;
    const pictures = await isotropicExamples(settings);
    const { net, predictor } = siameseNetwork(name);
    const read = (features: ReadoutRow['features'], values: HostTensors): ReadoutRow[] =>
      tidied(() => readouts(net, values, pictures, settings).map((row) => ({ features, ...row })));
    const fresh = net.init(seedFor(seed, 'network'));
    const before = read('untrained', fresh);
    if (name === 'pixels') return { log: [], interrupted: false, result: { rows: before } };

    const optimizer = { name: 'adamW', weightDecay: 0 } as const;
    const machine = once('SimSiam', { name }, () => trainer(simSiam(net, predictor), { optimizer, xla: false }));
    machine.start({ ...fresh, ...predictor.init(seedFor(seed, 'predictor')) });
    const { log, interrupted } = await fitBatches({
      epochs: Math.ceil(steps / measureEvery),
      stepsPerEpoch: measureEvery,
      *batches(epoch) {
        for (let at = 0; at < measureEvery; at++) yield viewsOf(pictures.train, settings, `${epoch} ${at}`);
      },
      step: (batch, at) =>
        machine.step(batch, at, (learningRate / 2) * (1 + Math.cos((Math.PI * (at - 1)) / steps))).loss,
      evaluate: () => ({}),
      ...observer,
    });
    return { log, interrupted, result: { rows: [...before, ...read('trained', machine.snapshot())] } };
  },
};

const VIEWS = { turn: 15, zoom: 0.2, shift: 3, contrast: 0.3, erased: 8 };
const SIZES = {
  laptop: { unlabelled: 5000, testImages: 2000, steps: 200, batchSize: 64, most: 1000, seeds: 3 },
  quick: { unlabelled: 1000, testImages: 500, steps: 40, batchSize: 32, most: 200, seeds: 1 },
  smoke: { unlabelled: 60, testImages: 32, steps: 2, batchSize: 8, most: 50, seeds: 1 },
} as const;

export interface IsotropicAsked {
  images: readonly ImageSetName[];
  networks: readonly NetworkName[];
  /** By default those of the preset. */
  seeds?: readonly number[];
}

export const isotropicNetworks = experiment<IsotropicAsked, IsotropicRow, IsotropicSettings>({
  name: 'isotropic-networks',
  about: 'small image networks that learn without labels, one inductive bias removed at a time',
  stage,
  table: isotropicSchema,
  presets: Object.keys(SIZES),
  asked: { images: SETS, networks: NAMES, seeds: undefined },
  *runs({ preset, images, networks: network, seeds }) {
    const { seeds: all, most, ...sizes } = SIZES[preset as keyof typeof SIZES];
    // Whole seeds after each other, so that a table that is cut off compares alike.
    for (const key of combinations({ seed: seeds ?? Array.from({ length: all }, (_, i) => i + 1), images, network })) {
      const readout = { sizes: [20, 50, 100, 200, 500, 1000].filter((n) => n <= most), strengths: [1, 0.1, 10] };
      const measureEvery = Math.max(1, sizes.steps / 4);
      yield { key, settings: { ...key, ...sizes, ...readout, measureEvery, learningRate: 2e-3, views: VIEWS } };
    }
  },
  rows: ({ id, result }, key) =>
    result.rows.map((row: ReadoutRow) => ({ ...key, ...row, ...sizeOf(key.network!), run: id }) as IsotropicRow),
  chain: ({ images, network }) => `${network}, ${images}`,
});
