/** The README's table: what is claimed, what the paper published, what our runs say, and where to look. */
import { aq, experiments, op, tables } from '../../../lib/dist/index.js';
import { differenceText, markdownTable } from './markdown.js';

type Table = ReturnType<typeof tables.curves>;
interface Estimate {
  mean: number;
  low: number;
  high: number;
}

const interval = ({ mean, low, high }: Estimate): string =>
  `${differenceText(mean)} (${differenceText(low)} to ${differenceText(high)})`;
const bitsText = ({ mean, low, high }: Estimate): string => {
  const [middle, ...ends] = [mean, low, high].map((value) => differenceText(value, 0));
  return `${middle} bits (${ends.join(' to ')})`;
};
const verdictOf = ({ low, high }: Estimate, above: string, below: string): string =>
  low > 0 ? above : high < 0 ? below : 'not told apart';

/** The only row of a table, as an object; undefined where there is none. */
const only = <Row>(table: Table): Row | undefined => table.objects()[0] as Row | undefined;

/** The mean over depths of the subnetwork's lead over another line, over the n up to 1,000. */
function lead(runs: Table, line: string, whose: 'published' | 'ours'): (Estimate & { depths: number }) | undefined {
  const pairs = runs
    .filter(aq.escape((d: { n: number; whose: string }) => d.n <= 1000 && d.whose === whose))
    .groupby('layers', 'n', 'seed')
    .pivot('line', 'accuracy');
  if (!pairs.columnNames().includes(line) || !pairs.columnNames().includes('subnetwork')) return undefined;
  return only(
    pairs
      .rename({ [line]: 'other' })
      .filter((d) => d.subnetwork != null && d.other != null)
      .derive({ pair: (d) => ({ layers: d.layers, n: d.n, seed: d.seed, first: d.subnetwork, second: d.other }) })
      .ungroup()
      .rollup({ depths: op.distinct('layers'), paired: (d) => op.paired(d.pair) })
      .filter((d) => d.depths > 0)
      .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high }),
  );
}

/** Pairs of our runs at one n and seed, one column minus another. */
function difference(runs: Table, first: string, second: string): (Estimate & { seeds: number }) | undefined {
  const pairs = runs
    .filter((d) => d.whose === 'ours' && d.layers === 2)
    .groupby('n', 'seed')
    .pivot('line', 'accuracy');
  if (![first, second].every((name) => pairs.columnNames().includes(name))) return undefined;
  return only(
    pairs
      .rename({ [first]: 'first', [second]: 'second' })
      .filter((d) => d.first != null && d.second != null)
      .derive({ pair: (d) => ({ n: d.n, seed: d.seed, first: d.first, second: d.second }) })
      .ungroup()
      .rollup({ paired: (d) => op.paired(d.pair) })
      .derive({
        mean: (d) => d.paired.mean,
        low: (d) => d.paired.low,
        high: (d) => d.paired.high,
        seeds: (d) => d.paired.seeds,
      }),
  );
}

/** Frozen minus trainable in the published means over six depths. */
function publishedFrozen(): number | undefined {
  const curves = tables
    .frozenOrTrainable()
    .filter((d) => d.mask === 'discovered')
    .groupby('n')
    .pivot('condition', 'accuracy')
    .filter((d) => d.subnetwork != null && d['subnetwork, trainable'] != null)
    .ungroup()
    .rollup({ gap: (d) => op.mean(d.subnetwork - d['subnetwork, trainable']) });
  return only<{ gap: number }>(curves)?.gap;
}

type ImageMeasure = 'plain' | 'pooled' | 'bias';

/**
 * A measure of transferred image models after training: the subnetwork minus another start, seed by seed, with batch
 * normalisation that stays as in the base (eval), or is each batch's (train).
 */
function imageDifference(
  runs: Table,
  second: string,
  measure: ImageMeasure,
  mode: 'eval' | 'train',
): (Estimate & { runs: number }) | undefined {
  const last = runs
    .filter((d) => d.stage === 'transfer' && d.shapes === 'seen' && d.variant === '')
    .filter(aq.escape((d: { normalization: string; frozen: boolean }) => d.normalization === mode || !d.frozen))
    .groupby('run')
    .filter((d) => d.step === op.max(d.step))
    .derive({ bias: (d) => d.shape / (d.shape + d.texture) })
    .groupby('seed')
    .pivot('start', measure);
  if (!['subnetwork', second].every((name) => last.columnNames().includes(name))) return undefined;
  return only(
    last
      .rename({ [second]: 'other' })
      .filter((d) => d.subnetwork != null && d.other != null)
      .derive({ pair: (d) => ({ first: d.subnetwork, second: d.other }) })
      .ungroup()
      .rollup({ of: (d) => op.difference(d.pair) })
      .derive({ mean: (d) => d.of.mean, low: (d) => d.of.low, high: (d) => d.of.high, runs: (d) => d.of.runs }),
  );
}

