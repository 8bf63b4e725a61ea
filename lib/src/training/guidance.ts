/**
 * Guidance: while a network learns, its layers are pulled towards the similarities that a guide's layers have (Subramaniam et al.,
 * "Training the Untrainable", arXiv 2410.20035; notebooks 20 and 29).
 */
import { type Gpt2Config, gpt2Logits, lastTokens, type Parameters } from '../models/gpt2';
import type { Network } from '../models/network';
import { tf } from '../tensorflow/backend';
import { elementCount } from '../tensorflow/hostTensor';
import { softmaxCrossEntropy } from '../tensorflow/ops';
import type { Batch } from './batches';
import { classifier, type Examples, outputsOf } from './examples';
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

/**
 * Which layer of a network each of a guide's layers goes with: layer i with round(i · (T − 1) / (G − 1)), halves to the even number
 * (released). Of a guide's layers that go with the same one, the last alone counts: the others have undefined.
 */
export function matchedLayers(guideLayers: number, targetLayers: number): (number | undefined)[] {
  const of = Array.from({ length: guideLayers }, (_, i) => {
    const place = guideLayers > 1 ? (i * (targetLayers - 1)) / (guideLayers - 1) : 0;
    const below = Math.floor(place);
    const up = place - below > 0.5 || (place - below === 0.5 && below % 2 === 1);
    return Math.min(below + Number(up), targetLayers - 1);
  });
  return of.map((layer, i) => (of.lastIndexOf(layer) === i ? layer : undefined));
}

/** Examples with what each layer of the guide makes of them, [rows, width], and the weight α of their similarities. */
export interface GuidedExamples extends Examples {
  guide: Float32Array[];
  alpha: number;
}

/** What layers of a guide make of examples, in evaluation: one [rows · width] a layer, row by row. */
export function guideFeatures(
  guide: Network,
  parameters: Parameters,
  examples: Examples,
  layers: readonly string[],
): Float32Array[] {
  return layers.map((layer) => {
    const rows = outputsOf(guide, parameters, examples, layer);
    const all = new Float32Array(rows.length * rows[0].length);
    rows.forEach((row, i) => all.set(row, i * row.length));
    return all;
  });
}

/** A network with the cross entropy of its classes + α · the sum over layers of 1 − CKA with the guide's layer of the same place. */
export function guidedClassifier(network: Network, layers: readonly string[]): Trainable<GuidedExamples> {
  const plain = classifier(network);
  return {
    ...plain,
    inputs: (batch) => [
      ...plain.inputs(batch),
      tf.scalar(batch.alpha),
      ...batch.guide.map((features) => tf.tensor2d(features, [batch.rows, features.length / batch.rows])),
    ],
    loss(parameters, [x, labels, weights, alpha, ...guide], pass) {
      const { output, taps } = network.forward(parameters, x, pass);
      const loss = tf.div(
        softmaxCrossEntropy(output, labels as tf.Tensor1D)
          .mul(weights)
          .sum(),
        weights.sum(),
      );
      const away = layers.map((layer, i) =>
        tf.sub(1, linearCka(flat(taps[layer]), guide[i] as tf.Tensor2D, weights as tf.Tensor1D)),
      );
      return loss.add(tf.addN(away).mul(alpha)) as tf.Scalar;
    },
  };
}

/** [rows, ...] → [rows, width] */
const flat = (x: tf.Tensor): tf.Tensor2D => x.reshape([x.shape[0], elementCount(x.shape.slice(1))]);
