/** Guidance (Subramaniam et al., 2024): a model is trained to make of its inputs what another makes of them. */
import { type Gpt2Config, gpt2Logits } from '../models/gpt2';
import { tf } from '../tensorflow/backend';
import type { Batch } from './batches';
import { lastTokens } from './features';
import { inputsOf, languageModel, rowLosses } from './languageModel';
import type { Trainable } from './trainer';

/**
 * Linear CKA of two sets of features of the same rows, x [rows, p] and y [rows, q]: 1 where they are the same but for rotation,
 * scale and shift. Rows of weight 0 do not count (weights [rows], each 0 or 1).
 */
export function linearCka(x: tf.Tensor2D, y: tf.Tensor2D, weights?: tf.Tensor1D): tf.Scalar {
  const [first, second] = [x, y].map((features) => {
    const counted = weights?.reshape([-1, 1]);
    const mean = counted ? features.mul(counted).sum(0).div(counted.sum()) : features.mean(0);
    const centred = features.sub(mean);
    const kept = (counted ? centred.mul(counted) : centred) as tf.Tensor2D;
    return tf.matMul(kept, kept, false, true); // [rows, rows]
  });
  const product = (a: tf.Tensor, b: tf.Tensor) => a.mul(b).sum();
  // Features that are the same for all rows are like nothing, and pull nowhere.
  const norm = product(first, first).mul(product(second, second)).add(1e-24).sqrt();
  return product(first, second).div(norm) as tf.Scalar;
}

/** A batch, and what the guide's blocks make of its rows before the answer: one [rows, width] a block. */
export interface GuidedBatch extends Batch {
  guide: Float32Array[];
}

/** GPT-2 with the next-token loss + alpha · the sum over its blocks of 1 − CKA with those of a guide of the same depth. */
export function guidedModel(config: Gpt2Config, { alpha = 1 } = {}): Trainable<GuidedBatch> {
  const plain = languageModel(config);
  return {
    ...plain,
    inputs: (batch) => [
      ...plain.inputs(batch),
      ...batch.guide.map((features) => tf.tensor2d(features, [batch.weights.length, config.width])),
    ],
    loss(parameters, [ids, weights, ...guide], { dropout }) {
      let away: tf.Tensor = tf.scalar(0);
      const logits = gpt2Logits(parameters, inputsOf(ids), config, {
        dropout,
        onBlock(output, block) {
          const own = lastTokens(output, ids.shape[0]);
          const alike = linearCka(own, guide[block] as tf.Tensor2D, weights as tf.Tensor1D);
          away = away.add(tf.sub(1, alike));
        },
      });
      const loss = tf.div(rowLosses(logits, ids).mul(weights).sum(), weights.sum());
      return loss.add(away.mul(alpha)) as tf.Scalar;
    },
  };
}
