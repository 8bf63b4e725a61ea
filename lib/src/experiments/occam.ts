/**
 * Is an architecture that leaves early and looks at few places a bias against a spurious cue? Digits beside a square whose colour
 * mostly tells the class, and OccamNets (Shrestha, Kafle and Kanan, arXiv 2204.02426; notebook 26). The data are this project's.
 */
import { type CornerDigits, cornerDigits } from '../images/colouredDigits';
import { takeDigits } from '../images/digits';
import type { Parameters } from '../models/gpt2';
import type { Network } from '../models/network';
import { EXITS, exitTaken, occamNetwork } from '../models/occam';
import { count, oneOf, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage } from '../runs/stage';
import { ruleShares } from '../stats/cueConflict';
import { mean } from '../stats/intervals';
import { random, seedFor } from '../tasks/random';
import { assignValues } from '../tensorflow/variables';
import { classifier, outputsOf, takeExamples } from '../training/examples';
import { fitBatches } from '../training/fit';
import { occamLearner, SUPPRESSION } from '../training/occam';
import { trainer } from '../training/trainer';
import { digitsOf, once } from './machines';

const CLASSES = 10;
const CONDITIONS = ['plain', 'OccamNet', 'without suppression'] as const;

export const occamSchema = table('occam.csv', {
  row: 'a network that learned digits beside a coloured square, or one of its exits',
  columns: {
    condition: oneOf(CONDITIONS, 'plain: without exits'),
    predictivity: share('how often the colour was the class’s in training; else, and in the test, any'),
    digits: count('to train on', { min: 1 }),
    seed: count(),
    exit: oneOf(['all', 'exit 0', 'exit 1', 'exit 2', 'exit 3'], 'all: each row at the exit that it takes'),
    by_digit: share('conflicts answered as the digit says: test digits whose colour is another class’s'),
    by_colour: share('… as the colour says'),
    test_accuracy: share('of all test digits, whose colours tell nothing'),
    taken: share('test digits that take this exit'),
    run: runOf(),
  },
  key: ['condition', 'predictivity', 'digits', 'seed', 'exit'],
});
export type OccamRow = RowIn<typeof occamSchema>;
/** `width` are the channels of the first stage. */
export type OccamSettings = Pick<OccamRow, 'condition' | 'predictivity' | 'digits' | 'seed'> &
  Record<'testDigits' | 'width' | 'epochs' | 'batchSize' | 'learningRate', number>;

type Shown = Pick<OccamSettings, 'predictivity' | 'digits' | 'testDigits' | 'seed'>;
/** The digits of a run: to train on, the first of those that its seed draws. */
export function occamDigits({ predictivity, digits, testDigits, seed }: Shown) {
  const [all, others] = [digitsOf('train'), digitsOf('test')];
  const order = random(seed, 'digits').permutation(all.rows).slice(0, digits);
  return {
    train: cornerDigits(takeDigits(all, order), predictivity, random(seed, 'squares')),
    test: cornerDigits(takeDigits(others, [...Array(testDigits).keys()]), 0, random(seed, 'test squares')),
  };
}

/** What is measured of a network's answers, and of those of each exit. */
function measured(net: Network, parameters: Parameters, test: CornerDigits) {
  const outputs = outputsOf(net, parameters, test);
  const exits = outputs[0].length > CLASSES ? EXITS : [];
  const at = (exit: number) => exit * (CLASSES + 1); // its logits, and then its gate
  const taken = outputs.map((row) => (exits.length > 0 ? exitTaken(exits.map((exit) => row[at(exit) + CLASSES])) : 0));
  return [undefined, ...exits].map((exit) => {
    const answers = outputs.map((row, i) => {
      const logits = row.subarray(at(exit ?? taken[i]), at(exit ?? taken[i]) + CLASSES);
      return logits.indexOf(Math.max(...logits));
    });
    const [by_digit, by_colour] = ruleShares(answers, [test.labels, test.colours]).shares;
    return {
      exit: exit === undefined ? 'all' : `exit ${exit}`,
      ...{ by_digit, by_colour },
      test_accuracy: mean(answers.map((answer, row) => Number(answer === test.labels[row]))),
      taken: mean(taken.map((one) => Number(exit === undefined || one === exit))),
    };
  });
}

/** A network with what trains it; `fresh` is what its exits remember at first. */
function machineOf({ withExits, width, batchSize }: { withExits: boolean; width: number; batchSize: number }) {
  const net = occamNetwork({ side: 28, width, classes: CLASSES, withExits });
  const learner: ReturnType<typeof occamLearner> = withExits
    ? occamLearner(net, { classes: CLASSES, batchSize })
    : { ...classifier(net), fresh: {} };
  const { fresh, ...model } = learner;
  // Coupled decay: torch's Adam, as released.
  const machine = trainer(model, { optimizer: { name: 'adamW', coupled: true, weightDecay: 5e-4 }, xla: false });
  return { net, machine, fresh };
}

