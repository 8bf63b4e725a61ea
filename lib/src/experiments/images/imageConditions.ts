/** The conditions of transferred image models that are compared. */
import type { NormalizationMode } from '../../models/imageModel';

/**
 * What a transferred image model starts from: the subnetwork of mean-pooled images, a random mask of its size in every layer,
 * the mask of plain images, the mask of a network that was never trained, the full base, or nothing.
 */
export const IMAGE_INHERIT_FROM = [
  'subnet',
  'subnet_sampled',
  'subnet_plain',
  'subnet_untrained',
  'original',
  'random',
] as const;
export type ImageInheritFrom = (typeof IMAGE_INHERIT_FROM)[number];

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

/**
 * What a condition may be called where it is asked for: by the columns of the tables, such as "subnet:eval" or, for all of
 * its kind, "subnet"; or in words, "subnetwork".
 */
export function imageConditionNames(condition: ImageCondition): string[] {
  const { inheritFrom, normalization, trained, pooledShare, keptShare } = condition;
  const more = [trained === 'subnetwork' && 'reversed', pooledShare > 0 && 'augmented', keptShare];
  const key = [inheritFrom, normalization, ...more].filter(Boolean).join(':');
  return [...new Set([key, key.replace(`:${normalization}`, ''), imageConditionName(condition)])];
}
