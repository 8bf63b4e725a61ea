/** Tables of notebooks 20 to 30: channels, pairs of a table, easy and rich features, distillation, guidance, isotropic networks. */
import type { ColumnTable } from 'arquero';
import {
  publishedDistillationSchema,
  publishedEasyFeaturesSchema,
  publishedGrokkingBorderSchema,
  publishedGrokkingRunSchema,
  publishedRichFeaturesSchema,
} from '../../runs/publishedSchemas';
import { as, type Chosen, published, results, tidy } from '../../tables/tidy';
import {
  CHANNELS,
  channelsSchema,
  digitMasksSchema,
  grokking as grokkingRuns,
  guidanceSchema,
  guidedLayersSchema,
  inheritedSchema,
  isotropicSchema,
  occamSchema,
  readoutsSchema,
  richFeaturesSchema,
  richRoundsSchema,
} from '..';

type Which = Pick<Chosen, 'preset'>;

const CONFLICTS = { right: 'conflict_right', as2a2: 'conflict_2a2', as2b2: 'conflict_2b2' } as const;

/**
 * Transfer runs through other channels: condition, channel, alpha (1 where there is no guide), n, seed, accuracy, `right`, `as2a2`
 * and `as2b2` (shares of the conflicts, null without conflicts), handedOver (parameters), firstAccuracy and firstSteps.
 */
export function channels(chosen: Which = {}): ColumnTable {
  return tidy(results(channelsSchema, chosen), {
    layers: 'n_layers',
    condition: 'condition',
    channel: ({ condition }) => CHANNELS[condition].channel,
    alpha: ({ alpha }) => alpha ?? 1,
    n: 'n_disambiguation',
    seed: 'seed',
    accuracy: 'test_accuracy',
    ...CONFLICTS,
    ...{ handedOver: 'handed_over', firstAccuracy: 'first_accuracy', firstSteps: 'first_steps' },
  });
}

/** Ridge readouts: features, target, strength (λ), n, seed, accuracy, and the shares of the conflicts, as above. */
export function readouts(chosen: Which = {}): ColumnTable {
  const measured = { n: 'n_disambiguation', seed: 'seed', accuracy: 'test_accuracy' } as const;
  return tidy(results(readoutsSchema, chosen), { ...as('features', 'target', 'strength'), ...measured, ...CONFLICTS });
}

/** Features in training: condition, n, seed, epoch, and three accuracies: answers, ownReadout, freshReadout. */
export function inherited(chosen: Which = {}): ColumnTable {
  return tidy(results(inheritedSchema, chosen), {
    ...{ condition: 'condition', n: 'n_disambiguation', ...as('seed', 'epoch', 'answers') },
    ...{ ownReadout: 'own_readout', freshReadout: 'fresh_readout' },
  });
}

/**
 * A preset's runs: the columns of grokking.csv, with M ('M = 23'), x (pairs divided by M ln M), accuracy (on other pairs, at the
 * end) and found (1 where the rule was found, else 0).
 */
export function grokking({ preset = 'laptop' }: Which = {}): ColumnTable {
  const rows = grokkingRuns.rowsOf({ preset }).filter((row) => row.preset === preset);
  return tidy(rows, {
    M: ({ modulus }) => `M = ${modulus}`,
    ...as('modulus', 'n'),
    x: ({ n, modulus }) => n / (modulus * Math.log(modulus)),
    accuracy: 'test_accuracy',
    found: ({ solved_at_epoch }) => Number(solved_at_epoch !== null),
    epoch: 'solved_at_epoch',
    ...as('preset', 'expression', 'multiplier', 'learning_rate', 'seed', 'train_accuracy', 'best_test_accuracy'),
    ...as('frequency_share', 'epochs_allowed', 'run'),
  });
}

/** What is published of Tian's (arXiv 2509.21519): the border's constant, and epoch and test_accuracy of a released run. */
export const publishedGrokking = () => ({
  constant: published(publishedGrokkingBorderSchema)[0].constant,
  run: published(publishedGrokkingRunSchema),
});

/** What is published of "easy features win", and where it stands: paper, quantity, value, source. */
export function publishedEasyFeatures(): ColumnTable {
  return tidy(published(publishedEasyFeaturesSchema), as('paper', 'quantity', 'value', 'source'));
}

