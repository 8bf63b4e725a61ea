/**
 * GPT-2 as one function of named parameters (Hugging Face names and conventions, so that weights travel both ways).
 * Method section 1: 4 positions, width 128, 4 heads, gelu_new, pre-norm LayerNorm, tied embedding, dropout 0.1.
 */
import { tf } from '../tensorflow/backend';
import { type Dropout, randomNormal } from '../tensorflow/dropout';
import { embedding, gelu, layerNorm, linear } from '../tensorflow/ops';

/** Sizes of a model. The defaults of the paper are in `gpt2Config`. */
export interface Gpt2Config {
  vocabulary: number;
  positions: number;
  width: number;
  heads: number;
  layers: number;
  mlpWidth: number;
  layerNormEpsilon: number;
}

/** Named parameters. Tensors while computing, variables while training: the forward pass takes either. */
export type Parameters<T extends tf.Tensor = tf.Tensor> = Record<string, T>;

/** The paper's model of `layers` blocks (method section 1). */
export function gpt2Config({
  layers,
  vocabulary = 1001,
  positions = 4,
  width = 128,
  heads = 4,
  mlpWidth = 4 * width,
  layerNormEpsilon = 1e-5,
}: Partial<Gpt2Config> & { layers: number }): Gpt2Config {
  return { vocabulary, positions, width, heads, layers, mlpWidth, layerNormEpsilon };
}

/** Shape of every parameter, in Hugging Face's order. Linear maps are Conv1D: [in, out]. */
export function gpt2Shapes({ vocabulary, positions, width, layers, mlpWidth }: Gpt2Config): Record<string, number[]> {
  const shapes: Record<string, number[]> = {
    'transformer.wte.weight': [vocabulary, width],
    'transformer.wpe.weight': [positions, width],
  };
  for (let block = 0; block < layers; block++) {
    const add = (name: string, shape: number[]) => {
      shapes[`transformer.h.${block}.${name}`] = shape;
    };
    add('ln_1.weight', [width]);
    add('ln_1.bias', [width]);
    add('attn.c_attn.weight', [width, 3 * width]);
    add('attn.c_attn.bias', [3 * width]);
    add('attn.c_proj.weight', [width, width]);
    add('attn.c_proj.bias', [width]);
    add('ln_2.weight', [width]);
    add('ln_2.bias', [width]);
    add('mlp.c_fc.weight', [width, mlpWidth]);
    add('mlp.c_fc.bias', [mlpWidth]);
    add('mlp.c_proj.weight', [mlpWidth, width]);
    add('mlp.c_proj.bias', [width]);
  }
  shapes['transformer.ln_f.weight'] = [width];
  shapes['transformer.ln_f.bias'] = [width];
  return shapes;
}

/** Names of the weights that carry a mask: the four linear maps of each block (method section 1b). */
export function gpt2MaskedWeights({ layers }: Gpt2Config): string[] {
  const maps = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'];
  return Array.from({ length: layers }, (_, block) => maps.map((map) => `transformer.h.${block}.${map}.weight`)).flat();
}

/**
 * Fresh parameters: normal with standard deviation 0.02, residual projections 0.02 / sqrt(2 layers), biases 0,
 * LayerNorm 1 and 0 (method section 1).
 */
export function gpt2Init(config: Gpt2Config, seed: number): Parameters {
  const residual = 0.02 / Math.sqrt(2 * config.layers);
  return Object.fromEntries(
    Object.entries(gpt2Shapes(config)).map(([name, shape], stream) => {
      if (name.endsWith('.bias')) return [name, tf.zeros(shape)];
      if (/ln_(1|2|f)\.weight$/.test(name)) return [name, tf.ones(shape)];
      return [name, randomNormal(shape, seed, stream, name.endsWith('c_proj.weight') ? residual : 0.02)];
    }),
  );
}

/** What `gpt2Logits` can be asked for besides the logits of every position. */
export interface ForwardOptions {
  /** Dropout of this pass; none in evaluation. */
  dropout?: Dropout;
  /** Compute the logits of the last position only: [batch, vocabulary]. */
  lastOnly?: boolean;
  /** Receives the hidden states: embeddings, output of every block but the last, and after the final LayerNorm. */
  onHidden?: (hidden: tf.Tensor2D) => void;
  /** Receives the output of every block (counted from 0), before the final LayerNorm: [batch · tokens, width]; with `lastOnly` the last block's is [batch, width]. */
  onBlock?: (output: tf.Tensor2D, block: number) => void;
}

