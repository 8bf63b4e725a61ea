/**
 * Is an architecture that leaves early and looks at few places a bias against a spurious cue? Digits with a square in a corner, whose
 * colour mostly tells the class, and OccamNets (Shrestha, Kafle and Kanan, arXiv 2204.02426; notebook 26). The data are this project's.
 */
import { type CornerDigits, cornerDigits } from '../images/colouredDigits';
import { takeDigits } from '../images/digits';
import type { Parameters } from '../models/gpt2';
import { EXITS, exitTaken, type OccamNetwork, occamNetwork } from '../models/occam';
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
type Condition = (typeof CONDITIONS)[number];
/** Rows of one forward pass, whose maps of all stages are in memory. */
const TESTED = 500;

export interface OccamSettings {
  condition: Condition;
  /** How often the colour is the class's in training; else it is any colour, as always in the test. */
  predictivity: number;
  digits: number;
  testDigits: number;
  /** Channels of the first stage. */
  width: number;
  epochs: number;
  batchSize: number;
  learningRate: number;
  seed: number;
}

export const occamSchema = table('occam.csv', {
  row: 'a network that learned digits beside a coloured square, or one of its exits',
  columns: {
    condition: oneOf(CONDITIONS, 'plain: without exits'),
    predictivity: share('how often the colour was the class’s in training, beside chance'),
    digits: count('to train on', { min: 1 }),
    seed: count(),
    exit: oneOf(
      ['all', ...Array.from({ length: EXITS }, (_, i) => `exit ${i}`)] as const,
      'all: each row at the exit that it takes',
    ),
    by_digit: share('conflicts answered as the digit says: test digits whose colour is another class’s'),
    by_colour: share('… as the colour says'),
    test_accuracy: share('of all test digits, whose colours tell nothing'),
    taken: share('test digits that take this exit'),
    run: runOf(),
  },
  key: ['condition', 'predictivity', 'digits', 'seed', 'exit'],
});
export type OccamRow = RowIn<typeof occamSchema>;
type Measured = Pick<OccamRow, 'exit' | 'by_digit' | 'by_colour' | 'test_accuracy' | 'taken'>;

/** The digits of a run: to train on, the first of those that its seed draws. */
export function occamDigits(settings: Pick<OccamSettings, 'predictivity' | 'digits' | 'testDigits' | 'seed'>) {
  const { predictivity, digits, testDigits, seed } = settings;
  const [all, others] = [digitsOf('train'), digitsOf('test')];
  const order = random(seed, 'digits').permutation(all.rows).slice(0, digits);
  return {
    train: cornerDigits(takeDigits(all, order), predictivity, random(seed, 'squares')),
    test: cornerDigits(takeDigits(others, [...Array(testDigits).keys()]), 0, random(seed, 'test squares')),
  };
}

/** What is measured of a network's answers, and of each exit's. */
function measured(net: OccamNetwork, parameters: Parameters, test: CornerDigits): Measured[] {
  const places = [...Array(test.rows).keys()];
  const outputs = Array.from({ length: Math.ceil(test.rows / TESTED) }, (_, i) =>
    outputsOf(net, parameters, takeExamples(test, places.slice(i * TESTED, (i + 1) * TESTED))),
  ).flat();
  const answerOf = (row: Float32Array, from = 0) => {
    const logits = row.subarray(from, from + CLASSES);
    return logits.indexOf(Math.max(...logits));
  };
  const said = (exit: Measured['exit'], answers: number[], taken: number): Measured => {
    const [by_digit, by_colour] = ruleShares(answers, [test.labels, test.colours]).shares;
    const test_accuracy = mean(answers.map((answer, row) => Number(answer === test.labels[row])));
    return { exit, by_digit, by_colour, test_accuracy, taken };
  };
  if (outputs[0].length === CLASSES)
    return [
      said(
        'all',
        outputs.map((row) => answerOf(row)),
        1,
      ),
    ];
  const exits = [...Array(EXITS).keys()];
  const at = (exit: number) => exit * (CLASSES + 1);
  const taken = outputs.map((row) => exitTaken(exits.map((exit) => row[at(exit) + CLASSES])));
  const all = outputs.map((row, i) => answerOf(row, at(taken[i])));
  return [
    said('all', all, 1),
    ...exits.map((exit) => {
      const leave = mean(taken.map((one) => Number(one === exit)));
      return said(
        `exit ${exit}`,
        outputs.map((row) => answerOf(row, at(exit))),
        leave,
      );
    }),
  ];
}

