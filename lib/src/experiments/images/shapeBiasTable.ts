/** The table shape-bias.csv: a row for an image network at one time of its training. */
import { count, oneOf, optional, positive, type RowIn, runOf, share, table, text } from '../../runs/columns';
import type { EpochRecord } from '../../training/fit';
import { type ImageMeasures, measuresOf } from './imageMeasures';
import { IMAGE_PRESETS, type ImagePreset } from './imagePresets';
import {
  IMAGE_ARCHITECTURES,
  IMAGE_INHERIT_FROM,
  type ImageBaseSettings,
  type ImageChainSettings,
  imagesOf,
} from './imageSettings';
import type { ImageRunResult } from './imageTraining';
import { PHOTOGRAPH_CHANGES, type PhotographChange } from './photographChanges';

const CHANGES = Object.keys(PHOTOGRAPH_CHANGES) as PhotographChange[];

/** What an image run says of itself in every row. */
export const imageRunKinds = {
  preset: oneOf(IMAGE_PRESETS),
  model: oneOf(IMAGE_ARCHITECTURES),
  images: text('photographs, or how drawn ones vary', /^[a-z][a-z0-9., -]*$/),
  base_pooled_share: share("share of mean-pooled images in the base's training"),
  changed: optional(oneOf(CHANGES, "what is changed in the preset's settings; empty: nothing")),
  seed: count(),
};
export const imageRunKey = ['preset', 'model', 'images', 'base_pooled_share', 'changed', 'seed'] as const;

export const imageConditionKinds = {
  inherit_from: optional(
    oneOf(
      IMAGE_INHERIT_FROM,
      'what a transfer starts from (`subnet_plain`: by a mask of plain images); of a mask, the transfer that it is for; empty for a base',
    ),
  ),
  normalization: optional(oneOf(['eval', 'train'], "batch statistics: `eval` the base's, `train` each batch's")),
  trained: optional(
    oneOf(
      ['rest', 'subnetwork', 'classifier'],
      'of the masked weights, or a new classifier alone; empty where all weights train',
    ),
  ),
  pooled_share: share("share of mean-pooled images in the run's own training"),
  kept_share: optional(share('the share of weights that was asked for; empty where the mask decides')),
};
export const imageConditionKey = ['inherit_from', 'normalization', 'trained', 'pooled_share', 'kept_share'] as const;

export const shapeBiasSchema = table('shape-bias.csv', {
  row: 'an image network at one time of its training',
  columns: {
    ...imageRunKinds,
    stage: oneOf(['base', 'mask', 'transfer'], '`mask`: the base with the hard mask'),
    ...imageConditionKinds,
    shapes: oneOf(['seen', 'held out'], 'whether training has shown the drawings of the validation images'),
    epoch: positive('parts of one included; 0 is before training'),
    step: count(),
    train_loss: optional(positive()),
    plain_accuracy: share('mean over the categories, of plain validation images'),
    pooled_accuracy: share('of mean-pooled ones'),
    conflict_images: count('whose shape and texture are of different categories', { min: 1 }),
    shape_decisions: count('on them'),
    texture_decisions: count(),
    kept: count('masked weights that are kept or transferred'),
    total: count('', { min: 1 }),
    run: runOf(),
    base_run: optional(runOf()),
    mask_run: optional(runOf()),
  },
  key: [...imageRunKey, 'stage', ...imageConditionKey, 'shapes', 'epoch'],
  rule(row) {
    const { stage, inherit_from, trained, normalization, shape_decisions, texture_decisions, conflict_images } = row;
    if ((inherit_from === null) !== (stage === 'base')) return 'inherit_from is empty exactly for a base';
    if ((normalization !== null) !== (stage === 'transfer')) return 'normalization is given exactly for a transfer';
    const ofSubnetwork = stage === 'transfer' && String(inherit_from).startsWith('subnet');
    if (trained !== 'classifier' && (trained !== null) !== ofSubnetwork) {
      return 'trained is given exactly where a part of the weights trains';
    }
    if (shape_decisions + texture_decisions > conflict_images) {
      return `there are more decisions for shape and texture than the ${conflict_images} images`;
    }
    if (row.kept > row.total) return `${row.kept} weights are kept of ${row.total}`;
    if ((row.base_run !== null) !== (stage !== 'base' && inherit_from !== 'random')) {
      return 'base_run is given exactly where a run starts from a base';
    }
    if ((row.mask_run !== null) !== ofSubnetwork) return 'mask_run is given exactly where a subnetwork is transferred';
    return undefined;
  },
});
export type ShapeBiasRow = RowIn<typeof shapeBiasSchema>;

/** `changed`: what distinguishes the chain from the preset's. */
export const imageRunColumns = (
  { model, data, pooledShare, seed }: ImageBaseSettings,
  preset: string,
  changed: PhotographChange | null = null,
) => ({
  preset: preset as ImagePreset,
  model: model.architecture,
  images: imagesOf(data),
  base_pooled_share: pooledShare,
  changed,
  seed,
});

/** The rows of chains with these settings, whatever their seed; `changed` ones are others. */
export function rowsOfChains<Row extends Omit<ReturnType<typeof imageRunColumns>, 'seed'>>(
  rows: readonly Row[],
  settings: ImageChainSettings,
  preset: string,
): Row[] {
  const { seed: _, ...columns } = imageRunColumns(settings.base, preset);
  const same = Object.entries(columns);
  return rows.filter((row) => same.every(([name, value]) => row[name as keyof typeof columns] === value));
}

/** The columns of a transfer, where there is none. */
export const noTransfer = { normalization: null, trained: null, kept_share: null, mask_run: null };

export const timeOf = ({ epoch, step, train_loss }: EpochRecord) => ({ epoch, step, train_loss });

/** The rows of a run: before training, at every measurement, and at the end on other drawings. */
export function rowsOver(
  common: Omit<ShapeBiasRow, 'shapes' | 'epoch' | 'step' | 'train_loss' | keyof ImageMeasures>,
  log: EpochRecord[],
  { start, held_out }: ImageRunResult,
): ShapeBiasRow[] {
  const seen = { ...common, shapes: 'seen' as const };
  const end = log.at(-1);
  const rows: ShapeBiasRow[] = [
    { ...seen, epoch: 0, step: 0, train_loss: null, ...start },
    ...log.map((record) => ({ ...seen, ...timeOf(record), ...measuresOf(record) })),
  ];
  if (held_out && end) rows.push({ ...common, shapes: 'held out', ...timeOf(end), ...held_out });
  return rows;
}
