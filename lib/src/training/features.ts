/** What a GPT-2 makes of rows on the way to its answer, and training that guides it. */
import { type Gpt2Config, gpt2Logits, lastTokens, type Parameters } from '../models/gpt2';
import type { Features } from '../stats/linearFits';
import { EVALUATION_ROWS, type Rows, rowLength } from '../tasks/modularArithmetic';
import { tf } from '../tensorflow/backend';
import { type Batch, batchesOf } from './batches';
import { inputsOf, languageModel, rowLosses } from './languageModel';
import type { Trainable } from './trainer';

/** The output of each block, before the final LayerNorm, at the token before the answer: one [rows, width] a block. */
export function blockFeatures(parameters: Parameters, data: Rows, config: Gpt2Config): Features[] {
  const { layers, width } = config;
  const features = Array.from({ length: layers }, () => new Float32Array(data.rows * width));
  const size = Math.min(EVALUATION_ROWS, data.rows);
  let row = 0;
  for (const { tokens } of batchesOf(data, size)) {
    tf.tidy(() => {
      const ids = inputsOf(tf.tensor2d(tokens, [size, rowLength(data)], 'int32'));
      gpt2Logits(parameters, ids, config, {
        lastOnly: true,
        onBlock(output, block) {
          const values = lastTokens(output, size).dataSync() as Float32Array;
          features[block].set(values.subarray(0, (data.rows - row) * width), row * width);
        },
      });
    });
    row += size;
  }
  return features.map((data) => ({ data, width }));
}

/** The embeddings of a row's first two tokens, one after the other: [rows, 2 · width]. */
export function embeddingFeatures(parameters: Parameters, data: Rows, { width }: Gpt2Config): Features {
  const table = parameters['transformer.wte.weight'].dataSync();
  const features = new Float32Array(data.rows * 2 * width);
  for (let row = 0; row < data.rows; row++) {
    for (const which of [0, 1]) {
      const token = data.tokens[row * rowLength(data) + which];
      features.set(table.subarray(token * width, (token + 1) * width), (2 * row + which) * width);
    }
  }
  return { data: features, width: 2 * width };
}

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

/**
 * Guidance (Subramaniam et al., 2024): GPT-2 with the next-token loss + alpha · the sum over its blocks of 1 − CKA with those of a
 * guide of the same depth.
 */
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
