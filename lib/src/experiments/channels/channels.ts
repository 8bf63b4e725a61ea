/** Which channel instils how much: one task, one student, and what is handed over in many ways (notebook 20). */
import { count, oneOf, optional, positive, type RowIn, runOf, share, table } from '../../runs/columns';
import { chosen, combinations, experiment, type Wanted } from '../../runs/experiment';
import { runId } from '../../runs/runStore';
import type { Found, Stage, Training } from '../../runs/stage';
import { ruleShares } from '../../stats/cueConflict';
import { answersOf, relabel } from '../../tasks/modularArithmetic';
import { accuracyOf } from '../../training/languageModel';
import { transferCost } from '../cost';
import { ASKED, type ChainsAsked, chainsOf, depthOf, placeKinds, placeOf } from '../dataEfficiency';
import { type ChainSettings, maskSettings, PRESETS } from '../settings';
import { learnTarget, TRANSFER_ORIGINS } from '../transfer';
import {
  CHANNEL_NAMES,
  CHANNELS,
  type ChannelInputs,
  type ChannelName,
  type ChannelSettings,
  channelLearner,
} from './conditions';
import { type SubtaskResult, subtaskSettings, subtaskStage } from './subtask';

/** The sizes at which channels are compared. */
export const CHANNEL_SIZES = [0, 40, 100, 250, 640, 1000];

/** The sizes that are asked for: with the paper's settings those, else the chain's. */
export const sizesOf = (
  { sizes, preset }: { sizes: readonly number[] | undefined; preset: string },
  chain: ChainSettings,
): readonly number[] => sizes ?? (preset === 'paper' ? CHANNEL_SIZES : chain.sizes);

export const channelsSchema = table('channels.csv', {
  row: 'a transfer run whose knowledge comes through another channel',
  columns: {
    condition: oneOf(CHANNEL_NAMES, 'what the student is given'),
    alpha: optional(positive("weight of the guide's similarity in the loss")),
    ...placeKinds,
    test_accuracy: share('of the model that is best on evaluation rows'),
    best_epoch: count('its epoch', { min: 1 }),
    best_eval_accuracy: share(),
    test_is_2a2: share('share of the answers to the test set that agree with "2a^2"'),
    test_is_2b2: share('with "2b^2"'),
    test_is_a2_b2: share('with "a^2 + b^2", the fourth of the expressions that agree where a = b'),
    conflicts: count('test rows where a^2 + ab, 2a^2 and 2b^2 all differ'),
    conflict_right: optional(share('share of them answered as a^2 + ab')),
    conflict_2a2: optional(share('as 2a^2')),
    conflict_2b2: optional(share('as 2b^2')),
    ambiguous_accuracy: share('on the ambiguous samples that it was trained on'),
    last_train_loss: positive('mean of the last epoch, nats'),
    handed_over: count('parameters that the student starts from as the base has them'),
    first_accuracy: optional(share('on the subtask, of a first stage of its own')),
    first_steps: optional(count("that stage's steps", { min: 1 })),
    run: runOf(),
    base_run: optional(runOf('the base, untrained where the guide is')),
    mask_run: optional(runOf()),
    first_run: optional(runOf('the first stage')),
  },
  key: ['n_layers', 'condition', 'alpha', 'n_disambiguation', 'seed'],
});
export type ChannelRow = RowIn<typeof channelsSchema>;

type Measured = Omit<
  ChannelRow,
  'condition' | 'alpha' | keyof typeof placeKinds | `${'base' | 'mask' | 'first'}_run` | 'run'
>;

/** The settings of a run of a condition. */
export function channelSettings(
  chain: ChainSettings,
  condition: ChannelName,
  n: number,
  { alpha = 1 }: { alpha?: number } = {},
): ChannelSettings {
  const { source } = CHANNELS[condition];
  return {
    ...chain.transfer,
    ...(condition === 'weight decay' && { weightDecay: 1 }),
    ...(condition.startsWith('guidance') && { alpha }),
    ...(condition === 'probe first' && { probeScale: 10 }),
    ...(source === 'base' && { base: chain.base }),
    ...(source === 'mask' && { discovery: maskSettings(chain) }),
    ...(source === 'untrained' && { base: { ...chain.base, epochs: 0 } }),
    ...((source === 'teacher' || source === 'labels') && { first: subtaskSettings(chain, source) }),
    condition,
    n,
  };
}