/** The lead of the subnetwork over random init that figure 4 ends with (ResNet-18). */
function publishedImageLead(images: 'plain images' | 'mean-pooled images'): number | undefined {
  const last = tables
    .figure4()
    .filter((d) => d.model === 'ResNet-18')
    .filter(aq.escape((d: { images: string }) => d.images === images))
    .groupby('condition')
    .filter((d) => d.step === op.max(d.step))
    .ungroup()
    .groupby('images')
    .pivot('condition', 'accuracy');
  const found = only<Record<string, number>>(last);
  return found && found.subnetwork - found['random init'];
}

/** Our accuracies at the n of the channels (2 layers): condition, n, seed, accuracy. */
function channelRuns(): Table {
  const columns = ['condition', 'n', 'seed', 'accuracy'];
  const older = tables
    .curves({ layers: [2] })
    .filter((d) => d.whose === 'ours')
    .derive({ condition: (d) => d.line });
  const read = tables
    .readouts()
    .filter((d) => d.features === 'base' && d.target === 'a^2 + ab' && d.strength === 0.001)
    .derive({ condition: () => 'readout of the base' });
  const newer = tables.channels().filter((d) => d.layers === 2 && d.condition === 'probe first');
  return older
    .select(columns)
    .concat(read.select(columns), newer.select(columns))
    .filter(aq.escape((d: { n: number }) => experiments.CHANNEL_SIZES.includes(d.n)));
}

/** Bits of the first `labels` that one condition saves over another, seed by seed, at the n that both have for every seed. */
function bitsSaved(by: string, over: string): (Estimate & { labels: number }) | undefined {
  const runs = channelRuns();
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
    .rollup({ saved: (d) => op.codeLength(d.theirs) - op.codeLength(d.own) })
    .ungroup();
  const estimate = only<Estimate>(
    saved.rollup({ mean: op.mean('saved'), low: op.low('saved'), high: op.high('saved') }),
  );
  return estimate && { ...estimate, labels };
}

