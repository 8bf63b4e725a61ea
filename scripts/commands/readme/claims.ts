/** The claims of the paper: arithmetic, and vision on photographs. */
import { aq, op, tables, tasks } from '../../../lib/dist/index.js';
import { type Claim, type Estimate, only, type Table } from './claim.js';

/** One line minus another at the same depth, n and seed: the mean over depths. */
function difference(runs: Table, first: string, second: string): (Estimate & { depths: number }) | undefined {
  const pairs = runs.groupby('layers', 'n', 'seed').pivot('line', 'accuracy');
  if (![first, second].every((name) => pairs.columnNames().includes(name))) return undefined;
  return only(
    pairs
      .rename({ [first]: 'first', [second]: 'second' })
      .filter((d) => d.first != null && d.second != null)
      .derive({ pair: (d) => ({ layers: d.layers, n: d.n, seed: d.seed, first: d.first, second: d.second }) })
      .ungroup()
      .rollup({ depths: op.distinct('layers'), paired: (d) => op.paired(d.pair) })
      .filter((d) => d.depths > 0)
      .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high }),
  );
}

/** The subnetwork's lead over another line, over the n up to 1,000. */
const lead = (runs: Table, line: string, whose: 'published' | 'ours') =>
  difference(
    runs.filter(aq.escape((d: { n: number; whose: string }) => d.n <= 1000 && d.whose === whose)),
    'subnetwork',
    line,
  );

