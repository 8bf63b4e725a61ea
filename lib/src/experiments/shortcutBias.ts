/** Which of two cues decides, the reliable one or the one that is easy to read (Hermann et al., ICLR 2024; notebook 22). */
import { ACTIVATIONS, type Activation, denseNetwork } from '../models/network';
import { count, type Kind, oneOf, positive, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage, Training } from '../runs/stage';
import { reliance, ruleShares } from '../stats/cueConflict';
import { linearDiscriminant } from '../stats/linearFits';
import { random, seedFor } from '../tasks/random';
import { type Cues, cueEmbedding, cueProbes, type Predictivities, signsOf, twoCues } from '../tasks/twoCues';
import { constantRate, linearDecay } from '../tensorflow/optimizers';
import { classifier, type Examples, exampleBatches, outputsOf } from '../training/examples';
import { fitBatches } from '../training/fit';
import { trainer } from '../training/trainer';
import { once } from './machines';

/** SGD's spread between seeds is a third of Adam's. */
export const CUE_OPTIMIZERS = {
  SGD: { options: { name: 'sgd', momentum: 0.9, weightDecay: 0 }, learningRate: 0.01 },
  Adam: { options: { name: 'adamW', weightDecay: 0 }, learningRate: 1e-3 },
} as const;
export type CueOptimizer = keyof typeof CUE_OPTIMIZERS;
/** How the learning rate goes: to 0 in a line, or not at all, so that the last steps still move the decision by chance. */
export const CUE_RATES = ['falling', 'constant'] as const;

/** A network that reads two cues: its hidden layers and what trains it. */
export interface CueModel {
  hidden: Activation;
  depth: number;
  optimizer: CueOptimizer;
  rate: (typeof CUE_RATES)[number];
}

export interface ShortcutBiasSettings extends CueModel, Predictivities {
  width: number;
  /** Numbers of an input. */
  inputs: number;
  /** How large the shortcut is in the input, the core cue being 1. */
  availability: number;
  rows: number;
  validationRows: number;
  epochs: number;
  batchSize: number;
  seed: number;
}

const model = (hidden: Activation, depth: number, other: Partial<CueModel> = {}): CueModel => ({
  ...{ hidden, depth, optimizer: 'SGD', rate: 'falling' },
  ...other,
});
const MODELS = [model('linear', 1), model('relu', 1), model('tanh', 1), model('relu', 3)];
/** Other depths and optimizers, asked at one predictivity alone. */
const OTHERS = [
  ...[model('linear', 0), model('relu', 5), model('relu', 3, { optimizer: 'Adam' })],
  ...MODELS.slice(0, 2).map((one) => ({ ...one, rate: 'constant' as const })),
];
const GRID = { models: MODELS, rhos: [0.85], availabilities: [1, 2, 4, 8], seeds: [1, 2, 3, 4, 5] };
type CueGrid = typeof GRID;
const RHOS = [0.7, 0.8, 0.85, 0.9];
/** A shortcut that is worth less, and one that is worth as much as the core cue. */
const EQUAL = { ...GRID, rhos: [0.8, 0.9], seeds: [1, 2, 3] };
const FEW = { models: [MODELS[0], MODELS[1], MODELS[3]], rhos: [0.85], availabilities: [1, 8], seeds: [1, 2] };
const SIZES = { width: 128, inputs: 100, rows: 3200, validationRows: 1000, epochs: 20, batchSize: 64 };
const TINY = { ...SIZES, width: 8, rows: 128, validationRows: 64, epochs: 2 };

/** What each preset trains, in which sizes. The paper's width, optimizer and epochs are not known: `paper` has its depths. */
export const SHORTCUT_BIAS: Record<string, { sizes: typeof SIZES; grids: CueGrid[] }> = {
  laptop: { sizes: SIZES, grids: [GRID, { ...GRID, models: OTHERS, availabilities: [1, 8] }, EQUAL] },
  paper: { sizes: SIZES, grids: [{ ...GRID, models: [...MODELS, ...OTHERS, model('relu', 8)], rhos: RHOS }] },
  quick: { sizes: { ...SIZES, epochs: 10 }, grids: [FEW] },
  smoke: { sizes: TINY, grids: [{ ...FEW, models: MODELS.slice(0, 2) }] },
};

const relying = (says: string): Kind<number> => ({ type: 'number', min: -1, max: 1, says });
export const shortcutBiasSchema = table('shortcut-bias.csv', {
  row: 'a dense network that was trained on two cues',
  columns: {
    hidden: oneOf(Object.keys(ACTIVATIONS) as Activation[], "the hidden layers' activation"),
    depth: count('hidden layers'),
    optimizer: oneOf(Object.keys(CUE_OPTIMIZERS) as CueOptimizer[]),
    rate: oneOf(CUE_RATES, 'how the learning rate goes'),
    rho_shortcut: share('how often the sign of the shortcut alone is right; of the core cue: 0.9'),
    availability: positive('how large the shortcut is in the input; the core cue: 1'),
    seed: count(),
    reliance: relying('mean over the probes of answer · (sign of the shortcut − sign of the core cue)'),
    optimal_reliance: relying(
      'of the linear discriminant of the same training rows; the shortcut bias is the difference',
    ),
    shortcut_share: share('of the probes on which the cues disagree: answered as the shortcut says'),
    train_accuracy: share(),
    validation_accuracy: share(),
    optimal_accuracy: share('of the linear discriminant, on validation rows'),
    run: runOf(),
  },
  key: ['hidden', 'depth', 'optimizer', 'rate', 'rho_shortcut', 'availability', 'seed'],
});
export type ShortcutBiasRow = RowIn<typeof shortcutBiasSchema>;