/** A network of a condition with what trains it, made once; `forgotten` is empty where there is nothing to remember. */
function machineOf({ condition, width, batchSize }: Pick<OccamSettings, 'condition' | 'width' | 'batchSize'>) {
  const net = occamNetwork({ side: 28, width, classes: CLASSES, withExits: condition !== 'plain' });
  const suppression = condition === 'OccamNet' ? SUPPRESSION : 0;
  const plain = { ...classifier(net), forgotten: {} };
  const { forgotten, ...model }: ReturnType<typeof occamLearner> =
    condition === 'plain' ? plain : occamLearner(net, { classes: CLASSES, batchSize, suppression });
  // Coupled decay: torch's Adam, as released.
  const machine = trainer(model, { optimizer: { name: 'adamW', coupled: true, weightDecay: 5e-4 }, xla: false });
  return { net, machine, forgotten };
}

const stage: Stage<OccamSettings, { rows: Measured[] }> = {
  name: 'occam',
  title: ({ condition, predictivity, seed }) => `${condition}, colours tell ${predictivity}, seed ${seed}`,
  measures: { by_digit: 'conflicts answered by digit', by_colour: 'conflicts answered by colour' },
  cost({ condition, digits, epochs, batchSize, width }) {
    const steps = epochs * Math.floor(digits / batchSize);
    const seconds = steps * batchSize * width * (condition === 'plain' ? 1.2e-4 : 1.8e-4);
    return { steps, seconds, startSeconds: 6, memoryMb: 2000 };
  },
  async train(settings, { observer }) {
    const { condition, width, digits, epochs, batchSize, learningRate, seed } = settings;
    const { train, test } = occamDigits(settings);
    const { net, machine, forgotten } = once('OccamNet', { condition, width, batchSize }, machineOf);
    const remembered = Object.fromEntries(Object.keys(forgotten).map((name) => [name, machine.parameters[name]]));
    const answers = Object.keys(forgotten).filter((name) => name.endsWith('.answers'));
    const noted = answers.map(() => new Float32Array(digits));
    machine.start({ ...net.init(seedFor(seed, 'OccamNet')), ...forgotten });
    const stepsPerEpoch = Math.floor(digits / batchSize); // the rows that are left over wait
    const { log, interrupted } = await fitBatches({
      epochs,
      stepsPerEpoch,
      *batches(epoch) {
        assignValues(remembered, forgotten);
        const order = random(seed, `order ${epoch}`).permutation(digits);
        for (let i = 0; i < stepsPerEpoch; i++) yield order.subarray(i * batchSize, (i + 1) * batchSize);
      },
      step(places, step, epoch) {
        const notes = noted.flatMap((own) => Array.from(places, (place) => own[place]));
        const batch = { ...takeExamples(train, places), noted: Float32Array.from(notes), first: epoch === 1 };
        const { loss } = machine.step(batch, step, learningRate);
        answers.forEach((name, exit) => {
          const right = remembered[name].dataSync();
          places.forEach((place, row) => {
            noted[exit][place] = right[row];
          });
        });
        return loss;
      },
      evaluate() {
        const [{ by_digit, by_colour, test_accuracy }] = measured(net, machine.parameters, test);
        return { by_digit, by_colour, test_accuracy };
      },
      ...observer,
    });
    return { log, interrupted, result: { rows: measured(net, machine.parameters, test) } };
  },
};

const usual = { predictivity: 0.95, batchSize: 125, learningRate: 1e-3 };
const SIZES = {
  laptop: { ...usual, digits: 4000, testDigits: 2000, width: 12, epochs: 8, seeds: 3 },
  quick: { ...usual, digits: 1000, testDigits: 1000, width: 8, epochs: 6, seeds: 1 },
  smoke: { ...usual, digits: 50, testDigits: 50, width: 4, epochs: 1, batchSize: 25, seeds: 1 },
};

export interface OccamAsked {
  conditions: readonly Condition[];
  /** By default those of the preset. */
  predictivities?: readonly number[];
  seeds?: readonly number[];
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
  asked: { conditions: CONDITIONS, predictivities: undefined, seeds: undefined, change: (settings) => settings },
  *runs({ preset, conditions, predictivities, seeds, change }) {
    const { seeds: most, ...sizes } = SIZES[preset as keyof typeof SIZES];
    const all = seeds ?? Array.from({ length: most }, (_, i) => i + 1);
    const predictivity = predictivities ?? [sizes.predictivity];
    for (const one of combinations({ condition: conditions, predictivity, seed: all })) {
      const settings = change({ ...sizes, ...one });
      const { condition, predictivity, digits, seed } = settings;
      yield { key: { condition, predictivity, digits, seed }, settings };
    }
  },
  rows: ({ id, result }, key) => result.rows.map((row: Measured) => ({ ...key, ...row, run: id }) as OccamRow),
  chain: ({ condition, predictivity }) => `${condition}, colours tell ${predictivity}`,
});
