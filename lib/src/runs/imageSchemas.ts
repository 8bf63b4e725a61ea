/** The tables in data/results that the vision experiments fill. */
import { STIMULI, type StimuliKind } from '../images/stimuli';
import { count, oneOf, optional, runOf, share } from './columns';
import type { TableSchema } from './tableSchema';

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

/** What an image run says of itself in every row. */
interface ImageRunColumns {
  preset: 'paper' | 'laptop' | 'quick';
  model: 'resnet' | 'vit';
  /** What the images are: photographs, or how drawn ones vary. */
  images: string;
  /** Share of mean-pooled images in the training of the base. */
  base_pooled_share: number;
  seed: number;
}

/** data/results/shape-bias.csv: one run at one time; epoch 0 is before training. */
export interface ShapeBiasRow extends ImageRunColumns {
  /** base: the base model; mask: the base with the hard mask; transfer: a transferred model. */
  stage: 'base' | 'mask' | 'transfer';
  /** Of a transfer, what it starts from; of a mask, the transfer that it is for; empty for a base. */
  inherit_from: ImageInheritFrom | null;
  normalization: 'eval' | 'train' | null;
  /** Which masked weights train; empty where no subnetwork is transferred. */
  trained: 'rest' | 'subnetwork' | null;
  /** Share of mean-pooled images in the run's own training. */
  pooled_share: number;
  /** The share of weights that was asked for; empty where the mask decides. */
  kept_share: number | null;
  /** The drawings of the validation images: those of training, or others (last epoch only). */
  shapes: 'seen' | 'held out';
  /** Epochs of training so far, parts of one included. */
  epoch: number;
  step: number;
  train_loss: number | null;
  /** Mean over the categories, of plain and of mean-pooled validation images. */
  plain_accuracy: number;
  pooled_accuracy: number;
  /** Images whose shape and texture are of different categories, and decisions for each cue. */
  conflict_images: number;
  shape_decisions: number;
  texture_decisions: number;
  /** Masked weights that are kept (mask) or transferred, and all of them. */
  kept: number;
  total: number;
  run: string;
  base_run: string | null;
  mask_run: string | null;
}

/** data/results/image-subnetworks.csv: one masked weight of one mask. */
export interface ImageSubnetworkRow extends ImageRunColumns {
  /** The transfer that the mask is for: subnet, subnet_plain or subnet_untrained. */
  inherit_from: ImageInheritFrom;
  /** Position from the input. */
  position: number;
  parameter: string;
  kept: number;
  total: number;
  run: string;
  base_run: string;
}

/** data/results/real-stimuli.csv: a base or transferred model, after training, on one kind of real stimuli. */
export interface RealStimuliRow
  extends ImageRunColumns,
    Pick<ShapeBiasRow, 'inherit_from' | 'normalization' | 'trained' | 'pooled_share' | 'kept_share'> {
  stage: 'base' | 'transfer';
  stimuli: StimuliKind;
  /** How many there were; of cue-conflict images, those whose cues disagree. */
  stimuli_shown: number;
  /** Decisions for the category of the shape, and for that of the texture where there is one. */
  shape_decisions: number;
  texture_decisions: number | null;
  run: string;
}

const runColumns = [
  oneOf('preset', ['paper', 'laptop', 'quick']),
  oneOf('model', ['resnet', 'vit']),
  { name: 'images', type: 'text', pattern: /^[a-z][a-z0-9., -]*$/ },
  share('base_pooled_share'),
  count('seed'),
] as const;
const runKey = ['preset', 'model', 'images', 'base_pooled_share', 'seed'] as const;

const conditionColumns = [
  optional(oneOf('inherit_from', IMAGE_INHERIT_FROM)),
  optional(oneOf('normalization', ['eval', 'train'])),
  optional(oneOf('trained', ['rest', 'subnetwork'])),
  share('pooled_share'),
  optional(share('kept_share')),
] as const;
const conditionKey = ['inherit_from', 'normalization', 'trained', 'pooled_share', 'kept_share'] as const;

export const shapeBiasSchema: TableSchema<ShapeBiasRow> = {
  columns: [
    ...runColumns,
    oneOf('stage', ['base', 'mask', 'transfer']),
    ...conditionColumns,
    oneOf('shapes', ['seen', 'held out']),
    { name: 'epoch', type: 'number', min: 0 },
    count('step'),
    optional({ name: 'train_loss', type: 'number', min: 0 }),
    share('plain_accuracy'),
    share('pooled_accuracy'),
    { ...count('conflict_images'), min: 1 },
    count('shape_decisions'),
    count('texture_decisions'),
    count('kept'),
    { ...count('total'), min: 1 },
    runOf('run'),
    optional(runOf('base_run')),
    optional(runOf('mask_run')),
  ],
  key: [...runKey, 'stage', ...conditionKey, 'shapes', 'epoch'],
  rule(row) {
    const { stage, inherit_from, trained, normalization, shape_decisions, texture_decisions, conflict_images } = row;
    if ((inherit_from === null) !== (stage === 'base')) return 'inherit_from is empty exactly for a base';
    if ((normalization !== null) !== (stage === 'transfer')) return 'normalization is given exactly for a transfer';
    const ofSubnetwork = stage === 'transfer' && String(inherit_from).startsWith('subnet');
    if ((trained !== null) !== ofSubnetwork) return 'trained is given exactly where a subnetwork is transferred';
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
};

export const imageSubnetworksSchema: TableSchema<ImageSubnetworkRow> = {
  columns: [
    ...runColumns,
    oneOf('inherit_from', ['subnet', 'subnet_plain', 'subnet_untrained']),
    count('position'),
    { name: 'parameter', type: 'text', pattern: /^[a-z_.0-9]+$/ },
    count('kept'),
    { ...count('total'), min: 1 },
    runOf('run'),
    runOf('base_run'),
  ],
  key: [...runKey, 'inherit_from', 'position'],
  rule: ({ kept, total }) => (kept > total ? `${kept} weights are kept of ${total}` : undefined),
};

export const realStimuliSchema: TableSchema<RealStimuliRow> = {
  columns: [
    ...runColumns,
    oneOf('stage', ['base', 'transfer']),
    ...conditionColumns,
    oneOf('stimuli', STIMULI),
    { ...count('stimuli_shown'), min: 1 },
    count('shape_decisions'),
    optional(count('texture_decisions')),
    runOf('run'),
  ],
  key: [...runKey, 'stage', ...conditionKey, 'stimuli'],
  rule({ stimuli, stimuli_shown, shape_decisions, texture_decisions }) {
    if ((texture_decisions !== null) !== (stimuli === 'cue-conflict')) {
      return 'texture_decisions is given exactly for cue-conflict images';
    }
    const decisions = shape_decisions + (texture_decisions ?? 0);
    return decisions > stimuli_shown ? `there are ${decisions} decisions on ${stimuli_shown} stimuli` : undefined;
  },
};
