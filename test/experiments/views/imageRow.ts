import type { ShapeBiasRow } from '../../../lib/dist/experiments';

/** A row of a transfer run with so many shape and texture decisions of 100. */
export function rowOf(change: Partial<ShapeBiasRow>): ShapeBiasRow {
  const seed = change.seed ?? 1;
  return {
    preset: 'laptop',
    model: 'resnet',
    images: 'contrast 0.35 to 0.6, turn 45, bend 0.2',
    base_pooled_share: 0.25,
    changed: null,
    seed,
    stage: 'transfer',
    inherit_from: 'subnet',
    normalization: 'eval',
    trained: 'rest',
    pooled_share: 0,
    kept_share: null,
    shapes: 'seen',
    epoch: 1,
    step: 100,
    train_loss: 1,
    plain_accuracy: 0.8,
    pooled_accuracy: 0.2,
    conflict_images: 100,
    shape_decisions: 30,
    texture_decisions: 10,
    kept: 25,
    total: 100,
    run: `image-transfer-${String(seed).padStart(12, '0')}`,
    base_run: null,
    mask_run: null,
    ...change,
  };
}
