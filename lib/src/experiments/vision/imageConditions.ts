/** The conditions of transferred image models that are compared. */
import type { NormalizationMode } from '../../models/imageModel';
import type { ImageInheritFrom } from '../../runs/imageSchemas';

/** One line of the comparison of transferred models. */
export interface ImageCondition {
  inheritFrom: ImageInheritFrom;
  /** What batch normalisation works with; in the mode eval its statistics, weights and biases stay the base's (released). */
  normalization: NormalizationMode;
  /**
   * Which weights of the masked layers train, where a subnetwork is transferred: the others (paper), or, as in the first
   * release, the subnetwork alone.
   */
  trained?: 'rest' | 'subnetwork';
  /** Share of training images that are mean-pooled: above 0 as augmentation. */
  pooledShare: number;
  /** Keeps so large a share of the masked weights, those with the highest scores, in place of those above 0. */
  keptShare?: number;
}

const transferred = (
  inheritFrom: ImageInheritFrom,
  normalization: NormalizationMode,
  trained: 'rest' | 'subnetwork' = 'rest',
): ImageCondition => ({ inheritFrom, normalization, trained, pooledShare: 0 });

/** The subnetwork and its controls, all that the paper lacks included. */
export const SUBNETWORK_CONDITIONS: ImageCondition[] = (['eval', 'train'] as const).flatMap((normalization) =>
  (['subnet', 'subnet_sampled', 'subnet_plain', 'subnet_untrained'] as const).map((inheritFrom) =>
    transferred(inheritFrom, normalization),
  ),
);

/** The paper's baselines: random initialisation, the full model, and both with mean-pooled images as augmentation. */
export const BASELINE_CONDITIONS: ImageCondition[] = [0, 0.5].flatMap((pooledShare) =>
  (['random', 'original'] as const).map((inheritFrom) => ({ inheritFrom, normalization: 'train', pooledShare })),
);

/** The subnetwork trained and the rest frozen, as the first released code did. */
export const REVERSED_CONDITIONS: ImageCondition[] = (['eval', 'train'] as const).map((normalization) =>
  transferred('subnet', normalization, 'subnetwork'),
);

/**
 * The three masks cut to one size, that of the smallest, so that they differ in nothing but what they were trained on and
 * over.
 */
export const MATCHED_CONDITIONS: ImageCondition[] = (['subnet', 'subnet_plain', 'subnet_untrained'] as const).map(
  (inheritFrom) => ({ ...transferred(inheritFrom, 'eval'), keptShare: 0.06 }),
);

export const IMAGE_CONDITIONS: ImageCondition[] = [
  ...SUBNETWORK_CONDITIONS,
  ...BASELINE_CONDITIONS,
  ...REVERSED_CONDITIONS,
  ...MATCHED_CONDITIONS,
];

/** What must be there before a transfer run of a condition. */
export type ImageOrigin = 'none' | 'base' | 'mask' | 'plain mask' | 'untrained mask';

export function imageOriginOf({ inheritFrom }: Pick<ImageCondition, 'inheritFrom'>): ImageOrigin {
  const origins: Record<ImageInheritFrom, ImageOrigin> = {
    random: 'none',
    original: 'base',
    subnet: 'mask',
    subnet_sampled: 'mask',
    subnet_plain: 'plain mask',
    subnet_untrained: 'untrained mask',
  };
  return origins[inheritFrom];
}
