/** What a frozen model's features hand over to a linear readout, and what training makes of them (notebook 20). */
import { onlySubnetwork } from '../../masking/transfer';
import type { Parameters } from '../../models/gpt2';
import { count, oneOf, optional, positive, type RowIn, runOf, share, table } from '../../runs/columns';
import { combinations, experiment, type Wanted } from '../../runs/experiment';
import { runId } from '../../runs/runStore';
import type { Stage, Training } from '../../runs/stage';
import { ruleShares } from '../../stats/cueConflict';
import { type Features, ridgeReadout } from '../../stats/linearFits';
import { type Formula, MODULUS } from '../../tasks/expressions';
import { answersOf, EVALUATION_ROWS, type Rows, relabel, unambiguousRows } from '../../tasks/modularArithmetic';
import { random } from '../../tasks/random';
import type { HostTensors } from '../../tensorflow/hostTensor';
import { tidied } from '../../tensorflow/tidy';
import { tensorsOf } from '../../tensorflow/variables';
import { blockFeatures, embeddingFeatures } from '../../training/features';
import { accuracyOf } from '../../training/languageModel';
import { type BaseModel, baseStage, configOf } from '../baseModel';
import { transferCost } from '../cost';
import { ASKED, type ChainsAsked, chainsOf, depthOf, placeKinds, placeOf } from '../dataEfficiency';
import { type BaseModelSettings, maskSettings, PRESETS, type TransferSettings } from '../settings';
import { type Discovery, maskStage } from '../subnetworkDiscovery';
import {
  learnTarget,
  originColumns,
  TRANSFER_ORIGINS,
  type TransferInputs,
  transferRows,
  transferSettings,
} from '../transfer';
import { sizesOf } from './channels';
import { channelLearner } from './conditions';

const FEATURES = ['base', 'masked base', 'first block', 'embeddings', 'untrained model'] as const;
const READOUT_TARGETS = ['a^2 + ab', 'a^2 + b^2', 'random table'] as const;
/** λ: the first was fixed beforehand, the others show how much depends on it. */
export const READOUT_STRENGTHS = [0.001, 0.1, 10];

/** Settings of a seed's readouts: three models of the same task. */
export interface ReadoutSettings extends Omit<TransferSettings, 'base' | 'discovery' | 'n' | 'inheritFrom'> {
  base: BaseModelSettings;
  discovery: TransferSettings['discovery'];
  untrained: BaseModelSettings;
  sizes: readonly number[];
  strengths: readonly number[];
}

const measures = {
  test_accuracy: share('on fresh unambiguous rows'),
  conflict_right: share('share of the rows where a^2 + ab, 2a^2 and 2b^2 all differ that are answered as a^2 + ab'),
  conflict_2a2: share('as 2a^2'),
  conflict_2b2: share('as 2b^2'),
};

export const readoutsSchema = table('readouts.csv', {
  row: 'a ridge readout of frozen features',
  columns: {
    features: oneOf(
      FEATURES,
      'last block of the base, of the base under its mask, or of an untrained model; first block, or embeddings of a and b, of the base',
    ),
    target: oneOf(READOUT_TARGETS, 'what is learned; the table has a random answer for each pair of residues'),
    strength: positive('λ'),
    ...placeKinds,
    ...measures,
    run: runOf(),
    base_run: runOf(),
    mask_run: runOf(),
  },
  key: ['n_layers', 'features', 'target', 'strength', 'n_disambiguation', 'seed'],
});
export type ReadoutRow = RowIn<typeof readoutsSchema>;
type Measured = Omit<ReadoutRow, 'n_layers' | 'seed' | 'run' | 'base_run' | 'mask_run'>;

interface ReadoutInputs {
  base: BaseModel;
  discovery: Discovery & { base: BaseModel };
  untrained: BaseModel;
}

export const readoutStage: Stage<ReadoutSettings, Measured[], object, ReadoutInputs> = {
  name: 'readout',
  title: ({ seed }) => `readouts of frozen features, seed ${seed}`,
  measures: {},
  startsFrom: { base: baseStage, discovery: maskStage, untrained: baseStage },
  // About as long as one transfer run.
  cost: (settings) => transferCost(settings, settings.numbers),
  async train(settings, { inputs }: Training<ReadoutInputs>) {
    return { log: [], interrupted: false, result: settings.sizes.flatMap((n) => readoutsAt(settings, n, inputs)) };
  },
};

