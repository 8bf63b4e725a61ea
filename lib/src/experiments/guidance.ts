/**
 * Does a bias travel through representations? A deep dense network that learns digits badly is pulled, layer by layer, towards the
 * similarities of a convolutional guide, trained or not (Subramaniam et al., "Training the Untrainable: Introducing Inductive Bias
 * via Representational Alignment", arXiv 2410.20035; code vsubramaniam851/untrainable-networks; notebook 29).
 */
import { join } from 'node:path';
import { digitExamples, takeDigits } from '../images/digits';
import type { Parameters } from '../models/gpt2';
import { batchNorm, conv, dense, dropout, globalAverage, maxPool, relu } from '../models/layers';
import { type Network, network } from '../models/network';
import { count, oneOf, optional, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage } from '../runs/stage';
import { random, seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import type { HostTensors } from '../tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../tensorflow/safetensors';
import { tidied } from '../tensorflow/tidy';
import { tensorsOf } from '../tensorflow/variables';
import { classifier, type Examples, exampleBatches, shareRight, takeExamples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { type GuidedExamples, guidedClassifier, guideFeatures, linearCka, matchedLayers } from '../training/guidance';
import { type Trainer, trainer } from '../training/trainer';
import { digitsOf, once } from './machines';

const SIDE = 14;
const CLASSES = 10;
/** How many test digits the similarity of two layers is measured on. */
const COMPARED = 256;

/** Dense networks by name: depth, width, whether each layer has batch normalisation, and its dropout (released: 0.1). */
export const STUDENTS = {
  deep: { depth: 40, width: 64, normalised: true, rate: 0.1 },
  'deep without dropout': { depth: 40, width: 64, normalised: true, rate: 0 },
  'without normalisation': { depth: 30, width: 64, normalised: false, rate: 0 },
  wide: { depth: 3, width: 1024, normalised: true, rate: 0.1 },
  small: { depth: 20, width: 64, normalised: true, rate: 0.1 },
  tiny: { depth: 4, width: 8, normalised: true, rate: 0.1 },
} as const;
type Student = keyof typeof STUDENTS;
const GUIDES = ['none', 'untrained', 'trained'] as const;
type Guide = (typeof GUIDES)[number];

/** The convolutional guide, and the layers of it that are recorded: all that hold weights but the last, and the average. */
export const guideNetwork = (): Network =>
  network({
    input: [SIDE, SIDE, 1],
    layers: [
      conv(16, { name: 'conv 1' }),
      relu(),
      maxPool(2),
      conv(32, { name: 'conv 2' }),
      relu(),
      globalAverage('average'),
      dense(CLASSES, { name: 'output' }),
    ],
  });
const GUIDE_LAYERS = ['conv 1', 'conv 2', 'average'];

/** [196] → depth × (dense, batch normalisation, ReLU, dropout) → 10; the dense layers' outputs are recorded. */
export function studentNetwork(student: Student): Network {
  const { depth, width, normalised } = STUDENTS[student];
  const hidden = Array.from({ length: depth }, (_, i) => {
    const map = dense(width, { name: `dense ${i + 1}` });
    return normalised ? [map, batchNorm(), relu(), dropout()] : [map, relu()];
  });
  return network({ input: [SIDE, SIDE, 1], layers: [...hidden.flat(), dense(CLASSES, { name: 'output' })] });
}
/** The student's layer that goes with each of the guide's. */
const studentLayers = (student: Student): string[] =>
  matchedLayers(GUIDE_LAYERS.length, STUDENTS[student].depth).map((layer) => `dense ${(layer ?? 0) + 1}`);

interface DigitsSettings {
  digits: number;
  testDigits: number;
  batchSize: number;
  seed: number;
}
export interface GuideSettings extends DigitsSettings {
  epochs: number;
}
export interface GuidanceSettings extends DigitsSettings {
  student: Student;
  guide: Guide;
  /** Weight of the similarities in the loss. */
  alpha: number;
  /** Steps after which the similarities no longer count; undefined: never. */
  until?: number;
  steps: number;
  measureEvery: number;
  learningRate: number;
  /** The guide; a student on its own is compared with it. */
  teacher: GuideSettings;
}

export const guidanceSchema = table('guidance.csv', {
  row: 'a dense network that learns digits, alone or guided, at a step of its training',
  columns: {
    student: oneOf(Object.keys(STUDENTS) as Student[]),
    digits: count('to train on', { min: 1 }),
    guide: oneOf(GUIDES, 'a convolutional network'),
    alpha: positive('weight of the similarities in the loss'),
    until: optional(count('steps after which they no longer count')),
    seed: count(),
    step: count('', { min: 1 }),
    train_loss: positive('with the similarities, mean since the row before'),
    test_accuracy: share(),
    run: runOf(),
  },
  key: ['student', 'digits', 'guide', 'alpha', 'until', 'seed', 'step'],
});
export type GuidanceRow = RowIn<typeof guidanceSchema>;

export const guidedLayersSchema = table('guided-layers.csv', {
  row: "a layer of such a network beside the guide's layer that it goes with",
  columns: {
    layer: oneOf(GUIDE_LAYERS, "the guide's"),
    beside: oneOf(['trained', 'untrained'], 'which guide it is compared with'),
    before: share('CKA on test digits before training'),
    after: share('and after it'),
    guide_accuracy: share('of that guide, on test digits'),
    run: runOf(),
  },
  key: ['run', 'layer', 'beside'],
});
type LayerRow = Omit<RowIn<typeof guidedLayersSchema>, 'run'>;

/** Digits of 14 × 14 as rows: to train on, the first of those that a seed draws. */
function examplesOf(set: 'train' | 'test', { digits, testDigits, seed }: DigitsSettings): Examples {
  const all = digitsOf(set, SIDE);
  const rows =
    set === 'train' ? random(seed, 'digits').sampleWithoutReplacement(all.rows, digits) : [...all.labels.keys()];
  return digitExamples(takeDigits(all, set === 'train' ? rows : rows.slice(0, testDigits)));
}

/** Batches of an epoch, each with the places of its rows. */
function* shuffled(examples: Examples, size: number, seed: number, epoch: number): Generator<[Examples, Int32Array]> {
  const order = random(seed, `order ${epoch}`).permutation(examples.rows);
  let at = 0;
  for (const batch of exampleBatches(examples, size, order)) {
    yield [batch, Int32Array.from({ length: size }, (_, i) => order[at + i < examples.rows ? at + i : at])];
    at += size;
  }
}

interface GuideValues {
  parameters: HostTensors;
}
export const guideStage: Stage<GuideSettings, { test_accuracy: number }, GuideValues> = {
  name: 'digit-guide',
  title: ({ seed, digits }) => `guide, ${digits} digits, seed ${seed}`,
  measures: { test_accuracy: 'on test digits' },
  cost: ({ epochs, digits, batchSize }) => stepCost(epochs * Math.ceil(digits / batchSize), 6e-3),
  async train(settings, { observer }) {
    const { batchSize, epochs, seed, digits } = settings;
    const [train, test] = [examplesOf('train', settings), examplesOf('test', settings)];
    const net = guideNetwork();
    const machine = once('digit guide', {}, () => trainer(classifier(net), { optimizer: ADAM, xla: false }));
    machine.start(untrainedGuide(seed));
    const { log, interrupted } = await fitBatches({
      epochs,
      stepsPerEpoch: Math.ceil(digits / batchSize),
      *batches(epoch) {
        for (const [batch] of shuffled(train, batchSize, seed, epoch)) yield batch;
      },
      step: (batch, step) => machine.step(batch, step, 1e-3).loss,
      evaluate: () => tidied(() => ({ test_accuracy: shareRight(net, machine.parameters, test) })),
      ...observer,
    });
    const result = { test_accuracy: log.at(-1)?.test_accuracy ?? 0 };
    return { log, interrupted, result, parameters: machine.snapshot() };
  },
  save: ({ parameters }, folder) => writeSafetensors(join(folder, 'guide.safetensors'), parameters),
  load: (folder) => ({ parameters: readSafetensors(join(folder, 'guide.safetensors')).tensors }),
};
const ADAM = { name: 'adamW', weightDecay: 0 } as const;
const untrainedGuide = (seed: number): HostTensors => guideNetwork().init(seedFor(seed, 'guide'));
const stepCost = (steps: number, seconds: number) => ({
  steps,
  seconds: steps * seconds,
  startSeconds: 5,
  memoryMb: 1200,
});

/** CKA of each matched pair of layers on some digits. */
function similarities(student: Student, parameters: Parameters, guide: HostTensors, examples: Examples): number[] {
  const features = (of: Network, values: Parameters, layers: string[]) =>
    guideFeatures(of, values, examples, layers).map((one) =>
      tf.tensor2d(one, [examples.rows, one.length / examples.rows]),
    );
  return tidied(() => {
    const own = features(studentNetwork(student), parameters, studentLayers(student));
    return features(guideNetwork(), tensorsOf(guide), GUIDE_LAYERS).map(
      (one, i) => linearCka(own[i], one).dataSync()[0],
    );
  });
}

const guidanceStage: Stage<GuidanceSettings, { rows: LayerRow[] }, object, { teacher: GuideValues }> = {
  name: 'guidance',
  title: ({ student, guide, alpha, seed }) =>
    `${student} network, ${guide === 'none' ? 'alone' : `${guide} guide, α = ${alpha}`}, seed ${seed}`,
  measures: { test_accuracy: 'on test digits' },
  startsFrom: { teacher: guideStage },
  // Measured on a busy AMD EPYC at 2.6 GHz: 0.5 ms a layer; guidance doubles a step.
  cost: ({ steps, student, guide }) =>
    stepCost(steps, STUDENTS[student].depth * (guide === 'none' ? 5e-4 : 8e-4) + 5e-3),
  async train(settings, { inputs: { teacher }, observer }) {
    const { student, guide, alpha, until = Number.POSITIVE_INFINITY, steps, measureEvery, batchSize, seed } = settings;
    const [train, test] = [examplesOf('train', settings), examplesOf('test', settings)];
    const guides = { trained: teacher.parameters, untrained: untrainedGuide(seed) };
    const net = once('student', { student }, () => studentNetwork(student));
    const options = { optimizer: ADAM, dropout: STUDENTS[student].rate, xla: false };
    const [alone, guided] = once(
      'guided students',
      { student },
      () =>
        [trainer(classifier(net), options), trainer(guidedClassifier(net, studentLayers(student)), options)] as const,
    );
    const machine: Trainer<GuidedExamples> = guide === 'none' ? alone : guided;
    const features =
      guide === 'none'
        ? []
        : tidied(() => guideFeatures(guideNetwork(), tensorsOf(guides[guide]), train, GUIDE_LAYERS));
    const some = takeExamples(test, [...Array(Math.min(COMPARED, test.rows)).keys()]);
    const fresh = net.init(seedFor(seed, 'student'));
    const compare = (parameters: Parameters) =>
      Object.values(guides).flatMap((own) => similarities(student, parameters, own, some));
    const before = tidied(() => compare(tensorsOf(fresh)));
    machine.start(fresh, { seed: seedFor(seed, 'dropout') });
    const { log, interrupted } = await fitBatches({
      epochs: Math.ceil(steps / measureEvery),
      stepsPerEpoch: measureEvery,
      *batches(epoch) {
        for (let [left, pass] = [measureEvery, 1]; left > 0; pass++) {
          for (const one of shuffled(train, batchSize, seedFor(seed, `pass ${pass}`), epoch)) if (left-- > 0) yield one;
        }
      },
      step([batch, places], step) {
        const seen = features.map((all) => takeExamples({ ...train, inputs: all }, places).inputs);
        return machine.step({ ...batch, guide: seen, alpha: step <= until ? alpha : 0 }, step, settings.learningRate)
          .loss;
      },
      evaluate: () => tidied(() => ({ test_accuracy: shareRight(net, machine.parameters, test) })),
      ...observer,
    });
    const after = tidied(() => compare(machine.parameters));
    const accuracies = Object.values(guides).map((own) =>
      tidied(() => shareRight(guideNetwork(), tensorsOf(own), test)),
    );
    const rows = Object.keys(guides).flatMap((beside, i) =>
      GUIDE_LAYERS.map((layer, j) => {
        const at = i * GUIDE_LAYERS.length + j;
        const [first, last] = [before[at], after[at]].map((cka) => Math.min(1, Math.max(0, cka)));
        return {
          layer,
          beside: beside as LayerRow['beside'],
          before: first,
          after: last,
          guide_accuracy: accuracies[i],
        };
      }),
    );
    return { log, interrupted, result: { rows } };
  },
};

const SIZES = {
  laptop: {
    student: 'deep',
    digits: 5000,
    testDigits: 10_000,
    steps: 2000,
    measureEvery: 100,
    guideSteps: 400,
    seeds: 3,
  },
  quick: { student: 'small', digits: 2000, testDigits: 2000, steps: 400, measureEvery: 50, guideSteps: 130, seeds: 1 },
  smoke: { student: 'tiny', digits: 200, testDigits: 100, steps: 6, measureEvery: 3, guideSteps: 2, seeds: 1 },
} as const satisfies Record<string, { student: Student } & Record<string, unknown>>;
const PANELS = ['guides', 'initialisation', 'weights', 'students'] as const;

export interface GuidanceAsked {
  panels: readonly (typeof PANELS)[number][];
  /** By default those of the preset. */
  seeds?: readonly number[];
  /** Changes the settings of every run. */
  change: (settings: GuidanceSettings) => GuidanceSettings;
}

export const guidance = experiment<GuidanceAsked, GuidanceRow, GuidanceSettings>({
  name: 'guidance',
  title: 'Guidance',
  about: 'deep dense networks that learn digits, pulled towards the similarities of a convolutional guide',
  stage: guidanceStage,
  table: guidanceSchema,
  more: [guidedLayersSchema],
  presets: Object.keys(SIZES),
  asked: { panels: PANELS, seeds: undefined, change: (settings) => settings },
  *runs({ preset, panels, seeds, change }) {
    const { student, digits, guideSteps, seeds: most, ...sizes } = SIZES[preset as keyof typeof SIZES];
    const usual = {
      student: [student as Student],
      digits: [digits as number],
      guide: GUIDES,
      alpha: [1],
      until: [undefined],
    };
    const guided = GUIDES.slice(1);
    const early = Math.round(0.15 * sizes.steps); // released: 300 steps
    const asked: Record<(typeof PANELS)[number], object[]> = {
      guides: combinations(usual),
      initialisation: combinations({ ...usual, guide: guided, until: [early] }),
      weights: combinations({ ...usual, guide: guided, alpha: [0.1, 10] }),
      students:
        preset === 'laptop'
          ? [
              ...combinations({ ...usual, student: ['deep without dropout', 'without normalisation'] }),
              ...combinations({ ...usual, student: ['wide'], digits: [500] }),
            ]
          : [],
    };
    const all = seeds ?? Array.from({ length: most }, (_, i) => i + 1);
    for (const one of panels.flatMap((panel) => asked[panel]) as Pick<
      GuidanceSettings,
      'student' | 'digits' | 'guide' | 'alpha' | 'until'
    >[]) {
      for (const seed of all) {
        const { until, ...key } = one;
        const shared = { batchSize: 128, testDigits: sizes.testDigits, seed };
        // The guide has seen the same digits.
        const epochs = Math.ceil(guideSteps / Math.ceil(key.digits / shared.batchSize));
        const teacher = { ...shared, digits: key.digits, epochs };
        const alpha = key.guide === 'none' ? 0 : key.alpha;
        const settings = change({
          ...{ ...shared, ...key, alpha, ...(until && { until }), teacher, learningRate: 1e-3 },
          ...{ steps: sizes.steps, measureEvery: sizes.measureEvery },
        });
        const { student, digits: rows, guide } = settings;
        yield {
          key: { student, digits: rows, guide, alpha: settings.alpha, until: settings.until ?? null, seed },
          settings,
        };
      }
    }
  },
  rows: ({ id, log }, key) => log.map(({ epoch: _, ...record }) => ({ ...key, ...record, run: id }) as GuidanceRow),
  gather: ({ id, result }) => [[guidedLayersSchema, result.rows.map((row: LayerRow) => ({ ...row, run: id }))]],
  chain: ({ student, guide }) => `${student} network, guide: ${guide}`,
});