/**
 * The forward pass: ids [batch, tokens] (int32, below the vocabulary, at most `positions` tokens) → logits
 * [batch · tokens, vocabulary], or [batch, vocabulary] with `lastOnly`.
 */
export function gpt2Logits(
  parameters: Parameters,
  ids: tf.Tensor2D,
  config: Gpt2Config,
  { dropout, lastOnly = false, onHidden, onBlock }: ForwardOptions = {},
): tf.Tensor2D {
  const p = (name: string) => parameters[`transformer.${name}`];
  const drop = <T extends tf.Tensor>(x: T): T => (dropout ? dropout.apply(x) : x);
  const { width, heads, layers, layerNormEpsilon } = config;
  const [batch, tokens] = ids.shape;
  const perHead = width / heads;

  const norm = (x: tf.Tensor2D, name: string) =>
    layerNorm(x, p(`${name}.weight`) as tf.Tensor1D, p(`${name}.bias`) as tf.Tensor1D, layerNormEpsilon);
  const map = (x: tf.Tensor2D, name: string) =>
    linear(x, p(`${name}.weight`) as tf.Tensor2D, p(`${name}.bias`) as tf.Tensor1D);

  /** Causal self-attention: x [batch · tokens, width] → the same shape, or [batch, width] for the last token's queries. */
  const attention = (x: tf.Tensor2D, name: string, lastQuery: boolean): tf.Tensor2D => {
    const [q, k, v] = tf
      .split(map(x, `${name}.c_attn`), 3, 1) // 3 × [batch · tokens, width]
      .map((part) => part.reshape([batch, tokens, heads, perHead]).transpose([0, 2, 1, 3])); // [batch, head, token, perHead]
    const queries = lastQuery ? q.slice([0, 0, tokens - 1, 0], [batch, heads, 1, perHead]) : q;
    const rows = lastQuery ? 1 : tokens;
    let scores = tf.matMul(queries, k, false, true).mul(1 / Math.sqrt(perHead)); // [batch, head, token, token]
    if (!lastQuery) scores = scores.add(causalMask(tokens));
    const weights = drop(tf.softmax(scores));
    const mixed = tf
      .matMul(weights, v)
      .transpose([0, 2, 1, 3])
      .reshape([batch * rows, width]); // [batch · rows, width]
    return map(mixed as tf.Tensor2D, `${name}.c_proj`);
  };

  const positions = p('wpe.weight').slice([0, 0], [tokens, width]); // [tokens, width]
  const embedded = embedding(p('wte.weight') as tf.Tensor2D, ids.reshape([batch * tokens]) as tf.Tensor1D);
  let x = embedded
    .reshape([batch, tokens, width])
    .add(positions)
    .reshape([batch * tokens, width]) as tf.Tensor2D; // [batch · tokens, width]
  onHidden?.(x);
  x = drop(x);
  for (let block = 0; block < layers; block++) {
    const last = lastOnly && block === layers - 1;
    const attended = drop(attention(norm(x, `h.${block}.ln_1`), `h.${block}.attn`, last));
    x = (last ? lastTokens(x, batch) : x).add(attended) as tf.Tensor2D;
    const hidden = gelu(map(norm(x, `h.${block}.ln_2`), `h.${block}.mlp.c_fc`)); // [·, mlpWidth]
    x = x.add(drop(map(hidden, `h.${block}.mlp.c_proj`))) as tf.Tensor2D;
    if (block < layers - 1) onHidden?.(x);
    onBlock?.(x, block);
  }
  x = norm(x, 'ln_f');
  onHidden?.(x);
  return tf.matMul(x, p('wte.weight') as tf.Tensor2D, false, true);
}

/** Rows of the last token of each sequence: [batch · tokens, width] → [batch, width]; [batch, width] stays. */
export function lastTokens(x: tf.Tensor2D, batch: number): tf.Tensor2D {
  const [rows, width] = x.shape;
  const tokens = rows / batch;
  return x
    .reshape([batch, tokens, width])
    .slice([0, tokens - 1, 0], [batch, 1, width])
    .reshape([batch, width]) as tf.Tensor2D;
}

/** 0 where a token may look (itself and earlier), a large negative number elsewhere: [tokens, tokens]. */
function causalMask(tokens: number): tf.Tensor2D {
  const values = Array.from({ length: tokens }, (_, row) =>
    Array.from({ length: tokens }, (_, column) => (column <= row ? 0 : -1e9)),
  );
  return tf.tensor2d(values);
}