/** Every readout at one n. */
function readoutsAt(settings: ReadoutSettings, n: number, { base, discovery, untrained }: ReadoutInputs): Measured[] {
  const config = configOf(settings);
  const { data, test } = transferRows({ ...settings, n }, `readout, n = ${n}, seed ${settings.seed}`);
  const blocks = (parameters: HostTensors, rows: Rows) =>
    tidied(() => blockFeatures(tensorsOf(parameters), rows, config));
  const last = config.layers - 1;
  const masked = onlySubnetwork(base.parameters, discovery.subnetwork);
  const both = (of: (rows: Rows) => Features[]) => [of(data), of(test)];
  const ofBase = both((rows) => blocks(base.parameters, rows));
  const known: Record<(typeof FEATURES)[number], Features[]> = {
    base: ofBase.map((of) => of[last]),
    'masked base': both((rows) => blocks(masked, rows)).map((of) => of[last]),
    'first block': ofBase.map((of) => of[0]),
    embeddings: [data, test].map((rows) =>
      tidied(() => embeddingFeatures(tensorsOf(base.parameters) as Parameters, rows, config)),
    ),
    'untrained model': both((rows) => blocks(untrained.parameters, rows)).map((of) => of[last]),
  };
  const rules = ['a^2 + ab', '2a^2', '2b^2'].map((rule) => answersOf(relabel(test, rule)));
  return combinations({ features: FEATURES, target: READOUT_TARGETS, strength: settings.strengths })
    .filter(({ features, target }) => target === 'a^2 + ab' || features === 'base' || features === 'masked base')
    .map(({ features, target, strength }) => {
      const formula = target === 'random table' ? randomTable(settings.seed) : target;
      const readout = ridgeReadout(known[features][0], answersOf(relabel(data, formula)), {
        classes: MODULUS,
        strength,
      });
      const answers = readout.answers(known[features][1]);
      const [conflict_right, conflict_2a2, conflict_2b2] = ruleShares(answers, rules).shares;
      const test_accuracy = accuracyOf(answers, relabel(test, formula));
      const shares = { test_accuracy, conflict_right, conflict_2a2, conflict_2b2 };
      return { features, target, strength, n_disambiguation: n, ...shares };
    });
}

/** A function of the residues that has a random answer for each pair of them. */
function randomTable(seed: number): Formula {
  const source = random(seed, 'random table');
  const answers = Array.from({ length: MODULUS ** 2 }, () => source.integer(MODULUS));
  return (a, b) => answers[a * MODULUS + b];
}

export const readouts = experiment<ChainsAsked, ReadoutRow, ReadoutSettings>({
  name: 'readouts',
  title: 'Readouts',
  about: 'ridge readouts of frozen features, with their controls',
  stage: readoutStage,
  table: readoutsSchema,
  presets: PRESETS,
  asked: ASKED,
  *runs(asked): Iterable<Wanted<ReadoutRow, ReadoutSettings>> {
    for (const chain of chainsOf(asked)) {
      const { base, transfer } = chain;
      const sizes = sizesOf(asked, chain);
      const models = { base, discovery: maskSettings(chain), untrained: { ...base, epochs: 0 } };
      const settings = { ...transfer, ...models, sizes, strengths: READOUT_STRENGTHS };
      yield { key: { n_layers: base.layers, seed: transfer.seed }, settings };
    }
  },
  rows: ({ id, settings, result }, key) =>
    (result as Measured[]).map((row) => {
      const [base_run, mask_run] = [runId('base', settings.base), runId('mask', settings.discovery as object)];
      return { ...key, ...row, run: id, base_run, mask_run } as ReadoutRow;
    }),
  chain: depthOf,
});

const INHERITED = ['full model', 'subnetwork'] as const;
/** The epochs after which features are looked at; 0 is before training. */
const WATCHED = [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100];