/** Published accuracies in the worst environment of coloured digits: set, method, start, worst, std over restarts. */
export function publishedRichFeatures(): ColumnTable {
  const columns = { ...as('set', 'method', 'start'), worst: 'worst_mean', std: 'worst_std' } as const;
  return tidy(published(publishedRichFeaturesSchema), { ...columns, ...as('restarts', 'source') });
}

const SEEN = as('seed', 'worst');
const ACCURACIES = { at90: 'accuracy_90', at10: 'accuracy_10', at50: 'accuracy_50', byShape: 'by_shape' } as const;

/** Networks that learn coloured digits, step by step: method, start, lambda, seed, step, worst, at90, at10, at50, byShape, train. */
export function richFeatures({ preset = 'laptop' }: Which = {}): ColumnTable {
  const rows = results(richFeaturesSchema, { preset });
  return tidy(rows, { ...as('method', 'start', 'lambda', 'step'), ...SEEN, ...ACCURACIES, train: 'train_accuracy' });
}

/** The networks of which rich features are made: network, seed, worst, at90, at10, at50, byShape, agreement; `ERM init` too. */
export function richRounds({ preset = 'laptop' }: Which = {}): ColumnTable {
  const rows = results(richRoundsSchema, { preset });
  return tidy(rows, { ...as('network', 'steps', 'agreement', 'run'), ...SEEN, ...ACCURACIES, train: 'train_accuracy' });
}

/** Subnetworks for digits in rich features, by themselves: kept, seed, worst, at90, at10, at50, byShape, train. */
export const digitMasks = ({ preset = 'laptop' }: Which = {}): ColumnTable =>
  tidy(results(digitMasksSchema, { preset }), { kept: 'kept', ...SEEN, ...ACCURACIES, train: 'train_accuracy' });

/** Networks beside a coloured square: condition, predictivity, digits, seed, exit, byDigit, byColour, accuracy, taken. */
export function occam({ preset = 'laptop' }: Which = {}): ColumnTable {
  const columns = {
    ...as('condition', 'predictivity', 'digits', 'seed', 'exit', 'taken'),
    accuracy: 'test_accuracy',
  } as const;
  return tidy(results(occamSchema, { preset }), { ...columns, byDigit: 'by_digit', byColour: 'by_colour' });
}

/**
 * Dense networks that learn digits, step by step: student, digits, guide, alpha, until (0: never ended), seed, step, accuracy, run;
 * `how` names a run: alone, or its guide with α and its end.
 */
export function guidance({ preset = 'laptop' }: Which = {}): ColumnTable {
  return tidy(results(guidanceSchema, { preset }), {
    ...as('student', 'digits', 'guide', 'alpha', 'seed', 'step', 'run'),
    until: ({ until }) => until ?? 0,
    accuracy: 'test_accuracy',
    how: ({ guide, alpha, until }) => {
      if (guide === 'none') return 'alone';
      return `${guide} guide${alpha === 1 ? '' : `, α = ${alpha}`}${until === null ? '' : `, first ${until} steps`}`;
    },
  });
}

/** Similarities (CKA) of layers of such networks with those of a guide: layer, beside, before, after, guideAccuracy, run. */
export function guidedLayers({ preset = 'laptop' }: Which = {}): ColumnTable {
  const rows = results(guidedLayersSchema, { preset });
  return tidy(rows, { ...as('layer', 'beside', 'before', 'after', 'run'), guideAccuracy: 'guide_accuracy' });
}

/** Readouts of networks that lack a bias: images, network, features, strength, n, seed, accuracy, spread, parameters. */
export function isotropicNetworks({ preset = 'laptop' }: Which = {}): ColumnTable {
  const columns = as('images', 'network', 'features', 'strength', 'n', 'seed', 'spread', 'parameters');
  return tidy(results(isotropicSchema, { preset }), { ...columns, accuracy: 'test_accuracy' });
}

/** Published mistakes on 10,000 digits moved by 3 pixels (arXiv 2006.00555): model, role, run, mistakes. */
export function publishedDistillation(): ColumnTable {
  return tidy(published(publishedDistillationSchema), as('model', 'role', 'run', 'mistakes'));
}
