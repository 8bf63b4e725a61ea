/** What the conditions of an image transfer are called where people read: in progress bars, charts and tables. */
import type { ImageInheritFrom } from '../../runs/imageSchemas';
import type { ImageTransferSettings } from './imageSettings';

export const IMAGE_CONDITION_NAMES: Readonly<Record<ImageInheritFrom, string>> = {
  subnet: 'subnetwork',
  subnet_sampled: 'random mask',
  subnet_plain: 'mask of plain images',
  subnet_untrained: 'mask of an untrained network',
  original: 'full model',
  random: 'random init',
};

/** A condition in words, such as "full model, augmented". */
export function imageConditionName(condition: {
  inheritFrom: ImageInheritFrom;
  trained?: 'rest' | 'subnetwork' | null;
  pooledShare: number;
  keptShare?: number | null;
}): string {
  const { inheritFrom, trained, pooledShare, keptShare } = condition;
  const parts = [
    IMAGE_CONDITION_NAMES[inheritFrom],
    trained === 'subnetwork' && 'trained, rest frozen',
    pooledShare > 0 && 'augmented',
    typeof keptShare === 'number' && `${Math.round(100 * keptShare)} % kept`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** A transfer run in words, such as "random mask, normalisation eval, seed 1". */
export function imageTransferTitle(settings: ImageTransferSettings): string {
  return `${imageConditionName(settings)}, normalisation ${settings.normalization}, seed ${settings.seed}`;
}
