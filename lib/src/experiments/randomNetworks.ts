/** What a network of random weights can do when only a little of it is trained: biases, the readout, a mask (notebook 24). */
import { digitExamples, movedPixels, takeDigits } from '../images/digits';
import { temperatureOfStep } from '../masking/continuousSparsification';
import { subnetworkSize } from '../masking/subnetwork';
import type { Parameters } from '../models/gpt2';
import { dense, gate, relu } from '../models/layers';
import { type Network, network } from '../models/network';
import { count, oneOf, optional, positive, type RowIn, runOf, share, table, text } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { random, seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import { elementCount } from '../tensorflow/hostTensor';
import { tidied } from '../tensorflow/tidy';
import { tensorsOf } from '../tensorflow/variables';
import { classifier, type Examples, exampleBatches, inputTensor, shareRight, takeExamples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { maskTrainer } from '../training/maskTrainer';
import { trainer } from '../training/trainer';
import { digitsOf, once } from './machines';

/** What is trained: parameters, or a mask over units or weights that stay as they are, maybe with parameters beside it. */
const TRAINED: Record<string, { rate: number; parameters?: RegExp; mask?: 'units' | 'weights' }> = {
  everything: { rate: 1e-3, parameters: /^(in|out)\./ },
  readout: { rate: 1e-2, parameters: /^out\./ },
  biases: { rate: 1e-2, parameters: /\.bias$/ },
  'unit mask': { rate: 5e-2, mask: 'units' },
  'weight mask': { rate: 5e-2, mask: 'weights' },
  'unit mask, output bias': { rate: 5e-2, mask: 'units', parameters: /^out\.bias$/ },
  'weight mask, output bias': { rate: 5e-2, mask: 'weights', parameters: /^out\.bias$/ },
};
const ALL = Object.keys(TRAINED);
const MAIN = ALL.slice(0, 5);

type From = (y: number, x: number, side: number, shuffle: Int32Array) => readonly [number, number];
/** Tasks on the same digits: other labels, or pixels from other places (`shuffle`: all places in an order of the seed's). */
const TASK: Record<string, { label?(digit: number): number; from?: From }> = {
  digit: {},
  'even or odd': { label: (digit) => digit % 2 },
  'five or more': { label: (digit) => Number(digit >= 5) },
  'shuffled pixels': { from: (y, x, side, all) => [Math.floor(all[y * side + x] / side), all[y * side + x] % side] },
  'quarter turn': { from: (y, x, side) => [x, side - 1 - y] },
  'half turn': { from: (y, x, side) => [side - 1 - y, side - 1 - x] },
  mirrored: { from: (y, x, side) => [y, side - 1 - x] },
};

export const randomNetworksSchema = table('random-networks.csv', {
  row: 'a network of random weights of which a part, or a mask over it, was trained to read digits',
  columns: {
    condition: oneOf(ALL, 'what was trained'),
    task: oneOf(Object.keys(TASK)),
    side: count('pixels of a row: 28, or 14, every second one', { min: 1 }),
    width: count('hidden units', { min: 1 }),
    digits: count('to train on', { min: 1 }),
    scale: positive('factor of the random weights'),
    penalty: positive('factor of the L0 penalty: of the share that the soft mask keeps'),
    seed: count(),
    trained: count('trained numbers: parameters or scores'),
    test_accuracy: share('after the last step, with the hard mask'),
    kept: optional(count('of the mask')),
    used: count('hidden units whose output varies over the test digits'),
    units: optional(text('which, of biases and unit masks: a digit of base 16 for each four units', /^[0-9a-f]+$/)),
    run: runOf(),
  },
  key: ['side', 'task', 'condition', 'width', 'digits', 'scale', 'penalty', 'seed'],
});
export type RandomNetworkRow = RowIn<typeof randomNetworksSchema>;
type Key = 'condition' | 'task' | 'side' | 'width' | 'digits' | 'scale' | 'penalty' | 'seed';
type Result = Omit<RandomNetworkRow, Key | 'run'>;
export type RandomNetworkSettings = Pick<RandomNetworkRow, Key> & Record<'steps' | 'batchSize' | 'testDigits', number>;

/** Sizes of the presets. Panels vary one thing each, at the largest number of digits and at one width. */
const few = { side: 14, tasks: 5, penalties: [0, 1], scales: [0.1, 1], seeds: [1] };
const all = { ...few, penalties: [0, 0.1, 0.3, 1], scales: [0.1, 1, 3], seeds: [1, 2, 3], testDigits: 10_000 };
const sizes = (widths: number[], width: number, digits: number[], steps: number) => ({ widths, width, digits, steps });
const SIZES: Record<string, typeof all & ReturnType<typeof sizes>> = {
  laptop: { ...all, ...sizes([10, 100, 300, 1000, 3000], 1000, [100, 300, 1000, 3000, 10_000], 790) },
  quick: { ...few, ...sizes([100, 300], 300, [300, 1000, 3000], 120), testDigits: 2000 },
  smoke: { ...few, ...sizes([20], 20, [50, 100], 4), tasks: 2, testDigits: 200 },
  paper: { ...all, ...sizes([1000, 3000, 10_000], 10_000, [1000, 10_000, 60_000], 4690), side: 28, tasks: 7 },
};
const PANELS = ['widths', 'digits', 'tasks', 'penalties', 'scales'] as const;
type Panel = (typeof PANELS)[number];
/** What a panel varies, and in which conditions. */
const panelOf = ({ widths, digits, tasks, penalties, scales }: (typeof SIZES)[string], panel: Panel) =>
  ({
    widths: { condition: ALL, width: widths },
    digits: { condition: MAIN, digits },
    tasks: { condition: MAIN.slice(2), task: Object.keys(TASK).slice(0, tasks) },
    penalties: { condition: MAIN.slice(3), penalty: penalties },
    scales: { condition: MAIN, scale: scales },
  })[panel];

const stage: Stage<RandomNetworkSettings, Result> = {
  name: 'random-network',
  title: ({ condition, task, width, digits, seed }) =>
    `${condition}: ${task}, ${width} units, ${digits} digits, seed ${seed}`,
  measures: { test_accuracy: 'on test digits' },
  // Measured on a busy AMD EPYC at 2.6 GHz: 1 ms a step, and 20 to 40 ms for a million weights.
  cost: ({ steps, width, side, condition }) => {
    const seconds = steps * (1e-3 + width * side ** 2 * (condition.startsWith('weight') ? 4e-8 : 2e-8));
    return { steps, seconds, startSeconds: 4, memoryMb: 1500 };
  },
  train,
};

export interface RandomNetworksAsked {
  panels: readonly Panel[];
  /** By default those of the preset. */
  seeds?: number[];
  /** Changes the settings of every run. */
  change: (settings: RandomNetworkSettings) => RandomNetworkSettings;
}

export const randomNetworks = experiment<RandomNetworksAsked, RandomNetworkRow, RandomNetworkSettings>({
  name: 'random-networks',
  title: 'Masks on random networks',
  about: 'biases, readouts and masks of networks of random weights that read digits',
  stage,
  table: randomNetworksSchema,
  presets: Object.keys(SIZES),
  asked: { panels: PANELS, seeds: undefined, change: (settings) => settings },
  *runs({ preset, panels, seeds, change }) {
    const { side, width, digits, steps, testDigits, ...size } = SIZES[preset];
    const usual = { side: [side], task: ['digit'], width: [width], digits: digits.slice(-1), scale: [1], penalty: [0] };
    const unknown = panels.find((panel) => !PANELS.includes(panel));
    if (unknown) throw new Error(`There is no panel ${JSON.stringify(unknown)}: use some of ${PANELS.join(', ')}.`);
    const asked = panels.flatMap((panel) =>
      combinations({ ...usual, ...panelOf(SIZES[preset], panel), seed: seeds ?? size.seeds }),
    );
    // A run may stand in several panels.
    for (const one of new Map(asked.map((one) => [JSON.stringify(one), one])).values()) {
      const settings = change({ ...(one as object), steps, batchSize: 128, testDigits } as RandomNetworkSettings);
      const { steps: _, batchSize: _b, testDigits: _t, ...key } = settings;
      yield { key, settings };
    }
  },
  rows: ({ result, id }, key) => [{ ...key, ...result, run: id } as RandomNetworkRow],
  chain: ({ width }) => `${width} units`,
});

/** side² → width → 10 with a ReLU and a gate for each hidden unit: weights uniform, biases 0 (values of this project). */
function networkOf({ width, side, scale }: Pick<RandomNetworkSettings, 'width' | 'side' | 'scale'>): Network {
  const fresh = (square: number) => ({ weight: (fanIn: number) => scale * Math.sqrt(square / fanIn), bias: () => 0 });
  const [into, out] = [dense(width, { name: 'in', ...fresh(6) }), dense(10, { name: 'out', ...fresh(3) })];
  return network({ input: [side * side], layers: [into, relu(), gate('units'), out] });
}

/** What trains a condition at one size, again and again: the step is compiled once. */
function machineOf({ condition, width, side, xla }: { condition: string; width: number; side: number; xla: boolean }) {
  const model = classifier(networkOf({ width, side, scale: 1 }));
  const { rate, parameters = /^$/, mask } = TRAINED[condition];
  const [optimizer, trained] = [{ name: 'adamW', weightDecay: 0 } as const, (name: string) => parameters.test(name)];
  const maskedWeights = mask === 'units' ? ['units.weight'] : mask ? model.maskedWeights : [];
  const names = Object.keys(model.shapes).filter(trained);
  const sizeOf = (all: string[]) => all.reduce((total, name) => total + elementCount(model.shapes[name]), 0);
  const entries = sizeOf(maskedWeights);
  const size = entries + sizeOf(names);
  if (!mask) {
    const { start, step, parameters } = trainer(model, { optimizer, trained, xla });
    return { size, start, step: (batch: Examples, at: number) => step(batch, at, rate).loss, model: () => parameters };
  }
  const { start, step, masked, subnetwork } = maskTrainer(
    { ...model, maskedWeights, trainedWithMask: names },
    { optimizer, xla },
  );
  return {
    size,
    start,
    step: (batch: Examples, at: number, { steps, penalty }: RandomNetworkSettings) => {
      const [temperature, lambda] = [temperatureOfStep({ step: at, steps }), penalty / entries];
      return step(batch, at, { learningRate: rate, temperature, lambda }).loss;
    },
    model: () => masked('hard'),
    kept: () => subnetworkSize(subnetwork()),
  };
}

/** Digits as a task sees them: to train on, the first of those that a seed draws, so that more digits hold the fewer. */
function examplesOf(set: 'train' | 'test', { digits, testDigits, task, side, seed }: RandomNetworkSettings): Examples {
  const all = digitsOf(set, side);
  const order = set === 'train' ? random(seed, 'digits').permutation(all.rows) : [...all.labels.keys()];
  const { label = (digit) => digit, from = (y, x) => [y, x] } = TASK[task];
  const shuffle = random(seed, 'shuffled pixels').permutation(side * side);
  const taken = takeDigits(all, order.slice(0, set === 'train' ? digits : testDigits));
  const examples = digitExamples(movedPixels(taken, (y, x) => from(y, x, side, shuffle)));
  return { ...examples, labels: examples.labels.map(label) };
}

/** A unit is in use where its output varies (standard deviation) by so much of what untrained ones vary on average. */
const IN_USE = 0.1;
const MEASURED = 5; // times while it trains; the last counts

async function train(settings: RandomNetworkSettings, { observer }: Training<object>) {
  const { condition, width, side, digits, steps, batchSize, seed } = settings;
  const net = networkOf(settings);
  // Compiling with XLA takes seconds, which short trainings do not win back.
  const machine = once('random network', { condition, width, side, xla: steps > 500 }, machineOf);
  const [train, test] = [examplesOf('train', settings), examplesOf('test', settings)];
  const fresh = net.init(seedFor(seed, 'random weights'));
  machine.start(fresh);
  const stepsPerEpoch = Math.ceil(steps / MEASURED);
  const { log, interrupted } = await fitBatches({
    epochs: Math.ceil(steps / stepsPerEpoch),
    stepsPerEpoch,
    *batches(epoch) {
      for (let [left, pass] = [stepsPerEpoch, 1]; left > 0; pass++) {
        const order = random(seed, `order ${epoch} ${pass}`).permutation(digits);
        for (const batch of exampleBatches(train, batchSize, order)) if (left-- > 0) yield batch;
      }
    },
    step: (batch, step) => machine.step(batch, step, settings),
    evaluate: () => tidied(() => ({ test_accuracy: shareRight(net, machine.model(), test) })),
    ...observer,
  });
  const some = takeExamples(test, [...Array(Math.min(1000, test.rows)).keys()]);
  const deviations = (parameters: Parameters) =>
    tf.moments(net.forward(parameters, inputTensor(net, some)).taps.units, 0).variance.sqrt();
  const used = tidied(() => {
    const least = deviations(tensorsOf(fresh)).mean().mul(IN_USE);
    return [...deviations(machine.model()).greaterEqual(least).dataSync()].map(Number);
  });
  const hex = used.join('').replace(/.{1,4}/g, (four) => Number.parseInt(four.padEnd(4, '0'), 2).toString(16));
  const result: Result = {
    trained: machine.size,
    test_accuracy: log.at(-1)?.test_accuracy ?? 0,
    kept: machine.kept?.() ?? null,
    used: used.filter((one) => one === 1).length,
    units: ['biases', 'unit mask'].includes(condition) ? hex : null,
  };
  return { log, interrupted, result };
}
