/** Every channel through which a bias may be handed over, or a measure of one: what our runs say of each. */
import { aq, experiments, op, stats, tables } from '../../../lib/dist/index.js';
import { type Claim, claimCells, type Estimate, meanOf, only, type Table } from './claim.js';
import { markdownTable } from './markdown.js';

/** A claim about a channel; those that are no answer to the channel's main question stand on its page alone. */
interface ChannelClaim extends Claim {
  channel: string;
  pageOnly?: boolean;
}

/** Accuracies at the n of notebook 20 (2 layers): condition, channel, n, seed, accuracy. */
function channelRuns(): Table {
  const columns = ['condition', 'channel', 'n', 'seed', 'accuracy'];
  const older = tables
    .curves({ layers: [2] })
    .filter((d) => d.whose === 'ours' && !op.endswith(d.condition, 'trainable'))
    .derive({ condition: (d) => d.line, channel: (d) => (d.condition === 'random init' ? 'none' : 'weights') })
    .select(columns);
  const read = tables
    .readouts()
    .filter((d) => d.features === 'base' && d.target === 'a^2 + ab' && d.strength === 0.001)
    .derive({ condition: () => 'readout of the base', channel: () => 'representations' })
    .select(columns);
  const key = ['condition', 'n', 'seed'];
  const newer = tables
    .channels()
    .filter((d) => d.layers === 2 && d.alpha === 1)
    .select(columns)
    .antijoin(older, [key, key]);
  return older.concat(read, newer).filter(aq.escape((d: { n: number }) => experiments.CHANNEL_SIZES.includes(d.n)));
}

type Saved = Estimate & { labels: number; seeds: number };

/** Bits of the first `labels` that one condition saves over another, seed by seed, at the n that both have for every seed. */
function bitsSaved(runs: Table, by: string, over: string): Saved | undefined {
  const of = (condition: string) => runs.filter(aq.escape((d: { condition: string }) => d.condition === condition));
  const pairs = of(by).join(of(over).select('n', 'seed', { accuracy: 'other' }));
  const seeds = new Set(pairs.array('seed')).size;
  const shared = pairs
    .groupby('n')
    .derive({ seeds: op.count() })
    .filter(aq.escape((d: { seeds: number }) => d.seeds === seeds));
  const labels = Math.max(...(shared.array('n') as number[]));
  if (seeds < 2 || new Set(shared.array('n')).size < 2) return undefined;
  const saved = shared
    .derive({ own: (d) => ({ n: d.n, accuracy: d.accuracy }), theirs: (d) => ({ n: d.n, accuracy: d.other }) })
    .groupby('seed')
    .rollup({ saved: (d) => op.codeLength(d.theirs) - op.codeLength(d.own) });
  const estimate = meanOf(saved.array('saved') as number[]);
  return estimate && { ...estimate, labels, seeds };
}

/** What each condition of notebook 20 saves over random init, the most first. */
export function bitsTable(): string {
  const runs = channelRuns();
  const conditions = runs.select('condition', 'channel').dedupe().objects() as { condition: string; channel: string }[];
  const rows = conditions
    .filter(({ condition }) => condition !== 'random init')
    .flatMap((one) => {
      const ours = bitsSaved(runs, one.condition, 'random init');
      return ours ? [{ ...one, ours }] : [];
    })
    .sort((one, other) => other.ours.mean - one.ours.mean)
    .map(({ condition, channel, ours }) => {
      const claim: Claim = { claim: condition, ours, unit: 'bits', verdicts: ['saves', 'costs'], notebook: '' };
      const [, , bits, verdict] = claimCells(claim, '');
      return [channel, condition, bits, verdict, ours.labels.toLocaleString('en-US'), String(ours.seeds)];
    });
  return markdownTable(
    ['channel', 'condition', 'bits saved (95 % interval)', 'verdict', 'of the first', 'seeds'],
    rows,
    'llrlrr',
  );
}

/** Test accuracy of random networks that read digits: one condition minus another, seed by seed, at the largest width of both. */
function onRandomNetworks(first: string, second: string): (Estimate & { width: number }) | undefined {
  const usual = experiments.randomNetworks
    .rowsOf()
    .filter(
      (row) => row.side === 14 && row.task === 'digit' && row.digits === 10_000 && row.scale === 1 && !row.penalty,
    );
  const pairs = usual
    .filter(({ condition }) => condition === first)
    .flatMap(({ width, seed, test_accuracy }) =>
      usual
        .filter((row) => row.condition === second && row.width === width && row.seed === seed)
        .map((other) => ({ width, pair: { first: test_accuracy, second: other.test_accuracy } })),
    );
  const width = pairs.reduce((most, pair) => Math.max(most, pair.width), 0);
  if (pairs.length === 0) return undefined;
  const widest = aq.from(pairs.filter((pair) => pair.width === width));
  return { ...only<{ of: Estimate }>(widest.rollup({ of: (d) => op.difference(d.pair, 10_000) }))!.of, width };
}