export const channelStage: Stage<ChannelSettings, Measured, object, ChannelInputs> = {
  name: 'channel',
  title: ({ condition, alpha = 1, n, seed }) =>
    `${condition}${alpha === 1 ? '' : `, alpha ${alpha}`}, n = ${n}, seed ${seed}`,
  measures: { unambiguous_accuracy: 'predicts a^2 + ab', is_2a2: 'predicts 2a^2', is_2b2: 'predicts 2b^2' },
  startsFrom: { ...TRANSFER_ORIGINS, first: subtaskStage },
  cost: (settings) => transferCost(settings, settings.numbers + settings.n),
  async train(settings, { inputs, observer }: Training<ChannelInputs>) {
    const learner = channelLearner(settings, inputs, observer);
    const { log, interrupted, ended } = await learnTarget(settings, learner);
    if (!ended) return { log, interrupted };
    const { measured, predictions, test } = ended;
    const rules = [settings.expression, '2a^2', '2b^2'].map((rule) => answersOf(relabel(test, rule)));
    const { conflicts, shares } = ruleShares(predictions, rules);
    const [conflict_right, conflict_2a2, conflict_2b2] = shares.map((of) => (conflicts > 0 ? of : null));
    const first = inputs.first as { result: SubtaskResult } | undefined;
    const result: Measured = {
      ...measured,
      test_is_a2_b2: accuracyOf(predictions, relabel(test, 'a^2 + b^2')),
      ...{ conflicts, conflict_right, conflict_2a2, conflict_2b2 },
      handed_over: learner.handedOver,
      first_accuracy: first?.result.accuracy ?? null,
      first_steps: first?.result.steps ?? null,
    };
    return { log, interrupted, result };
  },
};

/** The ids of the runs that a run starts from. */
function originsOf({ settings: { base, discovery, first } }: Pick<Found<ChannelSettings>, 'settings'>) {
  const mask = discovery ?? first?.discovery;
  const trained = base ?? mask?.base;
  return {
    base_run: trained ? runId('base', trained) : null,
    mask_run: mask ? runId('mask', mask) : null,
    first_run: first ? runId('subtask', first) : null,
  };
}

export interface ChannelsAsked extends ChainsAsked {
  /** Names of conditions: see CHANNELS. */
  conditions: readonly string[];
  /** Weights of a guide's similarity. */
  alphas: readonly number[];
}

export const channels = experiment<ChannelsAsked, ChannelRow, ChannelSettings>({
  name: 'channels',
  title: 'Channels',
  about: 'transfer through weights, answers, representations, data and the optimiser',
  stage: channelStage,
  table: channelsSchema,
  presets: PRESETS,
  asked: { ...ASKED, conditions: CHANNEL_NAMES, alphas: [1] },
  *runs(asked): Iterable<Wanted<ChannelRow, ChannelSettings>> {
    const known = CHANNEL_NAMES.map((condition) => ({ condition }));
    const conditions = chosen(asked.conditions, known, ({ condition }) => [condition]);
    for (const chain of chainsOf(asked)) {
      const sizes = sizesOf(asked, chain);
      for (const { condition } of conditions) {
        const alphas = condition.startsWith('guidance') ? asked.alphas : [undefined];
        for (const { n, alpha } of combinations({ n: sizes, alpha: alphas })) {
          const key = { condition, alpha: alpha ?? null, ...placeOf(chain, n) };
          yield { key, settings: channelSettings(chain, condition, n, { alpha }) };
        }
      }
    }
  },
  rows: (run, key) => [{ ...key, ...run.result, run: run.id, ...originsOf(run) } as ChannelRow],
  chain: depthOf,
  drawing: {
    kind: 'lines',
    x: 'n',
    y: 'accuracy',
    color: 'condition',
    points: ({ condition, n_disambiguation, test_accuracy }) => [
      { condition, n: n_disambiguation, accuracy: test_accuracy },
    ],
  },
});