/** Frozen minus trainable in the published means over six depths, n up to 1,000. */
function publishedFrozen(): number | undefined {
  const curves = tables
    .frozenOrTrainable()
    .filter((d) => d.mask === 'discovered' && d.n <= 1000)
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
 * normalisation that stays as in the base (eval), or is each batch's (train); a ViT has none.
 */
function imageDifference(
  runs: Table,
  second: string,
  measure: ImageMeasure,
  mode: 'eval' | 'train' | '–',
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

/** The lead of the subnetwork over random init that figure 4 ends with. */
function publishedImageLead(network: 'ResNet-18' | 'ViT-B/16', kind: 'plain' | 'mean-pooled'): number | undefined {
  const last = tables
    .figure4()
    .filter(aq.escape((d: Record<string, string>) => d.model === network && d.images === `${kind} images`))
    .groupby('condition')
    .filter((d) => d.step === op.max(d.step))
    .ungroup()
    .groupby('images')
    .pivot('condition', 'accuracy');
  const found = only<Record<string, number>>(last);
  return found && found.subnetwork - found['random init'];
}

/** Subnetwork minus full model: the mean over all targets of a kind, n up to 1,000; the interval draws targets and seeds anew. */
function targets(kind: 'with ab' | 'without ab'): Estimate | undefined {
  const runs = tables
    .targets()
    .filter(aq.escape((d: { kind: string; n: number }) => d.kind === kind && d.n <= 1000))
    .groupby('n', 'target', 'seed')
    .pivot('condition', 'accuracy');
  if (!['subnetwork', 'full model'].every((name) => runs.columnNames().includes(name))) return undefined;
  type Mean = { target: tasks.Expression; seed: number; first: number; second: number };
  return only(
    runs
      .filter((d) => d.subnetwork != null && d['full model'] != null)
      .groupby('target', 'seed')
      .rollup({ first: op.mean('subnetwork'), second: op.mean('full model') })
      .derive({ pair: aq.escape((d: Mean) => ({ ...d, n: tasks.EXPRESSIONS.indexOf(d.target) })) })
      .ungroup()
      .rollup({ paired: (d) => op.paired(d.pair) })
      .derive({ mean: (d) => d.paired.mean, low: (d) => d.paired.low, high: (d) => d.paired.high }),
  );
}

/** The paper's claims, in the order of the notebooks. */
export function paperClaims(): Claim[] {
  const runs = tables.curves();
  const figure = tables.curves({ conditions: ['subnetwork', 'full model', 'random init', 'sampled control'] });
  const holds: Claim['verdicts'] = ['holds', 'does not hold'];
  const leads = [
    ['random init', 'one that starts from nothing'],
    ['full model', 'one that starts from the whole base'],
    ['sampled control, as released', 'weights chosen at random as the code does, nearly all'],
  ].map(([line, label]): Claim => {
    const ours = lead(figure, line, 'ours');
    return {
      claim: `A model with the subnetwork is ahead of ${label} (mean over ${ours?.depths ?? 0} depths)`,
      published: lead(figure, line.replace(', as released', ''), 'published'),
      ours,
      verdicts: holds,
      notebook: '04-main-figure',
    };
  });
  const described = lead(runs, 'sampled control, as described', 'ours');
  const trainable = lead(runs, 'subnetwork, trainable', 'ours');
  return [
    ...leads,
    {
      claim: `… and of weights chosen at random, as many as the subnetwork has (mean over ${described?.depths ?? 0} depths)`,
      ours: described,
      verdicts: holds,
      notebook: '07-controls',
    },
    {
      claim: 'Training a mask over an untrained model helps by itself (2 layers; control of this project)',
      ours: difference(
        runs.filter((d) => d.whose === 'ours' && d.layers === 2),
        'untrained subnetwork',
        'random init',
      ),
      verdicts: ['it does', 'it hurts'],
      notebook: '07-controls',
    },
    {
      claim: `The transferred weights may as well train: frozen − trainable (mean over ${trainable?.depths ?? 0} depths)`,
      published: publishedFrozen(),
      ours: trainable,
      verdicts: ['freezing helps', 'training helps'],
      notebook: '06-frozen-or-trainable',
    },
    {
      claim: 'Targets with ab gain from the subnetwork, against the full model (over targets and seeds)',
      ours: targets('with ab'),
      verdicts: ['they do', 'they lose'],
      notebook: '08-other-targets',
    },
    {
      claim: '… and targets without ab',
      ours: targets('without ab'),
      verdicts: ['they gain', 'they lose'],
      notebook: '08-other-targets',
    },
    ...onPhotographs(),
  ];
}

function onPhotographs(): Claim[] {
  const all = tables.photographs();
  const of = (network: string, changed: string) =>
    all.filter(aq.escape((d: Record<string, string>) => d.model === network && d.changed === changed));
  const slow = of('ResNet', 'published SGD');
  const [adam, vit] = ['ResNet', 'ViT'].map((network) => of(network, 'as it is'));
  const verdicts: Claim['verdicts'] = ['more', 'less'];
  const notebook = '14-photographs';
  return [
    {
      claim: 'On photographs, trained as published: the subnetwork minus random init',
      published: publishedImageLead('ResNet-18', 'plain'),
      ours: imageDifference(slow, 'random init', 'plain', 'eval'),
    },
    {
      claim: '… on mean-pooled ones',
      published: publishedImageLead('ResNet-18', 'mean-pooled'),
      ours: imageDifference(slow, 'random init', 'pooled', 'eval'),
    },
    {
      claim: '… plain, minus a random mask, with batch statistics',
      ours: imageDifference(slow, 'random mask', 'plain', 'train'),
    },
    { claim: '… the same on mean-pooled ones', ours: imageDifference(slow, 'random mask', 'pooled', 'train') },
    {
      claim: '… and the shape bias on real cue conflicts',
      ours: imageDifference(slow, 'random mask', 'bias', 'train'),
    },
    {
      claim: '… plain, minus random init, trained faster (AdamW)',
      ours: imageDifference(adam, 'random init', 'plain', 'eval'),
    },
    {
      claim: '… and the shape bias, minus a random mask (AdamW)',
      ours: imageDifference(adam, 'random mask', 'bias', 'eval'),
    },
    {
      claim: '… plain, minus random init, in a ViT (AdamW)',
      published: publishedImageLead('ViT-B/16', 'plain'),
      ours: imageDifference(vit, 'random init', 'plain', '–'),
    },
    {
      claim: '… and on mean-pooled ones, minus a mask of plain images, in a ViT (AdamW)',
      ours: imageDifference(vit, 'mask of plain images', 'pooled', '–'),
    },
  ].map((claim) => ({ ...claim, verdicts, notebook }));
}
