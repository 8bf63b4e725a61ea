/** The tables in data/published: the paper's numbers, and what their rows must be. */
import { count, oneOf, optional, share } from './columns';
import { INHERIT_FROM, type InheritFrom } from './schemas';
import type { TableSchema } from './tableSchema';

/** data/published/fig2.csv. */
export interface PublishedFigure2 {
  panel: 'mean_over_depths' | 'gpt2_12_layers';
  inherit_from: InheritFrom;
  n_disambiguation: number;
  test_accuracy: number;
  std_over_5_runs: number | null;
}

/** data/published/fig_depth_breakdown.csv. */
export interface PublishedDepth {
  n_layers: number;
  inherit_from: InheritFrom;
  n_disambiguation: number;
  test_accuracy: number;
}

/** data/published/fig_frozen_vs_trainable.csv. */
export interface PublishedFrozenOrTrainable {
  mask: 'discovered' | 'sampled';
  subnetwork: 'frozen' | 'trainable' | 'full_model_transfer';
  n_disambiguation: number;
  test_accuracy: number;
}

/** data/published/shape-bias.csv: pooled over all cue-conflict images. */
export interface PublishedShapeBias {
  observer: string;
  shape_bias: number;
}

/** data/published/base-accuracy.csv: evaluation accuracy of the released base runs on "a + ab", epoch by epoch. */
export interface PublishedBaseAccuracy {
  n_layers: number;
  epoch: number;
  step: number;
  eval_accuracy: number;
}

/** data/published/base-loss.csv: evaluation loss (nats) of the released base runs where they rest, and at their end. */
export interface PublishedBaseLoss {
  phase: 'plateau' | 'end';
  low: number;
  high: number;
}

/** data/published/fig4.csv. */
export interface PublishedFigure4 {
  model: 'resnet18' | 'vit_base_patch16';
  init: 'subnet' | 'random';
  eval_set: 'imagenet16' | 'mean_pooled_imagenet16';
  step: number;
  accuracy: number;
}

const publishedPoint = [
  oneOf('inherit_from', INHERIT_FROM),
  count('n_disambiguation'),
  share('test_accuracy'),
] as const;

export const publishedFigure2Schema: TableSchema<PublishedFigure2> = {
  columns: [
    oneOf('panel', ['mean_over_depths', 'gpt2_12_layers']),
    ...publishedPoint,
    optional({ name: 'std_over_5_runs', type: 'number', min: 0 }),
  ],
  key: ['panel', 'inherit_from', 'n_disambiguation'],
};

export const publishedDepthSchema: TableSchema<PublishedDepth> = {
  columns: [count('n_layers', 1), ...publishedPoint],
  key: ['n_layers', 'inherit_from', 'n_disambiguation'],
};

export const publishedFrozenOrTrainableSchema: TableSchema<PublishedFrozenOrTrainable> = {
  columns: [
    oneOf('mask', ['discovered', 'sampled']),
    oneOf('subnetwork', ['frozen', 'trainable', 'full_model_transfer']),
    count('n_disambiguation'),
    share('test_accuracy'),
  ],
  key: ['mask', 'subnetwork', 'n_disambiguation'],
};

export const publishedShapeBiasSchema: TableSchema<PublishedShapeBias> = {
  columns: [{ name: 'observer', type: 'text' }, share('shape_bias')],
  key: ['observer'],
};

export const publishedBaseAccuracySchema: TableSchema<PublishedBaseAccuracy> = {
  columns: [count('n_layers', 1), count('epoch', 1), count('step', 1), share('eval_accuracy')],
  key: ['n_layers', 'epoch'],
};

export const publishedBaseLossSchema: TableSchema<PublishedBaseLoss> = {
  columns: [
    oneOf('phase', ['plateau', 'end']),
    { name: 'low', type: 'number', min: 0 },
    { name: 'high', type: 'number', min: 0 },
  ],
  key: ['phase'],
};

export const publishedFigure4Schema: TableSchema<PublishedFigure4> = {
  columns: [
    oneOf('model', ['resnet18', 'vit_base_patch16']),
    oneOf('init', ['subnet', 'random']),
    oneOf('eval_set', ['imagenet16', 'mean_pooled_imagenet16']),
    count('step'),
    share('accuracy'),
  ],
  // The figure draws some points of the same step more than once.
  key: [],
};