export const inheritedSchema = table('inherited-features.csv', {
  row: 'the features of a transferred model after an epoch of its training',
  columns: {
    condition: oneOf(INHERITED),
    ...placeKinds,
    epoch: count('0: before training'),
    answers: share("accuracy of the model's own answers on evaluation rows"),
    own_readout: share("of a ridge readout of its last block, fitted on the run's own rows"),
    fresh_readout: share('the same, fitted on 1,000 fresh pairs with their answers'),
    run: runOf(),
    base_run: runOf(),
    mask_run: optional(runOf()),
  },
  key: ['n_layers', 'condition', 'n_disambiguation', 'seed', 'epoch'],
});
export type InheritedRow = RowIn<typeof inheritedSchema>;

/** Settings of a transfer run whose features are watched. */
export interface InheritedSettings extends TransferSettings {
  watched: readonly number[];
  strength: number;
}
type Watched = Pick<InheritedRow, 'epoch' | 'answers' | 'own_readout' | 'fresh_readout'>;

export const inheritedStage: Stage<InheritedSettings, Watched[], object, TransferInputs> = {
  name: 'inherited',
  title: ({ inheritFrom, n, seed }) => `features of the ${nameOf(inheritFrom)} in training, n = ${n}, seed ${seed}`,
  measures: { unambiguous_accuracy: 'predicts a^2 + ab' },
  startsFrom: TRANSFER_ORIGINS,
  cost: (settings) => transferCost(settings, settings.numbers + settings.n),
  async train(settings, { inputs, observer }: Training<TransferInputs>) {
    const { inheritFrom, n, numbers, seed, expression, strength } = settings;
    const config = configOf(settings);
    const learner = channelLearner({ ...settings, condition: nameOf(inheritFrom) }, inputs, observer);
    const { data, evaluation } = transferRows(settings, '');
    const rows = EVALUATION_ROWS;
    const fresh = unambiguousRows({ expression, rows, numbers, seed, purpose: `fresh pairs ${n}` });
    const { parameters } = learner;
    const result: Watched[] = [];
    const watch = (epoch: number) => {
      if (!settings.watched.includes(epoch)) return;
      const features = (of: Rows) => tidied(() => blockFeatures(parameters, of, config)[config.layers - 1]);
      const seen = features(evaluation);
      const readout = (of: Rows) => {
        const fitted = ridgeReadout(features(of), answersOf(of), { classes: MODULUS, strength });
        return accuracyOf(fitted.answers(seen), evaluation);
      };
      const answers = accuracyOf(learner.answers(evaluation), evaluation);
      result.push({ epoch, answers, own_readout: readout(data), fresh_readout: readout(fresh) });
    };
    learner.trainer.start(learner.start[0]);
    watch(0);
    const { log, interrupted } = await learnTarget(settings, { ...learner, watch });
    return { log, interrupted, result };
  },
};

const nameOf = (inheritFrom: TransferSettings['inheritFrom']) =>
  inheritFrom === 'original' ? 'full model' : 'subnetwork';

export const inherited = experiment<ChainsAsked, InheritedRow, InheritedSettings>({
  name: 'inherited',
  title: 'Inherited features',
  about: 'what training makes of the features of a base model, epoch by epoch',
  stage: inheritedStage,
  table: inheritedSchema,
  presets: PRESETS,
  asked: { ...ASKED, sizes: [100] },
  *runs(asked): Iterable<Wanted<InheritedRow, InheritedSettings>> {
    for (const chain of chainsOf(asked)) {
      for (const { condition, n } of combinations({ condition: INHERITED, n: asked.sizes ?? chain.sizes })) {
        const as =
          condition === 'full model'
            ? { inheritFrom: 'original' as const }
            : { inheritFrom: 'subnet' as const, subnetwork: 'frozen' as const };
        const settings = { ...transferSettings(chain, as, n), watched: WATCHED, strength: READOUT_STRENGTHS[0] };
        yield { key: { condition, ...placeOf(chain, n) }, settings };
      }
    }
  },
  rows: (run, key) =>
    (run.result as Watched[]).map((row) => ({ ...key, ...row, run: run.id, ...originColumns(run) }) as InheritedRow),
  chain: depthOf,
});