/** What availability adds to the bias of networks with one hidden ReLU layer: the largest α minus the smallest, seed by seed. */
function available(): Estimate | undefined {
  const rows = experiments.shortcutBias
    .rowsOf()
    .filter((row) => row.hidden === 'relu' && row.depth === 1 && row.rate === 'falling' && row.rho_shortcut === 0.85);
  const bias = (availability: number) =>
    new Map(
      rows
        .filter((row) => row.availability === availability)
        .map((row) => [row.seed, row.reliance - row.optimal_reliance]),
    );
  const [least, most] = [bias(1), bias(8)];
  return meanOf([...most].flatMap(([seed, value]) => (least.has(seed) ? [value - Number(least.get(seed))] : [])));
}

/** What the easy feature explains more than the hard one, in networks of this depth that have learnt both together. */
function represented(depth: number): Estimate | undefined {
  const rows = experiments.representedVariance
    .rowsOf()
    .filter((row) => row.order === 'together' && row.depth === depth);
  const learnt = rows.filter((row) => Math.min(row.easy_accuracy, row.hard_accuracy) >= experiments.LEARNT);
  return meanOf(learnt.map((row) => row.easy_variance - row.hard_variance));
}

/** The same, as the first author's summary has it. */
function easyMinusHard(): number {
  const published = tables.publishedEasyFeatures().objects() as { quantity: string; value: number }[];
  const of = (feature: string) => Number(published.find(({ quantity }) => quantity.endsWith(feature))?.value);
  return of('easy feature') - of('hard feature');
}

/** log₂ of the error behind a trained Jacobian over another's, at the released numbers of points: median over targets, by source. */
function onCurves(other: 'untrained' | 'fine_tuned' | 'rbf'): Estimate | undefined {
  const rows = experiments.jacobianKernel
    .rowsOf()
    .filter((row) => row.tasks === 'sinusoids' && row.source_points === 10 && row.n === 10)
    .map((row) => ({ seed: row.seed, ratio: Math.log2(row.trained_error / row[`${other}_error`]) }));
  const bySource = aq
    .from(rows)
    .groupby('seed')
    .rollup({ ratio: op.median('ratio') });
  return meanOf(rows.length > 0 ? (bySource.array('ratio') as number[]) : []);
}

/** Where half of the runs find an addition table's rule, in M ln M, minus the published constant: between two of the tried n, mean over M. */
function border(): Estimate | undefined {
  const { constant } = tables.publishedGrokking();
  const shares = tables
    .grokking({ preset: 'laptop' })
    .filter((d) => d.expression === 'a + b' && d.learning_rate === 0.01)
    .groupby('modulus', 'multiplier')
    .rollup({ found: op.mean('found') })
    .objects() as { modulus: number; multiplier: number; found: number }[];
  const ends = [...new Set(shares.map(({ modulus }) => modulus))].map((of) => {
    const tried = shares.filter(({ modulus }) => modulus === of);
    const first = Math.min(...tried.filter(({ found }) => found >= 0.5).map(({ multiplier }) => multiplier));
    const below = tried.map(({ multiplier }) => multiplier).filter((multiplier) => multiplier < first);
    return { low: Math.max(...below) - constant, high: first - constant };
  });
  if (ends.length === 0) return undefined;
  const [low, high] = (['low', 'high'] as const).map((end) => stats.mean(ends.map((one) => one[end])));
  return { mean: (low + high) / 2, low, high };
}

/** Bits that a sine of inputs of these dimensions needs from n points, draw by draw: exactly, or as the released fit says. */
function bitsOnSine(of: { d: number; n: number; fitted?: boolean }): Row[] {
  return experiments.exactBias
    .rowsOf()
    .filter((row) => row.task === 'sine' && row.hypotheses === 'RBF kernel' && row.d === of.d && row.n === of.n)
    .map(({ seed, bits, fitted_bits }) => ({ seed, value: Number(of.fitted ? fitted_bits : bits) }));
}