export const shortcutBiasStage: Stage<ShortcutBiasSettings, Partial<ShortcutBiasRow>> = {
  name: 'two-cues',
  title: ({ hidden, depth, optimizer, rate, rhoShortcut, availability, seed }) =>
    `${hidden} ${depth}, ${optimizer}, ${rate} rate, ρ ${rhoShortcut}, α ${availability}, seed ${seed}`,
  measures: { validation_accuracy: 'validation accuracy' },
  cost({ rows, batchSize, epochs, depth }) {
    const steps = epochs * Math.ceil(rows / batchSize);
    return { steps, seconds: (steps * (0.6 + 0.4 * depth)) / 1000, startSeconds: 5, memoryMb: 900 };
  },
  train,
};

export const shortcutBias = experiment<Partial<CueGrid>, ShortcutBiasRow, ShortcutBiasSettings>({
  name: 'shortcut-bias',
  title: 'Two cues',
  about: 'a reliable cue that is hard to read against an easy one that is less reliable',
  stage: shortcutBiasStage,
  table: shortcutBiasSchema,
  presets: Object.keys(SHORTCUT_BIAS),
  asked: { seeds: undefined },
  *runs({ preset, ...asked }) {
    const { sizes, grids } = SHORTCUT_BIAS[preset];
    for (const grid of asked.models ? grids.slice(0, 1) : grids) {
      const { models, seeds: seed, rhos, availabilities: availability } = { ...grid, ...asked };
      for (const { own, rho, ...one } of combinations({ own: models, seed, rho: rhos, availability })) {
        const settings = { ...own, rhoShortcut: rho, rhoCore: 0.9, ...one, ...sizes };
        yield { key: { ...own, rho_shortcut: rho, ...one }, settings };
      }
    }
  },
  rows: (run, key) => [{ ...key, ...run.result, run: run.id } as ShortcutBiasRow],
  chain: ({ hidden, depth, optimizer }) => `${hidden} ${depth}, ${optimizer}`,
});

async function train(settings: ShortcutBiasSettings, { observer }: Training<object>) {
  const { hidden, depth, width, inputs, optimizer, seed, rhoShortcut, rhoCore, availability, rows } = settings;
  const { options, learningRate } = CUE_OPTIMIZERS[optimizer];
  const { network, machine } = once('two cues', { hidden, depth, width, inputs, optimizer }, (of) => {
    const network = denseNetwork({ ...of, outputs: 2 });
    return { network, machine: trainer(classifier(network), { optimizer: options }) };
  });
  const rho = { rhoShortcut, rhoCore };
  const embed = cueEmbedding({ width: inputs, availability, seed });
  const embedded = (cues: Cues[], labels = new Int32Array(cues.length)): Examples => ({
    ...{ rows: cues.length, inputs: embed(cues), labels },
  });
  const [data, validation] = (['train', 'validation'] as const).map((purpose) => {
    const own = twoCues({ ...rho, rows: purpose === 'train' ? rows : settings.validationRows, seed, purpose });
    return { ...own, examples: embedded(own.cues, own.labels) };
  });
  /** The sign of class 1 for each row, as the network answers. */
  const answers = (examples: Examples) =>
    signsOf(outputsOf(network, machine.parameters, examples).map(([zero, one]) => one - zero));
  const accuracy = ({ labels }: { labels: Int32Array }, signs: readonly number[]) =>
    signs.filter((sign, i) => sign === 2 * labels[i] - 1).length / signs.length;

  machine.start(network.init(seedFor(seed, `two cues ${hidden} ${depth}`)));
  const stepsPerEpoch = Math.ceil(rows / settings.batchSize);
  const rateOf = settings.rate === 'falling' ? linearDecay : constantRate;
  const rate = rateOf(learningRate, settings.epochs * stepsPerEpoch);
  const { log, interrupted } = await fitBatches({
    epochs: settings.epochs,
    stepsPerEpoch,
    batches: (epoch) =>
      exampleBatches(data.examples, settings.batchSize, random(seed, `two cues order ${epoch}`).permutation(rows)),
    step: (batch, step) => machine.step(batch, step, rate(step - 1)).loss,
    evaluate: () => ({ validation_accuracy: accuracy(validation, answers(validation.examples)) }),
    ...observer,
  });
  if (interrupted) return { log, interrupted };

  const probes = cueProbes(rho);
  const [shortcut, core] = [0, 1].map((cue) => signsOf(probes.map((cues) => cues[cue])));
  const optimal = linearDiscriminant(data.cues, data.labels);
  const given = answers(embedded(probes));
  const result = {
    reliance: reliance(given, shortcut, core),
    optimal_reliance: reliance(signsOf(probes.map(optimal)), shortcut, core),
    shortcut_share: ruleShares(given, [shortcut, core]).shares[0],
    train_accuracy: accuracy(data, answers(data.examples)),
    validation_accuracy: log[log.length - 1].validation_accuracy,
    optimal_accuracy: accuracy(validation, signsOf(validation.cues.map(optimal))),
  };
  return { log, interrupted, result };
}
