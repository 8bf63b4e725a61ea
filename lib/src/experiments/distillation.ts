/**
 * Does a bias travel through answers? Dense and convolutional networks teach each other digits, and are tested on moved ones
 * (Abnar, Dehghani and Zuidema, arXiv 2006.00555, and its released code; learned shifts after Nix et al., arXiv 2305.14890; notebook 25).
 */
import { type Digits, digitExamples, scaledExamples, shiftedEach, takeDigits } from '../images/digits';
import type { Parameters } from '../models/gpt2';
import { batchNorm, conv, dense, dropout, globalAverage, type Layer, maxOut, maxPool, relu } from '../models/layers';
import { type Network, network } from '../models/network';
import { count, oneOf, optional, type RowIn, runOf, share, table, text } from '../runs/columns';
import { experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { calibrationError } from '../stats/calibration';
import { mean } from '../stats/intervals';
import { random, seedFor } from '../tasks/random';
import { tf } from '../tensorflow/backend';
import type { HostTensors } from '../tensorflow/hostTensor';
import { cosineRestarts, type Schedule } from '../tensorflow/optimizers';
import { readSafetensors, writeSafetensors } from '../tensorflow/safetensors';
import { tensorsOf } from '../tensorflow/variables';
import {
  answering,
  distilled,
  divergences,
  rewarded,
  type TaughtExamples,
  withKernelPenalty,
} from '../training/distillation';
import { classifier, type Examples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { type Trainable, trainer } from '../training/trainer';
import { digitsOf, once } from './machines';

/** Sizes: of dense layers, or of convolutions with the units of their max-out (as many as channels: none) and pools. */
export type DigitNetwork =
  | { kind: 'dense'; widths: number[] }
  | { kind: 'CNN'; channels: number[]; maxOut: number[]; pools: number[] };

/** What released networks differ in. */
const KIND = {
  dense: { dropout: 0.1, penalty: { l1: 1e-5, l2: 1e-5 } },
  CNN: { dropout: 0.3, penalty: { l2: 2e-9 } },
} as const;
type Kind = keyof typeof KIND;

/** `ff_mnist4` and `vcnn_mnist7` of the released code (there: Keras), of any sizes: [28, 28, 1] → 10. */
export function digitNetwork(of: DigitNetwork): Network {
  const glorot = { weight: (into: number, out: number) => Math.sqrt(6 / (into + out)), bias: () => 0 };
  const hidden: Layer[] =
    of.kind === 'dense'
      ? of.widths.flatMap((width) => [dense(width, glorot), relu(), batchNorm({ epsilon: 1e-3 }), dropout()])
      : of.channels.flatMap((channels, i) => [
          conv(channels, glorot),
          ...(of.maxOut[i] < channels ? [maxOut(of.maxOut[i])] : []),
          ...[batchNorm({ epsilon: 1e-3 }), relu()],
          ...(of.pools[i] > 1 ? [maxPool(of.pools[i])] : []),
          dropout(),
        ]);
  const end = of.kind === 'dense' ? [] : [globalAverage()];
  return network({ input: [28, 28, 1], layers: [...hidden, ...end, dense(10, { name: 'out', ...glorot })] });
}

/** All whole-pixel shifts of at most 3: those that training draws from. */
export const SHIFTS: readonly { right: number; down: number }[] = Array.from({ length: 49 }, (_, i) => ({
  down: Math.floor(i / 7) - 3,
  right: (i % 7) - 3,
}));
/** Of learned shifts (values of this project): the share of no shift at the start. */
const STILL = 0.9;

interface Shared {
  network: DigitNetwork;
  digits: number;
  epochs: number;
  learningRate: number;
  /** Of the running statistics: released is 0.01, too slow for a few hundred steps. */
  momentum: number;
  seed: number;
}
/** A network that learns from labels. */
export interface TeacherSettings extends Shared {
  shifts: boolean;
}
/** A network that learns from a teacher's answers alone. */
interface StudentSettings extends Omit<Shared, 'digits' | 'seed'> {
  /** The teacher's mode: released is training, with its dropout and the statistics of each batch. */
  mode: 'evaluation' | 'training';
  /** Of the cross entropy at T = 5: 1 / T² as released, or T². */
  factor: '1/T²' | 'T²';
  shifts: 'none' | 'uniform' | 'learned';
}
export interface DistillationSettings {
  teacher: TeacherSettings;
  /** Another of the same kind, whose mistakes are compared too. */
  other?: TeacherSettings;
  /** Without one, the teacher itself is measured. */
  student?: StudentSettings;
  testDigits: number;
}

const TEMPERATURE = 5;
const BATCH = 128;
const FARTHEST = 6; // of the shifts that are tested

/** Who learns from whom. */
const LABELS = {
  'dense, labels': ['dense'],
  'CNN, labels': ['CNN'],
  'dense, labels + shifts': ['dense', true],
  'CNN, labels + shifts': ['CNN', true],
} as const;
type Teacher = keyof typeof LABELS;
type Taught = { teacher: Teacher; kind: Kind } & Partial<Pick<StudentSettings, 'mode' | 'factor' | 'shifts'>>;
const [WEAK, STRONG] = ['CNN, labels', 'CNN, labels + shifts'] as const;
const TAUGHT = {
  'CNN → dense, as released': { teacher: WEAK, kind: 'dense', mode: 'training' },
  'CNN → dense': { teacher: WEAK, kind: 'dense' },
  'dense → dense': { teacher: 'dense, labels', kind: 'dense' },
  'CNN → CNN': { teacher: WEAK, kind: 'CNN' },
  'dense → CNN': { teacher: 'dense, labels', kind: 'CNN' },
  'CNN → dense, T²': { teacher: WEAK, kind: 'dense', factor: 'T²' },
  'CNN → dense, uniform shifts': { teacher: WEAK, kind: 'dense', factor: 'T²', shifts: 'uniform' },
  'CNN → dense, learned shifts': { teacher: WEAK, kind: 'dense', factor: 'T²', shifts: 'learned' },
  'strong CNN → dense, T²': { teacher: STRONG, kind: 'dense', factor: 'T²' },
  'strong CNN → dense, uniform shifts': { teacher: STRONG, kind: 'dense', factor: 'T²', shifts: 'uniform' },
  'strong CNN → dense, learned shifts': { teacher: STRONG, kind: 'dense', factor: 'T²', shifts: 'learned' },
} satisfies Record<string, Taught>;
export const DISTILLATION_CONDITIONS = [...Object.keys(LABELS), ...Object.keys(TAUGHT)];

const at = (distance: number) =>
  share(distance === 0 ? 'accuracy on test digits as they are' : `moved by ${distance} pixels both ways`);
export const distillationSchema = table('distillation.csv', {
  row: 'a network that learned digits from labels or from a teacher (→ student), measured on moved digits',
  columns: {
    condition: oneOf(
      DISTILLATION_CONDITIONS,
      'who learned from what; T²: the factor of the loss, where it is not 1/T²',
    ),
    digits: count('to train on', { min: 1 }),
    epochs: count('of its own training', { min: 1 }),
    seed: count(),
    test_digits: count('', { min: 1 }),
    shift_0: at(0),
    shift_1: at(1),
    shift_2: at(2),
    shift_3: at(3),
    shift_4: at(4),
    shift_5: at(5),
    shift_6: at(6),
    scaled: share('made smaller, by a factor of 0.7'),
    mistakes: count('on digits moved by 3 pixels'),
    teacher_too: optional(share('of these mistakes: its teacher makes them too')),
    other_too: optional(
      share(
        'of these mistakes: another teacher of the same kind makes them too; without a teacher, another such network',
      ),
    ),
    calibration_error: share('expected, on digits moved by 3 pixels'),
    shares: optional(
      text('of the learned shifts, in parts of 10,000: down −3 to 3, in each right −3 to 3', /^\d+( \d+){48}$/),
    ),
    run: runOf(),
  },
  key: ['digits', 'condition', 'seed'],
});
export type DistillationRow = RowIn<typeof distillationSchema>;
type Result = Omit<DistillationRow, 'condition' | 'digits' | 'epochs' | 'seed' | 'run'>;

/** A part of the digits to train on, drawn by the seed. */
const trainingDigits = (digits: number, seed: number): Digits => {
  const all = digitsOf('train');
  return takeDigits(all, random(seed, 'digits').sampleWithoutReplacement(all.rows, digits));
};

/** The first test digits moved by ± so many pixels in both directions, the signs drawn for each picture. */
const movedTestDigits = (distance: number, testDigits: number): Digits => {
  const digits = takeDigits(digitsOf('test'), [...Array(testDigits).keys()]);
  const signs = random(1, 'signs of moved digits');
  const either = () => (signs.integer(2) === 0 ? distance : -distance);
  return shiftedEach(digits, () => ({ right: either(), down: either() }));
};

/** Rows of a batch are drawn without the last ones that do not fill it: as released, and as batch statistics need it. */
export const stepsPerEpoch = (digits: number): number => Math.max(1, Math.floor(digits / BATCH));

type From = StudentSettings['factor'] | 'labels';

/** What trains networks of these sizes, on labels or on answers: the step is compiled once. */
function machineOf({ of, from, momentum, xla }: { of: DigitNetwork; from: From; momentum: number; xla: boolean }) {
  const net = digitNetwork(of);
  const { dropout, penalty } = KIND[of.kind];
  const taught = distilled(net, { temperature: TEMPERATURE, factor: TEMPERATURE ** (from === 'T²' ? 2 : -2) });
  const model: Trainable<never> = from === 'labels' ? classifier(net) : taught;
  const optimizer = { name: 'adamW', weightDecay: 0 } as const;
  const options = { optimizer, dropout, clipEach: 1, statisticsMomentum: momentum, xla: xla && of.kind === 'dense' };
  return { net, ...trainer(withKernelPenalty(model, penalty), options) };
}

/** Trains a network from fresh weights; `batchOf` makes of the chosen digits what its model takes. */
async function fitted<B extends Examples>(
  { network: of, digits, epochs, momentum, seed }: Shared,
  learning: {
    from: From;
    rate: Schedule;
    batchOf(digits: Digits, rows: Int32Array, step: number, parameters: Parameters): B;
  },
  { observer }: Pick<Training<object>, 'observer'>,
) {
  const { from, rate, batchOf } = learning;
  const [perEpoch, size] = [stepsPerEpoch(digits), Math.min(BATCH, digits)];
  const machine = once('digit machine', { of, from, momentum, xla: epochs * perEpoch > 500 }, machineOf);
  const purpose = from === 'labels' ? 'labels' : 'answers';
  const all = trainingDigits(digits, seed);
  machine.start(machine.net.init(seedFor(seed, `${purpose}: weights`)), { seed: seedFor(seed, `${purpose}: dropout`) });
  const { log, interrupted } = await fitBatches({
    epochs,
    stepsPerEpoch: perEpoch,
    *batches(epoch) {
      const order = random(seed, `${purpose}: order ${epoch}`).permutation(digits);
      for (let i = 0; i < perEpoch; i++) {
        const rows = order.subarray(i * size, (i + 1) * size);
        yield batchOf(takeDigits(all, rows), rows, (epoch - 1) * perEpoch + i, machine.parameters);
      }
    },
    step: (batch: B, step) => machine.step(batch as never, step, rate(step - 1)).loss,
    evaluate: () => ({}),
    ...observer,
  });
  return { log, interrupted, weights: machine.snapshot() };
}

/** A place of a list, drawn by its probabilities. */
function drawn(p: readonly number[], uniform: number): number {
  let place = 0;
  for (let left = uniform - p[0]; left >= 0 && place < p.length - 1; left -= p[place]) place++;
  return place;
}
const alike = SHIFTS.map(() => 1 / SHIFTS.length);

type Weights = { weights: HostTensors };
export const digitTeacherStage: Stage<TeacherSettings, object, Weights> = {
  name: 'digit-teacher',
  title: ({ network: { kind }, shifts, seed }) => `${kind} on labels${shifts ? ' of moved digits' : ''}, seed ${seed}`,
  measures: {},
  cost: ({ network: of, digits, epochs }) => costOf(of, stepsPerEpoch(digits) * epochs),
  async train(settings, training) {
    const draws = random(settings.seed, 'labels: shifts');
    const moved = (digits: Digits) => shiftedEach(digits, () => SHIFTS[drawn(alike, draws.uniform())]);
    const batchOf = (digits: Digits) => digitExamples(settings.shifts ? moved(digits) : digits);
    const rate = () => settings.learningRate;
    return { ...(await fitted(settings, { from: 'labels', rate, batchOf }, training)), result: {} };
  },
  save: ({ weights }, folder) => writeSafetensors(`${folder}/model.safetensors`, weights),
  load: (folder) => ({ weights: readSafetensors(`${folder}/model.safetensors`).tensors }),
};

/** Of the laptop's networks, on a core of an AMD EPYC at 2.6 GHz. */
function costOf({ kind }: DigitNetwork, steps: number) {
  return { steps, seconds: 10 + steps * (kind === 'dense' ? 0.012 : 0.08), startSeconds: 6, memoryMb: 2000 };
}

const answersOf = (of: DigitNetwork, mode: StudentSettings['mode'] = 'evaluation') =>
  once('answers to digits', { of, mode }, () =>
    answering(digitNetwork(of), { training: mode === 'training', dropout: KIND[of.kind].dropout }),
  );
/** Learns from the teacher's answers; of learned shifts, their probabilities come back too. */
async function taught(
  teacher: TeacherSettings,
  { mode, factor, shifts, ...own }: StudentSettings,
  given: Parameters,
  training: Training<object>,
) {
  const { digits, seed } = teacher;
  const steps = own.epochs * stepsPerEpoch(digits);
  // Released: the first of the periods ends after 200,000 steps, and training after 187,200.
  const rate = cosineRestarts(own.learningRate, Math.ceil(steps * (200_000 / 187_200)));
  const draws = random(seed, 'answers: shifts');
  const key = seedFor(seed, "answers: teacher's dropout");
  let p = shifts === 'uniform' ? alike : SHIFTS.map((_, i) => (i === 24 ? STILL : (1 - STILL) / 48));
  const known =
    mode === 'evaluation' &&
    shifts === 'none' &&
    answersOf(teacher.network)(given, digitExamples(trainingDigits(digits, seed)).inputs);
  const batchOf = (chosen: Digits, rows: Int32Array, step: number, parameters: Parameters): TaughtExamples => {
    if (known) {
      const answers = Float32Array.from(
        { length: rows.length * 10 },
        (_, i) => known[rows[Math.floor(i / 10)] * 10 + (i % 10)],
      );
      return { ...digitExamples(chosen), answers };
    }
    const places = [...rows].map(() => (shifts === 'none' ? 24 : drawn(p, draws.uniform())));
    const examples = digitExamples(shiftedEach(chosen, (row) => SHIFTS[places[row]]));
    const answers = answersOf(teacher.network, mode)(given, examples.inputs, [key, step]);
    if (shifts === 'learned') {
      const apart = divergences(answers, answersOf(own.network)(parameters, examples.inputs), 10, TEMPERATURE);
      const rewards = SHIFTS.map((_, place) => mean(apart.filter((_, row) => places[row] === place)) || 0);
      const most = Math.max(...rewards);
      p = rewarded(
        p,
        rewards.map((reward) => reward / most),
      );
    }
    return { ...examples, answers };
  };
  const made = await fitted({ ...own, digits, seed }, { from: factor, rate, batchOf }, training);
  return { ...made, shares: shifts === 'learned' ? p.map((one) => Math.round(one * 1e4)).join(' ') : null };
}

type Inputs = { teacher: Weights; other?: Weights };
export const distillationStage: Stage<DistillationSettings, Result, object, Inputs> = {
  name: 'distillation',
  title: ({ teacher, student }) =>
    `${student ? `${teacher.network.kind} → ${student.network.kind}` : `${teacher.network.kind}, measured`}, seed ${teacher.seed}`,
  measures: {},
  startsFrom: { teacher: digitTeacherStage, other: digitTeacherStage },
  cost: ({ teacher, student }) =>
    costOf((student ?? teacher).network, student ? stepsPerEpoch(teacher.digits) * student.epochs : 0),
  async train({ teacher, other, student, testDigits }, { inputs, ...training }) {
    const given = tensorsOf(inputs.teacher.weights);
    const known = inputs.other && tensorsOf(inputs.other.weights);
    const made = student && (await taught(teacher, student, given, training as Training<object>));
    const own = made ? tensorsOf(made.weights) : given;
    try {
      if (made?.interrupted) return { log: made.log, interrupted: true };
      const of = (student ?? teacher).network;
      const moved = [...Array(FARTHEST + 1).keys()].map((distance) =>
        digitExamples(movedTestDigits(distance, testDigits)),
      );
      const scaled = scaledExamples(movedTestDigits(0, testDigits), 0.7);
      const [answers, smaller] = [moved.map((one) => answersTo(one, of, own)), answersTo(scaled, of, own)];
      const accuracy = (all: { right: boolean }[]) => all.filter(({ right }) => right).length / testDigits;
      const mistakes = answers[3].flatMap(({ right }, row) => (right ? [] : [row]));
      const alsoOf = (whose: TeacherSettings, parameters?: Parameters) => {
        if (!parameters || mistakes.length === 0) return null;
        const theirs = once('answers to moved digits', { whose, testDigits }, () =>
          answersTo(moved[3], whose.network, parameters),
        );
        return Number((mistakes.filter((row) => !theirs[row].right).length / mistakes.length).toFixed(5));
      };
      const shift = Object.fromEntries(answers.map((all, distance) => [`shift_${distance}`, accuracy(all)]));
      const result = {
        test_digits: testDigits,
        ...shift,
        scaled: accuracy(smaller),
        mistakes: mistakes.length,
        teacher_too: student ? alsoOf(teacher, given) : null,
        other_too: other ? alsoOf(other, known) : null,
        calibration_error: Number(calibrationError(answers[3]).toFixed(5)),
        shares: made?.shares ?? null,
      } as Result;
      return { log: made?.log ?? [], interrupted: false, result };
    } finally {
      tf.dispose([given, known ?? {}, made ? own : {}]);
    }
  },
};

/** How sure a network is of its answer to each row, and whether it is right. */
function answersTo({ inputs, labels }: Examples, of: DigitNetwork, parameters: Parameters) {
  const logits = answersOf(of)(parameters, inputs);
  return Array.from(labels, (label, row) => {
    const own = [...logits.subarray(row * 10, (row + 1) * 10)];
    const most = Math.max(...own);
    const confidence = 1 / own.reduce((sum, one) => sum + Math.exp(one - most), 0);
    return { confidence, right: own.indexOf(most) === label };
  });
}

/** How networks of a kind are trained: in the smaller presets at one rate from labels and answers. */
const small = (network: DigitNetwork, epochs: number, learningRate = 5e-4) => ({
  network,
  epochs,
  learningRate,
  taughtRate: learningRate,
  momentum: 0.1,
});
const released = (network: DigitNetwork) => ({ ...small(network, 400), taughtRate: 1e-4, momentum: 0.01 });
const ff: DigitNetwork = { kind: 'dense', widths: [512, 128, 32] };
/** Without max-out, and with the first pool a layer earlier, which takes a third of the time. */
const cnn = (...channels: number[]): DigitNetwork => ({ kind: 'CNN', channels, maxOut: channels, pools: [2, 1, 2] });
const vcnn: DigitNetwork = { kind: 'CNN', channels: [128, 64, 64], maxOut: [128, 64, 16], pools: [1, 2, 2] };

export interface DistillationPreset extends Record<Kind, ReturnType<typeof small>> {
  digits: number;
  /** Of the CNN that learns from moved digits, so that it becomes a strong teacher. */
  strongEpochs: number;
  testDigits: number;
  seeds: number[];
  conditions: string[];
}
const ALL = { strongEpochs: 1, conditions: DISTILLATION_CONDITIONS, testDigits: 10_000, seeds: [1, 2, 3] };
/** Which networks a preset has, and how long they train. */
export const DISTILLATION: Readonly<Record<string, DistillationPreset>> = {
  laptop: { ...ALL, digits: 20_000, strongEpochs: 10, dense: small(ff, 12), CNN: small(cnn(16, 32, 32), 4, 5e-3) },
  quick: {
    ...{
      digits: 5000,
      strongEpochs: 3,
      testDigits: 2000,
      seeds: [1],
      dense: small(ff, 8),
      CNN: small(cnn(8, 16, 16), 3, 5e-3),
    },
    conditions: DISTILLATION_CONDITIONS.filter((name) => !/CNN$|CNN, labels \+|strong|released/.test(name)),
  },
  smoke: {
    ...{ ...ALL, digits: 256, testDigits: 100, seeds: [1] },
    ...{ dense: small({ kind: 'dense', widths: [16, 8] }, 1), CNN: small(cnn(2, 2, 2), 1) },
  },
  paper: { ...ALL, digits: 60_000, strongEpochs: 400, seeds: [1, 2, 3, 4], dense: released(ff), CNN: released(vcnn) },
};

export type DistillationAsked = { conditions?: readonly string[]; seeds?: number[] };
export const distillation = experiment<DistillationAsked, DistillationRow, DistillationSettings>({
  name: 'distillation',
  title: 'Distillation',
  about: 'dense and convolutional networks that learn digits from labels or from each other, on moved digits',
  stage: distillationStage,
  table: distillationSchema,
  presets: Object.keys(DISTILLATION),
  asked: { conditions: undefined, seeds: undefined },
  *runs({ preset, conditions, seeds }) {
    const own = DISTILLATION[preset];
    const all = seeds ?? own.seeds;
    for (const condition of conditions ?? own.conditions)
      for (const [place, seed] of all.entries()) {
        const settings = settingsOf(condition, own, seed, all[(place + 1) % all.length]);
        const { epochs } = settings.student ?? settings.teacher;
        yield { key: { digits: own.digits, condition, epochs, seed }, settings };
      }
  },
  rows: ({ id, result }, key) => [{ ...key, ...result, run: id } as DistillationRow],
  chain: ({ digits }) => `${digits} digits`,
});

function settingsOf(condition: string, preset: DistillationPreset, seed: number, next: number): DistillationSettings {
  const {
    teacher: name,
    kind,
    ...how
  } = (TAUGHT as Record<string, Partial<Taught>>)[condition] ?? { teacher: condition };
  const labels = LABELS[name as Teacher];
  if (!labels)
    throw new Error(
      `There is no condition ${JSON.stringify(condition)}: use some of ${DISTILLATION_CONDITIONS.join(', ')}.`,
    );
  const { digits, testDigits } = preset;
  const longer = name === STRONG && { epochs: preset.strongEpochs };
  const { taughtRate: _, ...teaches } = { ...preset[labels[0]], ...longer, digits, shifts: labels[1] ?? false };
  const { taughtRate, ...learns } = preset[kind ?? 'dense'];
  const usual = { mode: 'evaluation', factor: '1/T²', shifts: 'none' } as const;
  return {
    teacher: { ...teaches, seed },
    ...(next !== seed && { other: { ...teaches, seed: next } }),
    ...(kind && { student: { ...learns, learningRate: taughtRate, ...usual, ...how } }),
    testDigits,
  };
}
