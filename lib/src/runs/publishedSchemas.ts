/** The tables in data/published: the paper's numbers, and what their rows must be. */
import { count, oneOf, optional, positive, share, table, text } from './columns';

/** What a transferred model starts from (method: paper, section 4.1); subnet_untrained is a control of this project. */
export const INHERIT_FROM = [
  'subnet',
  'subnet_sampled',
  'subnet_sampled_complement',
  'subnet_untrained',
  'original',
  'random',
] as const;
export type InheritFrom = (typeof INHERIT_FROM)[number];

const point = { inherit_from: oneOf(INHERIT_FROM), n_disambiguation: count(), test_accuracy: share() };

export const publishedFigure2Schema = table('fig2.csv', {
  columns: { panel: oneOf(['mean_over_depths', 'gpt2_12_layers']), ...point, std_over_5_runs: optional(positive()) },
  key: ['panel', 'inherit_from', 'n_disambiguation'],
});

export const publishedDepthSchema = table('fig_depth_breakdown.csv', {
  columns: { n_layers: count('', { min: 1 }), ...point },
  key: ['n_layers', 'inherit_from', 'n_disambiguation'],
});

export const publishedFrozenOrTrainableSchema = table('fig_frozen_vs_trainable.csv', {
  columns: {
    mask: oneOf(['discovered', 'sampled']),
    subnetwork: oneOf(['frozen', 'trainable', 'full_model_transfer']),
    n_disambiguation: count(),
    test_accuracy: share(),
  },
  key: ['mask', 'subnetwork', 'n_disambiguation'],
});

/** Pooled over all cue-conflict images. */
export const publishedShapeBiasSchema = table('shape-bias.csv', {
  columns: { observer: text(), shape_bias: share() },
  key: ['observer'],
});

/** What is known of "easy features win" without the figures of its papers (notebook 22). */
export const publishedEasyFeaturesSchema = table('easy-features.csv', {
  columns: { paper: text(), quantity: text(), value: share(), source: text() },
  key: ['paper', 'quantity'],
});

/** Worst-environment accuracy on coloured digits and on the inverse set: mean and deviation of ten restarts (notebook 26). */
export const publishedRichFeaturesSchema = table('rich-features.csv', {
  columns: {
    set: oneOf(['coloured', 'inverse']),
    method: text(),
    start: text(),
    worst_mean: share(),
    worst_std: share(),
    restarts: count('', { min: 1 }),
    source: text(),
  },
  key: ['set', 'method', 'start'],
});

/** Evaluation accuracy of the released base runs on "a + ab", epoch by epoch. */
export const publishedBaseAccuracySchema = table('base-accuracy.csv', {
  columns: {
    n_layers: count('', { min: 1 }),
    epoch: count('', { min: 1 }),
    step: count('', { min: 1 }),
    eval_accuracy: share(),
  },
  key: ['n_layers', 'epoch'],
});

/** Evaluation loss (nats) of the released base runs where they rest, and at their end. */
export const publishedBaseLossSchema = table('base-loss.csv', {
  columns: { phase: oneOf(['plateau', 'end']), low: positive(), high: positive() },
  key: ['phase'],
});

export const publishedFigure4Schema = table('fig4.csv', {
  columns: {
    model: oneOf(['resnet18', 'vit_base_patch16']),
    init: oneOf(['subnet', 'random']),
    eval_set: oneOf(['imagenet16', 'mean_pooled_imagenet16']),
    step: count(),
    accuracy: share(),
  },
  // The figure draws some points of the same step more than once.
  key: [],
});

/** Tian, arXiv 2509.21519: the constant of the released configuration dyn_madd.yaml. */
export const publishedGrokkingBorderSchema = table('grokking-border.csv', {
  columns: { constant: positive() },
  key: ['constant'],
});

/** The released log modular_addition_simple2_fig3.log: M = 23, 512 units, rate 0.01, decay 1e-4, seed 5, 476 of 529 pairs. */
export const publishedGrokkingRunSchema = table('grokking-run.csv', {
  columns: { epoch: count(), test_accuracy: share() },
  key: ['epoch'],
});

/** Bits of tasks and of architectures in Boopathy et al. (arXiv 2305.01034), read off the pictures beside the released code. */
export const publishedDifficultySchema = table('task-difficulty.csv', {
  columns: { task: text(), architecture: optional(text()), log10_bits: positive() },
  key: ['task', 'architecture'],
});

/** Lee et al., arXiv 2307.03381, released plots/sample_efficiency.csv: A and C are the scratchpad's digits and carries. */
export const publishedAdditionSamplesSchema = table('addition-samples.csv', {
  columns: { format: text(), n: count('', { min: 1 }), accuracy: share() },
  key: ['format', 'n'],
});

/** The same, plots/methods.csv: overall accuracy of other ways to write plain rows, and of reversed ones. */
export const publishedAdditionVariantsSchema = table('addition-variants.csv', {
  columns: { variant: text(), accuracy: share() },
  key: ['variant'],
});

/**
 * Mistakes on the 10,000 translated test digits of MNIST-C: stored output of cell 15 of notebooks/mnist_er.ipynb in the code of Abnar
 * et al. (arXiv 2006.00555, github.com/samiraabnar/Reflect).
 */
export const publishedDistillationSchema = table('distillation-mistakes.csv', {
  columns: { model: text(), role: text(), run: count('', { min: 1 }), mistakes: count('', { max: 10_000 }) },
  key: ['model', 'role', 'run'],
});
