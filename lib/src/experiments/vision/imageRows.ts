/** The rows that vision runs put into shape-bias.csv and image-subnetworks.csv. */
import {
  type ImageInheritFrom,
  type ImageSubnetworkRow,
  imageSubnetworksSchema,
  type ShapeBiasRow,
  shapeBiasSchema,
} from '../../runs/imageSchemas';
import { appendRows } from '../../runs/resultsTable';
import { elementCount } from '../../tensorflow/hostTensor';
import type { EpochRecord } from '../../training/fit';
import type { ImageRunResult } from './finalModel';
import type { ImageBase } from './imageBase';
import type { ImageCondition } from './imageConditions';
import type { ImageMask } from './imageDiscovery';
import { type ImageMeasures, measuresOf } from './imageMeasures';
import { imageModelOf } from './imageModels';
import type { ImagePreset } from './imagePresets';
import {
  type ImageBaseSettings,
  type ImageChainSettings,
  type ImageModelSettings,
  imagesOf,
  isUntrainedImageBase,
} from './imageSettings';
import type { ImageStartsFrom } from './imageStartingPoint';
import type { ImageTransfer } from './imageTransfer';

/** The tables' folder (without one, nothing is gathered), and the preset that the rows are of. */
interface Tables {
  tables?: string;
  preset: ImagePreset;
}

const runColumns = ({ model, data, pooledShare, seed }: ImageBaseSettings, preset: ImagePreset) => ({
  preset,
  model: model.architecture,
  images: imagesOf(data),
  base_pooled_share: pooledShare,
  seed,
});

/** The rows of chains with these settings, whatever their seed. */
export function rowsOfChains<Row extends Omit<ReturnType<typeof runColumns>, 'seed'>>(
  rows: readonly Row[],
  settings: ImageChainSettings,
  preset: ImagePreset,
): Row[] {
  const { seed, ...columns } = runColumns(settings.base, preset);
  const same = Object.entries(columns);
  return rows.filter((row) => same.every(([name, value]) => row[name as keyof typeof columns] === value));
}

/** What tells the rows of a transfer run from those of other runs: the key of shape-bias.csv but for time and images. */
export function shapeBiasKey(settings: ImageChainSettings, condition: ImageCondition, preset: ImagePreset) {
  return {
    ...runColumns(settings.base, preset),
    stage: 'transfer' as const,
    inherit_from: condition.inheritFrom,
    normalization: condition.normalization,
    trained: condition.trained ?? null,
    pooled_share: condition.pooledShare,
    kept_share: condition.keptShare ?? null,
  };
}

/** Rows of a transfer run: before training, at every measurement, and at the end on other drawings. */
export function transferRows(
  settings: ImageChainSettings,
  condition: ImageCondition,
  { id, log, result }: ImageTransfer,
  { base, mask }: ImageStartsFrom,
  preset: ImagePreset,
): ShapeBiasRow[] {
  const { kept, total } = result;
  const common = {
    ...shapeBiasKey(settings, condition, preset),
    kept,
    total,
    run: id as string,
    base_run: base?.id ?? null,
    mask_run: mask?.id ?? null,
  };
  return rowsOver(common, log, result);
}

/** Puts the rows of a finished base into shape-bias.csv. */
export function gatherImageBase({ id, settings, log, result }: ImageBase, { tables, preset }: Tables): void {
  if (!tables) return;
  const weights = maskedWeights(settings.model);
  const common = {
    ...runColumns(settings, preset),
    stage: 'base' as const,
    ...noTransfer,
    inherit_from: null,
    pooled_share: settings.pooledShare,
    kept: weights,
    total: weights,
    run: id as string,
    base_run: null,
  };
  appendRows(`${tables}/shape-bias.csv`, shapeBiasSchema, rowsOver(common, log, result));
}

/** Puts the rows of a finished mask into shape-bias.csv (measured hard, after every epoch) and image-subnetworks.csv. */
export function gatherImageMask(
  chain: ImageChainSettings,
  base: ImageBase,
  mask: ImageMask,
  { tables, preset }: Tables,
): void {
  if (!tables) return;
  const { log, result, id, settings } = mask;
  const inheritFrom = inheritFromOf(mask);
  const common = {
    ...runColumns(chain.base, preset),
    stage: 'mask' as const,
    ...noTransfer,
    inherit_from: inheritFrom,
    pooled_share: settings.pooledShare,
    total: result.total,
    run: id as string,
    base_run: base.id as string,
    shapes: 'seen' as const,
  };
  const rows = log.map((record) => ({ ...common, ...timeOf(record), ...measuresOf(record), kept: record.kept }));
  appendRows(`${tables}/shape-bias.csv`, shapeBiasSchema, rows);
  const layers = Object.entries(mask.subnetwork).map(
    ([parameter, { keep }], position): ImageSubnetworkRow => ({
      ...runColumns(chain.base, preset),
      inherit_from: inheritFrom,
      position,
      parameter,
      kept: result.layers[parameter],
      total: keep.length,
      run: id as string,
      base_run: base.id as string,
    }),
  );
  appendRows(`${tables}/image-subnetworks.csv`, imageSubnetworksSchema, layers);
}

const noTransfer = { normalization: null, trained: null, kept_share: null, mask_run: null };

/** The transfer that a mask is for. */
function inheritFromOf({ settings: { base, pooledShare } }: ImageMask): ImageInheritFrom {
  if (isUntrainedImageBase(base)) return 'subnet_untrained';
  return pooledShare > 0 ? 'subnet' : 'subnet_plain';
}

function maskedWeights(settings: ImageModelSettings): number {
  const { maskedWeights, shapes } = imageModelOf(settings);
  return maskedWeights.reduce((sum, name) => sum + elementCount(shapes[name]), 0);
}

type Common = Omit<ShapeBiasRow, 'shapes' | 'epoch' | 'step' | 'train_loss' | keyof ImageMeasures>;

function rowsOver(common: Common, log: EpochRecord[], { start, held_out }: ImageRunResult): ShapeBiasRow[] {
  const seen = { ...common, shapes: 'seen' as const };
  const end = log.at(-1);
  const rows: ShapeBiasRow[] = [
    { ...seen, epoch: 0, step: 0, train_loss: null, ...start },
    ...log.map((record) => ({ ...seen, ...timeOf(record), ...measuresOf(record) })),
  ];
  if (held_out && end) rows.push({ ...common, shapes: 'held out', ...timeOf(end), ...held_out });
  return rows;
}

const timeOf = ({ epoch, step, train_loss }: EpochRecord) => ({ epoch, step, train_loss });