interface Row {
  seed: number;
  value: number;
}

/** Differences of two lists of runs, seed by seed, and their mean. */
function bySeed(first: Row[], second: Row[]): Estimate | undefined {
  const others = new Map(second.map(({ seed, value }) => [seed, value]));
  return meanOf(first.flatMap(({ seed, value }) => (others.has(seed) ? [value - Number(others.get(seed))] : [])));
}

type RichCondition = [method: string, start: string, lambda: number];
/** Accuracy in the worst environment of coloured digits at the end of training: one condition minus another, seed by seed. */
function onColouredDigits(first: RichCondition, second: RichCondition): Estimate | undefined {
  const all = experiments.richFeatures.rowsOf();
  const last = all.reduce((most, { step }) => Math.max(most, step), 0);
  const of = ([method, start, lambda]: RichCondition) =>
    all
      .filter((row) => row.step === last && row.method === method && row.start === start && row.lambda === lambda)
      .map(({ seed, worst }) => ({ seed, value: worst }));
  return bySeed(of(first), of(second));
}
const publishedRich = (first: RichCondition, second: RichCondition): number => {
  const rows = tables.publishedRichFeatures().objects() as Record<'set' | 'method' | 'start', string>[];
  const [one, other] = [first, second].map(([method, start]) =>
    rows.find((row) => row.set === 'coloured' && row.method === method && row.start === start),
  ) as unknown as { worst: number }[];
  return one.worst - other.worst;
};

/** Conflicts of digit and colour answered by digit: one network or exit minus another, seed by seed. */
function byDigit(
  first: [condition: string, exit: string],
  second: [condition: string, exit: string],
  told = 0.95,
): Estimate | undefined {
  const of = ([condition, exit]: string[]) =>
    experiments.occam
      .rowsOf()
      .filter((row) => row.condition === condition && row.exit === exit && row.predictivity === told)
      .map(({ seed, by_digit }) => ({ seed, value: by_digit }));
  return bySeed(of(first), of(second));
}

/** Test accuracy of a network with a guide (α = 1, to the end) minus that of the network alone, seed by seed. */
function guided(guide: 'trained' | 'untrained', student = 'deep'): Estimate | undefined {
  const all = experiments.guidance.rowsOf().filter((row) => row.student === student && row.until === null);
  const last = all.reduce((most, { step }) => Math.max(most, step), 0);
  const of = (own: string, alpha: number) =>
    all
      .filter((row) => row.step === last && row.guide === own && row.alpha === alpha)
      .map(({ seed, test_accuracy }) => ({ seed, value: test_accuracy }));
  return bySeed(of(guide, 1), of('none', 0));
}

type Written = { format: string; n: number; steps: number };
/** Accuracy on sums, aligned rows: the first way to write and to train minus the second, seed by seed. */
function onSums(first: Written, second: Written): Estimate | undefined {
  const ends = (of: Written) =>
    experiments.additionFormats
      .rowsOf()
      .filter((row) => row.arrangement === 'aligned' && row.step === of.steps)
      .filter((row) => row.format === of.format && row.n === of.n && row.steps === of.steps)
      .map(({ seed, test_accuracy }) => ({ seed, value: test_accuracy }));
  return bySeed(ends(first), ends(second));
}

/** Accuracy of networks that read digits moved by 3 pixels: one condition minus another, seed by seed. */
function onMovedDigits(first: string, second: string): Estimate | undefined {
  const of = (condition: string) =>
    experiments.distillation
      .rowsOf()
      .filter((row) => row.condition === condition)
      .map(({ seed, shift_3 }) => ({ seed, value: shift_3 }));
  return bySeed(of(first), of(second));
}

/** The same of what is published, from mistakes among 10,000 digits. */
function publishedOnMovedDigits(first: string, second: string): number {
  const rows = tables.publishedDistillation().objects() as { model: string; mistakes: number }[];
  const accuracy = (model: string) => {
    const own = rows.filter((row) => row.model === model);
    return 1 - own.reduce((sum, { mistakes }) => sum + mistakes, 0) / own.length / 10_000;
  };
  return accuracy(first) - accuracy(second);
}

