/**
 * Vision Transformer (ViT) as one function of named values (Hugging Face names and orientation: linear maps [out, in]).
 * Method section 2: ViT-B/16, pre-norm blocks, exact GELU, class token after the final LayerNorm; 16 classes.
 */
import { tf } from '../tensorflow/backend';
import { randomNormal } from '../tensorflow/dropout';
import { geluExact, layerNorm, linearOutIn } from '../tensorflow/ops';
import type { Parameters } from './gpt2';
import type { ImageModel } from './imageModel';

/** Sizes of a model. The paper's are in `vitConfig`. */
export interface VitConfig {
  /** Side of an image in pixels. */
  image: number;
  /** Side of a patch in pixels; patches tile the image. */
  patch: number;
  width: number;
  heads: number;
  layers: number;
  mlpWidth: number;
  channels: number;
  classes: number;
  layerNormEpsilon: number;
}

/** ViT-B/16 with 16 classes (method section 2). */
export function vitConfig({
  image = 224,
  patch = 16,
  width = 768,
  heads = 12,
  layers = 12,
  mlpWidth = 4 * width,
  channels = 3,
  classes = 16,
  layerNormEpsilon = 1e-12,
}: Partial<VitConfig> = {}): VitConfig {
  return { image, patch, width, heads, layers, mlpWidth, channels, classes, layerNormEpsilon };
}

const ATTENTION = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];

/** Shape of every parameter, in Hugging Face's order (transformers 5 names). */
export function vitShapes(config: VitConfig): Record<string, number[]> {
  const { image, patch, width, layers, mlpWidth, channels, classes } = config;
  const tokens = (image / patch) ** 2 + 1;
  const shapes: Record<string, number[]> = {
    'vit.embeddings.cls_token': [1, 1, width],
    'vit.embeddings.position_embeddings': [1, tokens, width],
    'vit.embeddings.patch_embeddings.projection.weight': [width, channels, patch, patch],
    'vit.embeddings.patch_embeddings.projection.bias': [width],
  };
  const map = (name: string, out: number, from: number) => {
    shapes[`${name}.weight`] = [out, from];
    shapes[`${name}.bias`] = [out];
  };
  const norm = (name: string) => {
    shapes[`${name}.weight`] = [width];
    shapes[`${name}.bias`] = [width];
  };
  for (let block = 0; block < layers; block++) {
    const place = `vit.layers.${block}`;
    for (const part of ATTENTION) map(`${place}.attention.${part}`, width, width);
    norm(`${place}.layernorm_before`);
    norm(`${place}.layernorm_after`);
    map(`${place}.mlp.fc1`, mlpWidth, width);
    map(`${place}.mlp.fc2`, width, mlpWidth);
  }
  norm('vit.layernorm');
  map('classifier', classes, width);
  return shapes;
}

/** Names of the weights that carry a mask: patch projection, q, k, v, o, both MLP maps, classifier (released-code setting). */
export function vitMaskedWeights(config: VitConfig): string[] {
  return Object.keys(vitShapes(config)).filter((name) => name.endsWith('.weight') && !name.includes('layernorm'));
}

/** Fresh parameters: normal with standard deviation 0.02, biases 0, LayerNorm 1 and 0. */
export function vitInit(config: VitConfig, seed: number): Parameters {
  return Object.fromEntries(
    Object.entries(vitShapes(config)).map(([name, shape], stream) => {
      if (name.endsWith('.bias')) return [name, tf.zeros(shape)];
      if (/layernorm(_\w+)?\.weight$/.test(name)) return [name, tf.ones(shape)];
      return [name, randomNormal(shape, seed, stream, 0.02)];
    }),
  );
}