/** The mean difference subnetwork minus full model over all targets with the term ab, or without. */
function targets(hasProduct: boolean): Estimate | undefined {
  const pairs = tables
    .targets()
    .filter(aq.escape((d: { hasProduct: boolean }) => d.hasProduct === hasProduct))
    .groupby('n', 'target', 'seed')
    .pivot('condition', 'accuracy');
  if (!['subnetwork', 'full model'].every((name) => pairs.columnNames().includes(name))) return undefined;
  const estimate = pairs
    .filter((d) => d.subnetwork != null && d['full model'] != null)
    .derive({ pair: (d) => ({ first: d.subnetwork, second: d['full model'] }) })
    .groupby('n', 'target')
    .rollup({ at: (d) => op.difference(d.pair, 1000) })
    .derive({ estimate: (d) => ({ mean: d.at.mean, low: d.at.low, high: d.at.high }) });
  return only(
    estimate
      .rollup({ over: (d) => op.combined(d.estimate) })
      .derive({ mean: (d) => d.over.mean, low: (d) => d.over.low, high: (d) => d.over.high }),
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

function meanOf(values: number[]): Estimate | undefined {
  if (values.length === 0) return undefined;
  const rows = aq.from(values.map((value) => ({ value })));
  return only(rows.rollup({ mean: op.mean('value'), low: op.low('value'), high: op.high('value') }));
}

/** The table of claims as Markdown. */
export function claims(): string {
  const runs = tables.curves();
  const figure = tables.curves({ conditions: ['subnetwork', 'full model', 'random init', 'sampled control'] });
  const rows: string[][] = [];
  const add = (claim: string, published: string, ours: Estimate | undefined, verdict: string, notebook: string) => {
    const [number, name] = notebook.split(' ');
    rows.push([
      claim,
      published,
      ours ? interval(ours) : 'no runs yet',
      ours ? verdict : '–',
      `[${number}](notebooks/${number}-${name}.ipynb)`,
    ]);
  };
  for (const [line, label] of [
    ['random init', 'one that starts from nothing'],
    ['full model', 'one that starts from the whole base'],
    ['sampled control, as released', 'random weights, drawn as the code does'],
  ]) {
    const ours = lead(figure, line, 'ours');
    const published = lead(figure, line.replace(', as released', ''), 'published');
    const claim = `A model with the subnetwork is ahead of ${label} (mean over ${ours?.depths ?? 0} depths)`;
    add(
      claim,
      published ? interval(published) : '–',
      ours,
      ours ? verdictOf(ours, 'holds', 'does not hold') : '',
      '04 main-figure',
    );
  }
  const described = difference(runs, 'subnetwork', 'sampled control, as described');
  add(
    '… and of random weights, as many as the paper describes (2 layers)',
    '–',
    described,
    described ? verdictOf(described, 'holds', 'does not hold') : '',
    '07 controls',
  );
  const untrained = difference(runs, 'untrained subnetwork', 'random init');
  add(
    'Training a mask over an untrained model helps by itself (2 layers; control of this project)',
    '–',
    untrained,
    untrained ? verdictOf(untrained, 'it does', 'it hurts') : '',
    '07 controls',
  );
  const frozen = difference(runs, 'subnetwork', 'subnetwork, trainable');
  const gap = publishedFrozen();
  add(
    'The transferred weights may as well train: frozen − trainable (ours: 2 layers)',
    gap === undefined ? '–' : differenceText(gap),
    frozen,
    frozen ? verdictOf(frozen, 'freezing helps', 'training helps') : '',
    '06 frozen-or-trainable',
  );
  const [withProduct, without] = [targets(true), targets(false)];
  add(
    'Targets with ab gain from the subnetwork, against the full model',
    '–',
    withProduct,
    withProduct ? verdictOf(withProduct, 'they do', 'they lose') : '',
    '08 other-targets',
  );
  add(
    '… and targets without ab',
    '–',
    without,
    without ? verdictOf(without, 'they gain', 'they lose') : '',
    '08 other-targets',
  );
  const onPhotographs = tables.photographs().filter((d) => d.model === 'ResNet');
  const [slow, adam] = ['published SGD', 'as it is'];
  for (const [changed, claim, against, measure, mode, images] of [
    [
      slow,
      'On photographs, trained as published: the subnetwork minus random init',
      'random init',
      'plain',
      'eval',
      'plain images',
    ],
    [slow, '… on mean-pooled ones', 'random init', 'pooled', 'eval', 'mean-pooled images'],
    [slow, '… plain, minus a random mask, with batch statistics', 'random mask', 'plain', 'train', undefined],
    [slow, '… the same on mean-pooled ones', 'random mask', 'pooled', 'train', undefined],
    [slow, '… and the shape bias on real cue conflicts', 'random mask', 'bias', 'train', undefined],
    [adam, '… plain, minus random init, trained faster (AdamW)', 'random init', 'plain', 'eval', undefined],
    [adam, '… and the shape bias, minus a random mask (AdamW)', 'random mask', 'bias', 'eval', undefined],
  ] as const) {
    const own = onPhotographs.filter(aq.escape((d: { changed: string }) => d.changed === changed));
    const ours = imageDifference(own, against, measure, mode);
    const published = images && publishedImageLead(images);
    add(
      claim,
      published === undefined ? '–' : differenceText(published),
      ours,
      ours ? verdictOf(ours, 'more', 'less') : '',
      '14 photographs',
    );
  }
  for (const [by, over, claim] of [
    ['subnetwork', 'random init', 'The subnetwork saves labels over random init'],
    ['readout of the base', 'subnetwork', '… and a linear readout of the frozen base over the subnetwork'],
    ['probe first', 'full model', '… and the base with that readout put in first over the base as it is'],
  ]) {
    const saved = bitsSaved(by, over);
    const { labels = 0 } = saved ?? {};
    rows.push([
      `${claim}: bits of the first ${labels.toLocaleString('en-US')} (2 layers; measure of this project)`,
      '–',
      saved ? bitsText(saved) : 'no runs yet',
      saved ? verdictOf(saved, 'it does', 'it costs bits') : '–',
      '[20](notebooks/20-which-channel.ipynb)',
    ]);
  }
  const mask = onRandomNetworks('weight mask', 'everything');
  add(
    `A mask over ${mask?.width ?? 0} random units reads digits: accuracy minus that of training everything`,
    '–',
    mask,
    mask ? verdictOf(mask, 'better', 'less well') : '',
    '24 masks-on-random-networks',
  );
  const biases = onRandomNetworks('biases', 'unit mask');
  add(
    `… and training the biases of ${biases?.width ?? 0} random units is better than masking the units`,
    'slightly',
    biases,
    biases ? verdictOf(biases, 'holds', 'does not hold') : '',
    '24 masks-on-random-networks',
  );
  const more = available();
  add(
    'A cue that is 8 times as large, and no better, gains weight behind one hidden ReLU layer: shortcut bias',
    '–',
    more,
    more ? verdictOf(more, 'it does', 'it loses') : '',
    '22 easy-features-win',
  );
  for (const [depth, claim, published] of [
    [
      2,
      'Of two features learnt equally well, the easy one explains more of the activations: R² easy − hard, 2 hidden layers (published: a summary by an author)',
      differenceText(easyMinusHard()),
    ],
    [4, '… and with 4 hidden layers', '–'],
  ] as const) {
    const easier = represented(depth);
    const verdict = easier ? verdictOf(easier, 'holds', 'the hard one does') : '';
    add(claim, published, easier, verdict, '22 easy-features-win');
  }
  for (const [other, claim, published, above, below] of [
    [
      'untrained',
      'Gradients of a network that has learned a curve are a better kernel for the next than before: log₂ of the ratio of errors',
      '–',
      'does not hold',
      'holds',
    ],
    ['fine_tuned', '… than fine-tuning the network', 'as good or better', 'worse', 'better'],
    ['rbf', '… than an RBF kernel of width 1', '–', 'worse', 'better'],
  ] as const) {
    const ratio = onCurves(other);
    add(claim, published, ratio, ratio ? verdictOf(ratio, above, below) : '', '27 jacobian-kernel');
  }
  return markdownTable(['claim', 'published', 'ours (95 % interval)', 'verdict', 'notebook'], rows, 'lrrll');
}
