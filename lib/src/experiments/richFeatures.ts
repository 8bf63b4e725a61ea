/**
 * Can a rich representation be the bias? Digits whose colour says more than their shape, methods that look for what stays the
 * same between environments, and features built for them in rounds (Zhang, Lopez-Paz and Bottou, "Rich Feature Construction for
 * the Optimization-Generalization Dilemma", arXiv 2203.15516; code TjuJianyu/RFC; notebook 26).
 */
import { join } from 'node:path';
import { type ColouredDigits, colouredDigits } from '../images/colouredDigits';
import { takeDigits } from '../images/digits';
import { temperatureOfStep } from '../masking/continuousSparsification';
import { maskedWeightCount, type Subnetwork, subnetworkSize } from '../masking/subnetwork';
import { loadSubnetwork, saveSubnetwork } from '../masking/subnetworkFile';
import { sampleSubnetwork, transferSubnetwork } from '../masking/transfer';
import type { Parameters } from '../models/gpt2';
import { dense, relu } from '../models/layers';
import { type Network, network } from '../models/network';
import { count, oneOf, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { mean } from '../stats/intervals';
import { random, seedFor } from '../tasks/random';
import type { HostTensors } from '../tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../tensorflow/safetensors';
import { tidied } from '../tensorflow/tidy';
import { tensorsOf } from '../tensorflow/variables';
import {
  binaryAccuracy,
  binaryAnswer,
  type EnvironmentRows,
  environmentLearner,
  INVARIANCES,
  type Invariance,
  joinEnvironments,
  type Weights,
} from '../training/environments';
import { outputsOf, takeExamples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { guideFeatures } from '../training/guidance';
import { maskTrainer } from '../training/maskTrainer';
import { type Trainer, trainer } from '../training/trainer';
import { digitsOf, once } from './machines';

const SIDE = 14;
const METHODS = [...INVARIANCES, 'oracle'] as const;
type Method = (typeof METHODS)[number];
const WHOLE = ['random init', 'ERM init', 'RFC', 'RFC, frozen'] as const;
const PARTS = ['digit subnetwork', 'sampled control'] as const;
const STARTS = [...WHOLE, ...PARTS] as const;
type Start = (typeof STARTS)[number];
/** Colour against label in the test environments: the first turns the rule of the training round. */
const TEST_FLIPS = [0.9, 0.1, 0.5] as const;
/** λ by method (released), and which of them a run has where λ is not what varies: the middle one, fixed beforehand. */
const LAMBDAS: Record<Method, number[]> = {
  ERM: [0],
  oracle: [0],
  vREx: [1e3, 5e3, 1e4, 5e4, 1e5],
  IRMv1: [1e3, 5e3, 1e4, 5e4, 1e5],
  SD: [10, 50, 100, 500, 1000],
};

/** The digits, the network, and how it learns. */
export interface ColouredDigitsData {
  /** To train on, half of them in each of two environments; to test with, all of them in each of three. */
  digits: number;
  testDigits: number;
  labelNoise: number;
  /** How often the colour contradicts the label, in each training environment. */
  colourFlips: number[];
  /** Units of each of two hidden layers. */
  width: number;
  /** Factor of the sum of all squared parameters. */
  l2: number;
  learningRate: number;
  seed: number;
}

/** Features built in rounds. With one round, it is plain training (ERM), whose network is handed over as it is. */
export interface RichFeaturesSettings extends ColouredDigitsData {
  /** Steps of each round; the later train on what the ones before do not get right. */
  rounds: number[];
  /** Steps of the network that imitates the answers of all rounds. */
  synthesis: number;
}

/** A mask over rich features, found on digits whose colour says nothing; `penalty` is a factor of the share that it keeps. */
export interface DigitMaskSettings extends ColouredDigitsData {
  base: RichFeaturesSettings;
  steps: number;
  penalty: number;
}

export interface RichRunSettings extends ColouredDigitsData {
  method: Method;
  lambda: number;
  start: Start;
  features?: RichFeaturesSettings;
  subnetwork?: DigitMaskSettings;
  steps: number;
  measureEvery: number;
}

const measures = {
  train_accuracy: share('on noisy labels, mean over the training environments'),
  accuracy_90: share('where the colour contradicts 90 % of the labels'),
  accuracy_10: share('… 10 %'),
  accuracy_50: share('… half of them'),
  worst: share('the lowest of these three'),
  by_shape: share('test digits whose colour and shape differ, answered by shape: of the last environment'),
};
type Measures = { [Name in keyof typeof measures]: number };

export const richRoundsSchema = table('rich-rounds.csv', {
  row: 'a network of a round of rich feature construction, and the one that is made of them',
  columns: {
    network: oneOf(['round 1', 'round 2', 'synthesis'], 'synthesis: the mean of its outputs'),
    seed: count(),
    steps: count('of this network', { min: 1 }),
    ...measures,
    agreement: share('training digits that both rounds have right, or both wrong'),
    run: runOf(),
  },
  key: ['run', 'network'],
});
export const digitMasksSchema = table('digit-masks.csv', {
  row: 'a subnetwork for digits, found in rich features: what it reads by itself',
  columns: { seed: count(), kept: share('of all weights'), ...measures, run: runOf() },
  key: ['run'],
});
export const richFeaturesSchema = table('rich-features.csv', {
  row: 'a network that learns coloured digits, at a step of its training',
  columns: {
    method: oneOf(METHODS, 'oracle: ERM on digits whose colour says nothing'),
    start: oneOf(STARTS, 'frozen: the output alone trains; of the last two, what is handed over does not'),
    lambda: positive('weight of the penalty'),
    seed: count(),
    step: count('', { min: 1 }),
    ...measures,
    run: runOf(),
  },
  key: ['method', 'start', 'lambda', 'seed', 'step'],
});
export type RichFeaturesRow = RowIn<typeof richFeaturesSchema>;

/** [2, 14, 14] → width → ReLU → width → ReLU, the features → outputs; Xavier's uniform weights, biases 0 (released). */
export function colouredNetwork({ width, outputs = 1 }: { width: number; outputs?: number }): Network {
  const xavier = { weight: (fanIn: number, fanOut: number) => Math.sqrt(6 / (fanIn + fanOut)), bias: () => 0 };
  const linear = (units: number, name: string) => dense(units, { name, ...xavier });
  return network({
    input: [2, SIDE, SIDE],
    layers: [linear(width, 'first'), relu(), linear(width, 'second'), relu('features'), linear(outputs, 'output')],
  });
}

/** The output alone, over features. */
const headNetwork = ({ width }: { width: number }) =>
  network({ input: [width], layers: [dense(1, { name: 'output' })] });

/** The training and test environments of a seed: those of fewer digits are among those of more. */
export function colouredEnvironments(data: Omit<ColouredDigitsData, 'width' | 'l2' | 'learningRate'>): {
  train: ColouredDigits[];
  test: ColouredDigits[];
} {
  const { digits, testDigits, labelNoise, colourFlips, seed } = data;
  const all = digitsOf('train', SIDE);
  const held = 50_000; // the first, of which the training digits are drawn (released)
  const order = random(seed, 'coloured digits').permutation(held).slice(0, digits);
  const coloured = (rows: number[], colourFlip: number, name: string) => {
    const { uniform } = random(seed, name);
    const draws = { label: rows.map(uniform), colour: rows.map(uniform) };
    return colouredDigits(takeDigits(all, rows), draws, { labelNoise, colourFlip });
  };
  const last = Array.from({ length: testDigits }, (_, i) => held + i);
  const parts = colourFlips.map((_, part) => [...order].filter((_, i) => i % colourFlips.length === part));
  return {
    train: colourFlips.map((flip, i) => coloured(parts[i], flip, `environment ${i}`)),
    test: TEST_FLIPS.map((flip) => coloured(last, flip, `test environment ${flip}`)),
  };
}

/** The mean of a network's outputs for each row. */
const logitsOf = (net: Network, parameters: Parameters, examples: ColouredDigits): number[] =>
  outputsOf(net, parameters, examples).map((row) => mean([...row]));

function measured(
  net: Network,
  parameters: Parameters,
  { train, test }: ReturnType<typeof colouredEnvironments>,
): Measures {
  const logits = test.map((one) => logitsOf(net, parameters, one));
  const accuracies = logits.map((own, i) => binaryAccuracy(own, test[i].labels));
  const [accuracy_90, accuracy_10, accuracy_50] = accuracies;
  const { shapes, colours } = test[2];
  const conflicts = [...shapes.keys()].filter((row) => shapes[row] !== colours[row]);
  const at = <T>(values: ArrayLike<T>) => conflicts.map((row) => values[row]);
  return {
    train_accuracy: mean(train.map((one) => binaryAccuracy(logitsOf(net, parameters, one), one.labels))),
    ...{ accuracy_90, accuracy_10, accuracy_50, worst: Math.min(...accuracies) },
    by_shape: binaryAccuracy(at(logits[2]), at(shapes)),
  };
}

/** Steps on all rows at once, and what is measured of the network. */
async function fitWhole(
  machine: Pick<Trainer<EnvironmentRows & Weights>, 'step'>,
  batch: EnvironmentRows & Weights,
  at: { steps: number; every?: number; learningRate: number; evaluate?: () => Measures },
  observer: Training<object>['observer'],
) {
  const { steps, every = steps, learningRate, evaluate = () => ({}) } = at;
  return fitBatches({
    epochs: Math.ceil(steps / every),
    stepsPerEpoch: every,
    batches: () => Array<typeof batch>(every).fill(batch),
    step: (all, step) => machine.step(all, step, learningRate).loss,
    evaluate: () => tidied(evaluate),
    ...observer,
  });
}

/** Share of rows that all rounds have right, or all wrong; `right` has a flag for each round and row. */
export const agreementOf = (right: readonly ArrayLike<number>[]): number =>
  mean(Array.from(right[0], (own, row) => Number(right.every((other) => other[row] === own))));

/**
 * Rows to imitate the rounds on, as many as there are: half of those that all rounds have right or all wrong, half of the others,
 * each drawn with replacement. `right` has a flag for each round and row; the draws are numbers of 0..length−1 of their kind.
 */
export function synthesisRows(
  right: readonly ArrayLike<number>[],
  draw: (length: number, place: number) => number,
): number[] {
  const rows = [...Array(right[0].length).keys()];
  const isSame = (row: number) => right.every((own) => own[row] === right[0][row]);
  const kinds = [rows.filter(isSame), rows.filter((row) => !isSame(row))];
  // Where all rows are of one kind, there is no other half.
  const [same, others] = kinds.map((kind, i) => (kind.length > 0 ? kind : kinds[1 - i]));
  const half = Math.floor(rows.length / 2);
  return rows.map((place) => {
    const kind = place < half ? same : others;
    return kind[draw(kind.length, place)];
  });
}

interface Features {
  parameters: HostTensors;
}
type RoundRow = Omit<RowIn<typeof richRoundsSchema>, 'seed' | 'run'>;

type Learner = { width: number; outputs?: number; method: Invariance | 'worst'; frozen?: boolean | 'a part' };
const learnerOf = (options: Learner) =>
  once('coloured digits', options, ({ width, outputs, method, frozen }) => {
    const net = frozen === true ? headNetwork({ width }) : colouredNetwork({ width, outputs });
    const optimizer = { name: 'adamW', weightDecay: 0 } as const;
    const freezable = frozen === 'a part';
    return { net, machine: trainer(environmentLearner(net, method), { optimizer, freezable, xla: false }) };
  });

export const richFeaturesStage: Stage<RichFeaturesSettings, { rows: RoundRow[] }, Features> = {
  name: 'rich-features',
  title: ({ rounds, seed }) =>
    `${rounds.length > 1 ? `features of ${rounds.length} rounds` : `${rounds[0]} steps of ERM`}, seed ${seed}`,
  measures: {},
  cost: ({ rounds, synthesis, digits, width }) =>
    costOf(
      rounds.reduce((sum, one) => sum + one, rounds.length > 1 ? synthesis : 0),
      digits,
      width,
    ),
  async train(settings, { observer }) {
    const { rounds, synthesis, width, l2, learningRate, seed } = settings;
    const environments = colouredEnvironments(settings);
    const batch = joinEnvironments(environments.train);
    const labels = environments.train.flatMap((one) => [...one.labels]);
    const weights = { lambda: 0, l2 };
    const answers: number[][] = [];
    const right: number[][] = [];
    const rows: RoundRow[] = [];
    const note = (name: RoundRow['network'], steps: number, net: Network, parameters: Parameters) =>
      rows.push({ network: name, steps, ...tidied(() => measured(net, parameters, environments)), agreement: 1 });
    for (const [round, steps] of rounds.entries()) {
      const { net, machine } = learnerOf({ width, method: round === 0 ? 'ERM' : 'worst' });
      machine.start(net.init(seedFor(seed, `round ${round}`)));
      // Later rounds look at the rows that the rounds before have right, and at those that they have wrong.
      const groups = [0, 1].map((flag) => Float32Array.from(right.at(-1) ?? [], (own) => Number(own === flag)));
      const membership = round === 0 ? batch.membership : Float32Array.from(groups.flatMap((own) => [...own]));
      const own = { ...batch, membership, ...weights };
      const { log, interrupted } = await fitWhole(machine, own, { steps, learningRate }, observer);
      if (interrupted) return { log, interrupted, parameters: {} };
      answers.push(
        tidied(() => environments.train.flatMap((one) => logitsOf(net, machine.parameters, one))).map(binaryAnswer),
      );
      right.push(answers[round].map((answer, row) => Number(answer === labels[row])));
      note(`round ${round + 1}` as RoundRow['network'], steps, net, machine.parameters);
      if (rounds.length === 1) return { log, interrupted, parameters: machine.snapshot(), result: { rows } };
    }
    const outputs = rounds.length;
    const { net, machine } = learnerOf({ width, outputs, method: 'ERM' });
    const { integer } = random(seed, 'synthesis rows');
    const taken = synthesisRows(right, (length) => integer(length));
    const { inputs } = takeExamples({ ...batch, labels: Int32Array.from(labels) }, taken);
    const targets = Float32Array.from(taken.flatMap((row) => answers.map((own) => own[row])));
    const all = { rows: batch.rows, inputs, targets, membership: new Float32Array(batch.rows).fill(1), ...weights };
    machine.start(net.init(seedFor(seed, 'synthesis')));
    const { log, interrupted } = await fitWhole(machine, all, { steps: synthesis, learningRate }, observer);
    if (interrupted) return { log, interrupted, parameters: {} };
    note('synthesis', synthesis, net, machine.parameters);
    const result = { rows: rows.map((row) => ({ ...row, agreement: agreementOf(right) })) };
    return { log, interrupted, result, parameters: withMeanOutput(machine.snapshot(), width) };
  },
  save: ({ parameters }, folder) => writeSafetensors(join(folder, 'features.safetensors'), parameters),
  load: (folder) => ({ parameters: readSafetensors(join(folder, 'features.safetensors')).tensors }),
  tables: [richRoundsSchema],
  gather: ({ id, settings, result }) => [
    [richRoundsSchema, result.rows.map((row) => ({ ...row, seed: settings.seed, run: id }))],
  ],
};

interface DigitMask {
  mask: Subnetwork;
}
export const digitMaskStage: Stage<DigitMaskSettings, { row: object }, DigitMask, { base: Features }> = {
  name: 'digit-mask',
  title: ({ seed }) => `subnetwork for digits, seed ${seed}`,
  measures: {},
  startsFrom: { base: richFeaturesStage },
  cost: ({ steps, digits, width }) => costOf(steps, digits, width),
  async train(settings, { inputs, observer }) {
    const { width, steps, penalty, l2, learningRate, seed } = settings;
    const environments = colouredEnvironments(settings);
    const net = colouredNetwork({ width });
    const optimizer = { name: 'adamW', weightDecay: 0 } as const;
    const masks = once('digit mask', { width }, () =>
      maskTrainer(environmentLearner(net, 'ERM'), { optimizer, xla: false }),
    );
    masks.start(inputs.base.parameters);
    const total = maskedWeightCount(masks.subnetwork());
    const step = (batch: EnvironmentRows & Weights, at: number) => {
      const temperature = temperatureOfStep({ step: at, steps });
      return masks.step(batch, at, { learningRate, temperature, lambda: penalty / total });
    };
    const batch = { ...joinEnvironments(environments.train), lambda: 0, l2 };
    const { log, interrupted } = await fitWhole({ step }, batch, { steps, learningRate }, observer);
    const mask = masks.subnetwork();
    const own = tidied(() => measured(net, masks.masked('hard'), environments));
    return { log, interrupted, mask, result: { row: { seed, kept: subnetworkSize(mask) / total, ...own } } };
  },
  save: ({ mask }, folder) => saveSubnetwork(join(folder, 'mask.safetensors'), mask),
  load: (folder) => ({ mask: loadSubnetwork(join(folder, 'mask.safetensors')) }),
  tables: [digitMasksSchema],
  gather: ({ id, result }) => [[digitMasksSchema, [{ ...result.row, run: id }]]],
};

/** The same network with one output: the mean of its outputs, weight [outputs, width] → [1, width] (released). */
function withMeanOutput(values: HostTensors, width: number): HostTensors {
  const [weight, bias] = ['output.weight', 'output.bias'].map((name) => [...(values[name].data as Float32Array)]);
  const own = Array.from({ length: width }, (_, i) => mean(weight.filter((_, at) => at % width === i)));
  return {
    ...values,
    'output.weight': { dtype: 'F32', shape: [1, width], data: Float32Array.from(own) },
    'output.bias': { dtype: 'F32', shape: [1], data: Float32Array.of(mean(bias)) },
  };
}

/** Measured on an AMD EPYC at 2.6 GHz: 60 ms a step for 10,000 digits and two layers of 128. */
const costOf = (steps: number, digits: number, width: number) => {
  const seconds = steps * digits * width * (2 * SIDE * SIDE + width) * 9e-11;
  return { steps, seconds, startSeconds: 4, memoryMb: 1500 };
};

type Handed = { features?: Features; subnetwork?: DigitMask & { base: Features } };
const runStage: Stage<RichRunSettings, Measures, object, Handed> = {
  name: 'coloured-digits',
  title: ({ method, start, lambda, seed }) => `${method} from ${start}, λ = ${lambda}, seed ${seed}`,
  measures: { worst: 'in the worst test environment', by_shape: 'conflicts answered by shape' },
  startsFrom: { features: richFeaturesStage, subnetwork: digitMaskStage },
  cost: ({ steps, digits, width, start }) => costOf(start === 'RFC, frozen' ? steps / 50 : steps, digits, width),
  async train(settings, { inputs, observer }) {
    const { method, lambda, start, width, l2, learningRate, steps, measureEvery: every, seed } = settings;
    const environments = colouredEnvironments(settings);
    const part = inputs.subnetwork;
    const frozen = part ? 'a part' : start === 'RFC, frozen';
    const { net, machine } = learnerOf({ width, method: method === 'oracle' ? 'ERM' : method, frozen });
    const fresh = net.init(seedFor(seed, 'coloured digits'));
    const sampled = { seed, as: 'described', from: 'anywhere' } as const;
    const kept = part && start === 'sampled control' ? sampleSubnetwork(part.mask, sampled) : part?.mask;
    const masked = part && kept && { base: part.base.parameters, subnetwork: kept, fresh };
    const values = masked ? transferSubnetwork(masked) : (inputs.features?.parameters ?? fresh);
    // Over frozen features, the output alone is a network.
    const seen = frozen === true ? mapEnvironments(environments, featuresOf(values)) : environments;
    machine.start(Object.fromEntries(Object.keys(net.shapes).map((name) => [name, values[name]])), { frozen: kept });
    const batch = { ...joinEnvironments(seen.train), lambda, l2 };
    const evaluate = () => measured(net, machine.parameters, seen);
    const { log, interrupted } = await fitWhole(machine, batch, { steps, every, learningRate, evaluate }, observer);
    return { log, interrupted, result: log.at(-1) as unknown as Measures };
  },
};

/** What a network of these values makes of digits, before its output: [rows, width] */
const featuresOf = (values: HostTensors) => (own: ColouredDigits) => {
  const net = colouredNetwork({ width: values['second.weight'].shape[0] });
  return tidied(() => guideFeatures(net, tensorsOf(values), own, ['features'])[0]);
};

const mapEnvironments = (
  { train, test }: ReturnType<typeof colouredEnvironments>,
  map: (own: ColouredDigits) => Float32Array,
) => {
  const [first, second] = [train, test].map((all) => all.map((own) => ({ ...own, inputs: map(own) })));
  return { train: first, test: second };
};

const released = { labelNoise: 0.25, colourFlips: [0.1, 0.2], l2: 0.0011, learningRate: 5e-4 };
const SIZES = {
  laptop: {
    digits: 10_000,
    testDigits: 10_000,
    width: 128,
    rounds: [51, 501],
    synthesis: 501,
    erm: 201,
    steps: 1001,
    seeds: 3,
  },
  quick: {
    digits: 5000,
    testDigits: 5000,
    width: 64,
    rounds: [51, 301],
    synthesis: 301,
    erm: 101,
    steps: 301,
    seeds: 1,
  },
  smoke: { digits: 200, testDigits: 100, width: 8, rounds: [7, 14], synthesis: 14, erm: 7, steps: 14, seeds: 1 },
  paper: {
    digits: 50_000,
    testDigits: 10_000,
    width: 390,
    rounds: [51, 501],
    synthesis: 501,
    erm: 201,
    steps: 1001,
    seeds: 10,
  },
};
const MEASURED = 7; // times at least, while a run trains
const PANELS = ['starts', 'penalties', 'oracle', 'subnetworks'] as const;
const GREY = { colourFlips: [0.5, 0.5] };

export interface RichFeaturesAsked {
  panels: readonly (typeof PANELS)[number][];
  methods: readonly Method[];
  starts: readonly Start[];
  /** By default those of the preset. */
  seeds?: readonly number[];
  /** Changes the settings of every run. */
  change: (settings: RichRunSettings) => RichRunSettings;
}

export const richFeatures = experiment<RichFeaturesAsked, RichFeaturesRow, RichRunSettings>({
  name: 'rich-features',
  title: 'Rich features',
  about: 'coloured digits: methods against a spurious cue, over features built in rounds',
  stage: runStage,
  table: richFeaturesSchema,
  presets: Object.keys(SIZES),
  asked: { panels: PANELS, methods: INVARIANCES, starts: WHOLE, seeds: undefined, change: (settings) => settings },
  *runs({ preset, panels, methods, starts, seeds, change }) {
    const { rounds, synthesis, erm, steps, seeds: most, ...sizes } = SIZES[preset as keyof typeof SIZES];
    const all = seeds ?? Array.from({ length: most }, (_, i) => i + 1);
    const middle = (method: Method) => LAMBDAS[method][Math.floor(LAMBDAS[method].length / 2)];
    const from = (starts: readonly Start[], methods: readonly Method[]) =>
      combinations({ start: starts, method: methods }).map((one) => ({ ...one, lambda: middle(one.method) }));
    const asked = {
      starts: () => from(starts, methods),
      subnetworks: () => from(PARTS, ['ERM', 'vREx']),
      penalties: () =>
        methods.flatMap((method) =>
          LAMBDAS[method].map((lambda) => ({ start: 'RFC, frozen' as const, method, lambda })),
        ),
      oracle: () => [{ start: 'random init' as const, method: 'oracle' as const, lambda: 0 }],
    };
    const keys = panels.flatMap((panel) => asked[panel]());
    // A run may stand in two panels.
    for (const key of new Map(keys.map((one) => [JSON.stringify([one.method, one.start, one.lambda]), one])).values()) {
      for (const seed of all) {
        const data = { ...released, ...sizes, seed };
        const built = { ...data, rounds: key.start === 'ERM init' ? [erm] : rounds, synthesis };
        const gray = key.method === 'oracle' && GREY;
        const own = { ...data, ...gray, ...key, steps, measureEvery: steps / (steps % 91 === 0 ? 11 : MEASURED) };
        const mask = { ...data, ...GREY, l2: 0, learningRate: 0.05, base: built, steps: erm, penalty: 0.3 };
        const handed = PARTS.some((part) => part === key.start) ? { subnetwork: mask } : { features: built };
        const settings = change({ ...own, ...(key.start !== 'random init' && handed) });
        const { method, start, lambda } = settings;
        yield { key: { method, start, lambda, seed: settings.seed }, settings };
      }
    }
  },
  rows: ({ id, log }, key) =>
    log.map(({ epoch: _, train_loss: _l, ...record }) => ({ ...key, ...record, run: id }) as RichFeaturesRow),
  chain: ({ method, start }) => `${method} from ${start}`,
});
