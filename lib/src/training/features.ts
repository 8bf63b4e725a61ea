/** What a GPT-2 makes of rows on the way to its answer. */
import { type Gpt2Config, gpt2Logits, lastTokens, type Parameters } from '../models/gpt2';
import type { Features } from '../stats/linearFits';
import { EVALUATION_ROWS, type Rows, rowLength } from '../tasks/modularArithmetic';
import { tf } from '../tensorflow/backend';
import { batchesOf } from './batches';
import { inputsOf } from './languageModel';

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