const stage: Stage<OccamSettings, { rows: ReturnType<typeof measured> }> = {
  name: 'occam',
  title: ({ condition, predictivity, seed }) => `${condition}, colours tell ${predictivity}, seed ${seed}`,
  measures: { by_digit: 'conflicts answered by digit', by_colour: 'conflicts answered by colour' },
  // Measured on an AMD EPYC at 2.6 GHz: 90 and 135 ms a step for 125 digits and width 12.
  cost({ condition, digits, epochs, batchSize, width }) {
    const steps = epochs * Math.floor(digits / batchSize);
    const seconds = steps * batchSize * width * (condition === 'plain' ? 6e-5 : 9e-5);
    return { steps, seconds, startSeconds: 6, memoryMb: 1500 };
  },
  async train(settings, { observer }) {
    const { condition, width, digits, epochs, batchSize, learningRate, seed } = settings;
    const { train, test } = occamDigits(settings);
    const { net, machine, fresh } = once('OccamNet', { withExits: condition !== 'plain', width, batchSize }, machineOf);
    const memory = Object.fromEntries(Object.keys(fresh).map((name) => [name, machine.parameters[name]]));
    const answers = Object.keys(fresh).filter((name) => name.endsWith('.answers'));
    const suppression = condition === 'OccamNet' ? SUPPRESSION : 0;
    const noted = answers.map(() => new Float32Array(digits).fill(-1));
    machine.start({ ...net.init(seedFor(seed, 'OccamNet')), ...fresh });
    const stepsPerEpoch = Math.floor(digits / batchSize); // the rows that are left over wait
    const { log, interrupted } = await fitBatches({
      epochs,
      stepsPerEpoch,
      *batches(epoch) {
        assignValues(memory, fresh);
        const order = random(seed, `order ${epoch}`).permutation(digits);
        for (let i = 0; i < stepsPerEpoch; i++) yield order.subarray(i * batchSize, (i + 1) * batchSize);
      },
      step(rows, step) {
        const notes = noted.flatMap((own) => Array.from(rows, (row) => own[row]));
        const batch = { ...takeExamples(train, rows), noted: Float32Array.from(notes), suppression };
        const { loss } = machine.step(batch, step, learningRate);
        for (const [exit, name] of answers.entries())
          for (const [i, right] of memory[name].dataSync().entries()) noted[exit][rows[i]] = right;
        return loss;
      },
      evaluate() {
        const [{ by_digit, by_colour }] = measured(net, machine.parameters, test);
        return { by_digit, by_colour };
      },
      ...observer,
    });
    return { log, interrupted, result: { rows: measured(net, machine.parameters, test) } };
  },
};

type Sizes = Omit<OccamSettings, 'condition' | 'predictivity' | 'seed'> & { predictivities: number[]; seeds: number[] };
const usual = { predictivities: [0.95], batchSize: 125, learningRate: 1e-3, seeds: [1] };
const SIZES: Record<string, Sizes> = {
  laptop: {
    ...usual,
    predictivities: [0.95, 0.99],
    digits: 4000,
    testDigits: 2000,
    width: 12,
    epochs: 8,
    seeds: [1, 2, 3],
  },
  quick: { ...usual, digits: 1000, testDigits: 1000, width: 8, epochs: 6 },
  smoke: { ...usual, digits: 50, testDigits: 50, width: 4, epochs: 1, batchSize: 25 },
};

export interface OccamAsked {
  conditions: OccamSettings['condition'][];
  /** By default those of the preset. */
  seeds?: number[];
  /** Changes the settings of every run. */
  change: (settings: OccamSettings) => OccamSettings;
}

export const occam = experiment<OccamAsked, OccamRow, OccamSettings>({
  name: 'occam',
  title: 'OccamNets',
  about: 'networks that leave early, and digits beside a square whose colour mostly tells the class',
  stage,
  table: occamSchema,
  presets: Object.keys(SIZES),
  asked: { conditions: [...CONDITIONS], seeds: undefined, change: (settings) => settings },
  *runs({ preset, conditions, seeds, change }) {
    const { seeds: all, predictivities, ...sizes } = SIZES[preset];
    const asked = { predictivity: predictivities, condition: conditions, seed: seeds ?? all };
    for (const one of combinations(asked)) {
      const settings = change({ ...sizes, ...one });
      const { condition, predictivity, digits, seed } = settings;
      yield { key: { condition, predictivity, digits, seed }, settings };
    }
  },
  rows: ({ id, result }, key) => result.rows.map((row: object) => ({ ...key, ...row, run: id }) as OccamRow),
  chain: ({ condition, predictivity }) => `${condition}, colours tell ${predictivity}`,
});