type Read = { network: string; features: 'trained' | 'untrained' };
/** Bits of the labels 20 to 1,000 of a set of images that the first features save over the second, seed by seed. */
function onFewLabels(images: keyof typeof experiments.IMAGE_SETS, first: Read, second: Read): Estimate | undefined {
  const lengths = ({ network, features }: Read) =>
    (
      tables
        .isotropicNetworks()
        .filter((d) => d.strength === 1)
        .derive({ point: (d) => ({ n: d.n, accuracy: d.accuracy }) })
        .groupby('images', 'network', 'features', 'seed')
        .rollup({ points: op.array_agg('point') })
        .objects() as (Read & { images: string; seed: number; points: { n: number; accuracy: number }[] })[]
    )
      .filter((row) => row.images === images && row.network === network && row.features === features)
      .map(({ seed, points }) => ({
        seed,
        value: stats.codeLength(points, { classes: experiments.IMAGE_SETS[images] }),
      }));
  return bySeed(lengths(second), lengths(first));
}

/** What our runs say of each channel, channel by channel. */
export function channelClaims(): ChannelClaim[] {
  const runs = channelRuns();
  const saved = (claim: string, by: string, over: string): Claim => {
    const ours = bitsSaved(runs, by, over);
    const labels = ours?.labels.toLocaleString('en-US') ?? '–';
    return {
      claim: `${claim}: bits of the first ${labels} (2 layers; measure of this project)`,
      ours,
      unit: 'bits',
      verdicts: ['it does', 'it costs bits'],
      notebook: '20-which-channel',
    };
  };
  const mask = onRandomNetworks('weight mask', 'everything');
  const biases = onRandomNetworks('biases', 'unit mask');
  const behindFeatures: [RichCondition, RichCondition] = [
    ['vREx', 'RFC, frozen', 1e4],
    ['vREx', 'random init', 1e4],
  ];
  const penalty: [RichCondition, RichCondition] = [behindFeatures[0], ['ERM', 'RFC, frozen', 0]];
  const [few, many] = [
    { format: 'reverse', n: 500, steps: 1000 },
    { format: 'reverse', n: 2000, steps: 2000 },
  ];
  const taught = { verdicts: ['better', 'worse'] as Claim['verdicts'], notebook: '25-distillation' };
  const written = { verdicts: ['better', 'worse'] as Claim['verdicts'], notebook: '28-formats-of-addition' };
  const gradients = { verdicts: ['worse', 'better'] as Claim['verdicts'], notebook: '27-jacobian-kernel' };
  const convolutional: Read = { network: 'convolutional', features: 'trained' };
  const withoutLabels = {
    unit: 'bits' as const,
    verdicts: ['it does', 'it costs bits'] as Claim['verdicts'],
    notebook: '30-isotropic-networks',
    pageOnly: true,
  };
  return [
    { channel: 'weights', ...saved('The subnetwork saves labels over random init', 'subnetwork', 'random init') },
    {
      channel: 'weights',
      claim: `A mask over ${mask?.width ?? 0} random units reads digits: accuracy minus that of training everything`,
      ours: mask,
      verdicts: ['better', 'less well'],
      notebook: '24-masks-on-random-networks',
    },
    {
      channel: 'weights',
      claim: `… and training the biases of ${biases?.width ?? 0} random units is better than masking the units`,
      published: 'slightly',
      ours: biases,
      verdicts: ['holds', 'does not hold'],
      notebook: '24-masks-on-random-networks',
      pageOnly: true,
    },
    {
      channel: 'weights',
      claim:
        'A subnetwork for digits, found in rich features, helps vREx against a colour that deceives: accuracy in the worst environment, minus as many random weights of the same network',
      ours: onColouredDigits(['vREx', 'digit subnetwork', 1e4], ['vREx', 'sampled control', 1e4]),
      verdicts: ['it does', 'it hurts'],
      notebook: '26-rich-features',
      pageOnly: true,
    },
    {
      channel: 'answers',
      ...saved(
        'The subnetwork saves labels over a student that learned "ab" from its answers',
        'subnetwork',
        'distilled subtask',
      ),
      pageOnly: true,
    },
    {
      channel: 'answers',
      claim:
        'Answers of a CNN to digits in place teach a dense student to read digits moved by 3 pixels: accuracy minus that on labels',
      published: publishedOnMovedDigits('CNN → dense', 'dense'),
      ours: onMovedDigits('CNN → dense', 'dense, labels'),
      ...taught,
    },
    {
      channel: 'answers',
      claim: '… and minus that of a student of a dense network',
      published: publishedOnMovedDigits('CNN → dense', 'dense → dense'),
      ours: onMovedDigits('CNN → dense', 'dense → dense'),
      ...taught,
      pageOnly: true,
    },
    {
      channel: 'answers',
      claim: '… and where digits are moved in training: minus labels of moved digits, without a teacher',
      ours: onMovedDigits('CNN → dense, uniform shifts', 'dense, labels + shifts'),
      ...taught,
      pageOnly: true,
    },
    {
      channel: 'answers',
      claim: '… with a teacher that reads moved digits well',
      ours: onMovedDigits('strong CNN → dense, uniform shifts', 'dense, labels + shifts'),
      ...taught,
      pageOnly: true,
    },
    {
      channel: 'representations',
      ...saved(
        'A linear readout of the frozen base saves labels over the subnetwork',
        'readout of the base',
        'subnetwork',
      ),
    },
    {
      channel: 'representations',
      ...saved('… and the base with that readout put in first over the base as it is', 'probe first', 'full model'),
      pageOnly: true,
    },
    {
      channel: 'representations',
      claim:
        'Rich features, frozen, help a penalty (vREx): accuracy in the worst environment, minus from random weights',
      published: publishedRich(...behindFeatures),
      ours: onColouredDigits(...behindFeatures),
      verdicts: ['they do', 'they hurt'],
      notebook: '26-rich-features',
    },
    {
      channel: 'representations',
      claim: '… and the penalty is what uses them: minus plain training (ERM) behind the same features',
      published: publishedRich(...penalty),
      ours: onColouredDigits(...penalty),
      verdicts: ['it is', 'it is not'],
      notebook: '26-rich-features',
      pageOnly: true,
    },
    {
      channel: 'representations',
      claim: 'A deep network with dropout that is guided by an untrained one: accuracy on digits, minus alone',
      published: 'better',
      ours: guided('untrained'),
      verdicts: ['better', 'worse'],
      notebook: '29-guidance',
    },
    {
      channel: 'representations',
      claim: '… and by a trained one',
      published: 'better',
      ours: guided('trained'),
      verdicts: ['better', 'worse'],
      notebook: '29-guidance',
      pageOnly: true,
    },
    {
      channel: 'representations',
      claim: '… without dropout, by an untrained one',
      published: 'better',
      ours: guided('untrained', 'deep without dropout'),
      verdicts: ['better', 'worse'],
      notebook: '29-guidance',
      pageOnly: true,
    },
    {
      channel: 'representations',
      claim: '… without dropout, by a trained one',
      published: 'better',
      ours: guided('trained', 'deep without dropout'),
      verdicts: ['better', 'worse'],
      notebook: '29-guidance',
      pageOnly: true,
    },
    {
      channel: 'representations',
      claim: 'A wide network that learns 500 digits, guided by a trained one: accuracy minus alone',
      published: 'better',
      ours: guided('trained', 'wide'),
      verdicts: ['better', 'worse'],
      notebook: '29-guidance',
      pageOnly: true,
    },
    {
      channel: 'gradients',
      claim:
        'Gradients of a network that has learned a curve are a better kernel for the next than before: log₂ of the ratio of errors',
      ours: onCurves('untrained'),
      verdicts: ['does not hold', 'holds'],
      notebook: '27-jacobian-kernel',
    },
    {
      channel: 'gradients',
      claim: '… than fine-tuning the network',
      published: 'as good or better',
      ours: onCurves('fine_tuned'),
      ...gradients,
      pageOnly: true,
    },
    {
      channel: 'gradients',
      claim: '… than an RBF kernel of width 1',
      ours: onCurves('rbf'),
      ...gradients,
      pageOnly: true,
    },
    {
      channel: 'data format',
      claim:
        'Sums whose answers begin with the units are learned better from 500 rows, delimiters and rows being alike',
      published: 'better, the delimiters not alike',
      ours: onSums(few, { ...few, format: 'plain with delimiters' }),
      ...written,
    },
    {
      channel: 'data format',
      claim: '… and from 2,000 rows in twice the steps',
      ours: onSums(many, { ...many, format: 'plain with delimiters' }),
      ...written,
      pageOnly: true,
    },
    {
      channel: 'data format',
      claim: '… a compact scratchpad against them, after as many characters',
      published: 'scratchpads are better',
      ours: onSums({ ...many, format: 'compact scratchpad', steps: 1000 }, many),
      ...written,
      pageOnly: true,
    },
    {
      channel: 'data format',
      claim: '… and after thrice as many',
      ours: onSums({ ...many, format: 'compact scratchpad', steps: 3000 }, many),
      ...written,
      pageOnly: true,
    },
    {
      channel: 'architecture',
      claim: 'A cue that is 8 times as large, and no better, gains weight behind one hidden ReLU layer: shortcut bias',
      ours: available(),
      verdicts: ['it does', 'it loses'],
      notebook: '22-easy-features-win',
    },
    {
      channel: 'architecture',
      claim:
        'Of two features learnt equally well, the easy one explains more of the activations: R² easy − hard, 2 hidden layers (published: a summary by an author)',
      published: easyMinusHard(),
      ours: represented(2),
      verdicts: ['holds', 'the hard one does'],
      notebook: '22-easy-features-win',
    },
    {
      channel: 'architecture',
      claim: '… and with 4 hidden layers',
      ours: represented(4),
      verdicts: ['holds', 'the hard one does'],
      notebook: '22-easy-features-win',
      pageOnly: true,
    },
    {
      channel: 'architecture',
      claim:
        'A network that leaves early (OccamNet) keeps to the digit beside a coloured square: conflicts answered by digit, minus a plain network',
      published: 'better, on other data',
      ours: byDigit(['OccamNet', 'all'], ['plain', 'all']),
      verdicts: ['it does', 'less than a plain one'],
      notebook: '26-rich-features',
      pageOnly: true,
    },
    {
      channel: 'architecture',
      claim: '… where the colour tells the digit with a probability of .99, not .95',
      ours: byDigit(['OccamNet', 'all'], ['plain', 'all'], 0.99),
      verdicts: ['it does', 'less than a plain one'],
      notebook: '26-rich-features',
      pageOnly: true,
    },
    {
      channel: 'architecture',
      claim: '… its last exit asked alone: minus the network that leaves early (.95)',
      ours: byDigit(['OccamNet', 'exit 3'], ['OccamNet', 'all']),
      verdicts: ['better', 'worse'],
      notebook: '26-rich-features',
      pageOnly: true,
    },
    {
      channel: 'architecture',
      claim:
        'A convolutional network that learned from digits without labels (SimSiam) saves bits of the labels 20 to 1,000 over an untrained one',
      ours: onFewLabels('digits', convolutional, { ...convolutional, features: 'untrained' }),
      ...withoutLabels,
      pageOnly: false,
    },
    {
      channel: 'architecture',
      claim: '… from photographs of eleven categories, in grey',
      ours: onFewLabels('photographs', convolutional, { ...convolutional, features: 'untrained' }),
      ...withoutLabels,
    },
    {
      channel: 'architecture',
      claim: '… over one without weight sharing, trained alike (digits)',
      ours: onFewLabels('digits', convolutional, { ...convolutional, network: 'no weight sharing' }),
      ...withoutLabels,
    },
    {
      channel: 'architecture',
      claim: '… over one whose pixels are in another order (no locality; digits)',
      ours: onFewLabels('digits', convolutional, { ...convolutional, network: 'no locality' }),
      ...withoutLabels,
    },
    {
      channel: 'amount of data',
      claim:
        'A network finds the rule of an addition table from C · M ln M pairs on: our C minus the published one (the interval: between two n that were tried)',
      ours: border(),
      verdicts: ['later', 'earlier'],
      notebook: '21-grokking-boundary',
    },
    {
      channel: 'measures',
      claim: 'A sine of 8 inputs needs more bits of bias than one of 5, both from 100 points',
      published: 'more',
      ours: bySeed(bitsOnSine({ d: 8, n: 100 }), bitsOnSine({ d: 5, n: 100 })),
      unit: 'bits',
      verdicts: ['holds', 'does not hold'],
      notebook: '23-bits',
    },
    {
      channel: 'measures',
      claim: '… and the released fit of an error distribution comes to the exact bits (5 inputs): fit minus exact',
      ours: bySeed(bitsOnSine({ d: 5, n: 100, fitted: true }), bitsOnSine({ d: 5, n: 100 })),
      unit: 'bits',
      verdicts: ['it says more', 'it says less'],
      notebook: '23-bits',
      pageOnly: true,
    },
  ];
}

/** Claims by channel, as a table of the page of the channels. */
export function channelsTable(claims: ChannelClaim[]): string {
  const rows = claims.map((claim, i) => [
    claim.channel === claims[i - 1]?.channel ? '' : `**${claim.channel}**`,
    ...claimCells(claim, '../notebooks'),
  ]);
  return markdownTable(
    ['channel', 'claim', 'published', 'ours (95 % interval)', 'verdict', 'notebook'],
    rows,
    'llrrll',
  );
}