/** The forward pass: pixels [n, y, x, channel] of `image` pixels a side → logits [n, classes]. */
export function vitLogits(parameters: Parameters, pixels: tf.Tensor4D, config: VitConfig): tf.Tensor2D {
  const { image, patch, width, heads, layers, channels, layerNormEpsilon } = config;
  const [batch, height, breadth] = pixels.shape;
  if (height !== image || breadth !== image) {
    throw new Error(`This ViT sees images of ${image} x ${image} pixels, not ${breadth} x ${height}: resize them.`);
  }
  const side = image / patch;
  const patches = side * side;
  const tokens = patches + 1;
  const perHead = width / heads;

  const p = (name: string) => parameters[name];
  const norm = (x: tf.Tensor2D, name: string) =>
    layerNorm(x, p(`${name}.weight`) as tf.Tensor1D, p(`${name}.bias`) as tf.Tensor1D, layerNormEpsilon);
  const map = (x: tf.Tensor2D, name: string) =>
    linearOutIn(x, p(`${name}.weight`) as tf.Tensor2D, p(`${name}.bias`) as tf.Tensor1D);

  const attention = (x: tf.Tensor2D, name: string): tf.Tensor2D => {
    const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((part) =>
      map(x, `${name}.${part}`).reshape([batch, tokens, heads, perHead]).transpose([0, 2, 1, 3]),
    ); // [batch, head, token, perHead]
    const weights = tf.softmax(tf.matMul(q, k, false, true).mul(1 / Math.sqrt(perHead))); // [batch, head, token, token]
    const mixed = tf
      .matMul(weights, v)
      .transpose([0, 2, 1, 3])
      .reshape([batch * tokens, width]);
    return map(mixed as tf.Tensor2D, `${name}.o_proj`);
  };

  // The projection is a convolution whose windows do not overlap: a linear map of each patch.
  const cut = pixels
    .reshape([batch, side, patch, side, patch * channels])
    .transpose([0, 1, 3, 2, 4]) // [batch, patch y, patch x, y, x · channel]
    .reshape([batch * patches, patch * patch, channels])
    .transpose([0, 2, 1])
    .reshape([batch * patches, channels * patch * patch]) as tf.Tensor2D;
  const projection = 'vit.embeddings.patch_embeddings.projection';
  const projected = linearOutIn(
    cut,
    p(`${projection}.weight`).reshape([width, channels * patch * patch]) as tf.Tensor2D,
    p(`${projection}.bias`) as tf.Tensor1D,
  ).reshape([batch, patches, width]);
  const classTokens = p('vit.embeddings.cls_token').tile([batch, 1, 1]);
  let x = tf
    .concat([classTokens, projected], 1)
    .add(p('vit.embeddings.position_embeddings'))
    .reshape([batch * tokens, width]) as tf.Tensor2D; // [batch · tokens, width]
  for (let block = 0; block < layers; block++) {
    const place = `vit.layers.${block}`;
    x = x.add(attention(norm(x, `${place}.layernorm_before`), `${place}.attention`)) as tf.Tensor2D;
    const hidden = geluExact(map(norm(x, `${place}.layernorm_after`), `${place}.mlp.fc1`)); // [·, mlpWidth]
    x = x.add(map(hidden, `${place}.mlp.fc2`)) as tf.Tensor2D;
  }
  // LayerNorm works on each token by itself, so the class token is enough.
  const first = x
    .reshape([batch, tokens, width])
    .slice([0, 0, 0], [batch, 1, width])
    .reshape([batch, width]) as tf.Tensor2D;
  return map(norm(first, 'vit.layernorm'), 'classifier');
}

/** What trainers and evaluators need of a ViT. */
export function vitModel(config: VitConfig): ImageModel {
  const shapes = vitShapes(config);
  return {
    shapes,
    statistics: [],
    maskedWeights: vitMaskedWeights(config),
    normalizations: Object.keys(shapes).filter((name) => name.includes('layernorm')),
    trainedWithMask: ['vit.embeddings.cls_token', 'vit.embeddings.position_embeddings'],
    xla: true,
    logits: (parameters, pixels) => vitLogits(parameters, pixels, config),
  };
}
