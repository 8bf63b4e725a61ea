/**
 * ResNet in the layout of ResNet-18 as one function of named values (Hugging Face names and orientation). Method section 2:
 * basic blocks of two 3x3 convolutions, each followed by batch normalisation; 16 classes.
 */
import { tf } from '../tensorflow/backend';
import { randomNormal } from '../tensorflow/dropout';
import { batchNorm, convolution, maxPool, type Window } from '../tensorflow/imageOps';
import { linearOutIn } from '../tensorflow/ops';
import type { Parameters } from './gpt2';
import { type ImageForwardOptions, type ImageModel, kaimingUniform } from './imageModel';

/** Sizes of a model. The paper's are in `resnetConfig`. */
export interface ResnetConfig {
  /** Channels of the stem; the stages have `widths`. */
  stemWidth: number;
  widths: number[];
  /** Basic blocks of each stage; every stage but the first begins with stride 2. */
  depths: number[];
  /** Side of the stem's kernel; it has stride 2, and max pooling of side 3 and stride 2 follows. */
  stemKernel: number;
  channels: number;
  classes: number;
  /** Added to the variance; not part of Hugging Face's config.json, where it is torch's 1e-5. */
  normEpsilon: number;
}

/** ResNet-18 with 16 classes (method section 2). At laptop scale: `stemWidth: 16, widths: [16, 32, 64, 128], stemKernel: 3`. */
export function resnetConfig({
  stemWidth = 64,
  widths = [64, 128, 256, 512],
  depths = [2, 2, 2, 2],
  stemKernel = 7,
  channels = 3,
  classes = 16,
  normEpsilon = 1e-5,
}: Partial<ResnetConfig> = {}): ResnetConfig {
  return { stemWidth, widths, depths, stemKernel, channels, classes, normEpsilon };
}

/** One convolution and where it stands: `name` has a `.convolution` and a `.normalization` under it. */
interface ConvolutionLayer extends Window {
  name: string;
  from: number;
  to: number;
  kernel: number;
}

interface Block {
  shortcut?: ConvolutionLayer;
  first: ConvolutionLayer;
  second: ConvolutionLayer;
}

function layersOf(config: ResnetConfig): { stem: ConvolutionLayer; blocks: Block[] } {
  const layer = (name: string, from: number, to: number, kernel: number, stride: number): ConvolutionLayer => ({
    name: `resnet.${name}`,
    from,
    to,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
  });
  const { stemWidth, widths, depths, stemKernel, channels } = config;
  const stem = layer('embedder.embedder', channels, stemWidth, stemKernel, 2);
  const blocks: Block[] = [];
  let from = stemWidth;
  depths.forEach((depth, stage) => {
    const to = widths[stage];
    for (let index = 0; index < depth; index++) {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      const place = `encoder.stages.${stage}.layers.${index}`;
      blocks.push({
        shortcut: from !== to || stride > 1 ? layer(`${place}.shortcut`, from, to, 1, stride) : undefined,
        first: layer(`${place}.layer.0`, from, to, 3, stride),
        second: layer(`${place}.layer.1`, to, to, 3, 1),
      });
      from = to;
    }
  });
  return { stem, blocks };
}

function lastWidth({ widths }: ResnetConfig): number {
  return widths[widths.length - 1];
}

function convolutionsOf(config: ResnetConfig): ConvolutionLayer[] {
  const { stem, blocks } = layersOf(config);
  return [stem, ...blocks.flatMap(({ shortcut, first, second }) => [...(shortcut ? [shortcut] : []), first, second])];
}

/**
 * Shape of everything that a model holds, in Hugging Face's order: parameters, and the running statistics of batch
 * normalisation. Convolutions are [out, in, ky, kx], the classifier [out, in].
 */
export function resnetShapes(config: ResnetConfig): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  for (const { name, from, to, kernel } of convolutionsOf(config)) {
    shapes[`${name}.convolution.weight`] = [to, from, kernel, kernel];
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      shapes[`${name}.normalization.${part}`] = [to];
  }
  shapes['classifier.1.weight'] = [config.classes, lastWidth(config)];
  shapes['classifier.1.bias'] = [config.classes];
  return shapes;
}

/** Names of the weights that carry a mask: every convolution, shortcuts too, not the classifier (released-code setting). */
export function resnetMaskedWeights(config: ResnetConfig): string[] {
  return convolutionsOf(config).map(({ name }) => `${name}.convolution.weight`);
}

/**
 * Fresh values as transformers draws them: convolutions normal with deviation sqrt(2 / (out · ky · kx)),
 * normalisation 1 and 0, running statistics 0 and 1, classifier uniform within 1 / sqrt(in).
 */
export function resnetInit(config: ResnetConfig, seed: number): Parameters {
  return Object.fromEntries(
    Object.entries(resnetShapes(config)).map(([name, shape], stream) => {
      if (/normalization\.(weight|running_var)$/.test(name)) return [name, tf.ones(shape)];
      if (name.includes('normalization')) return [name, tf.zeros(shape)];
      if (name.startsWith('classifier')) return [name, kaimingUniform(shape, seed, stream, lastWidth(config))];
      const [out, , height, width] = shape;
      return [name, randomNormal(shape, seed, stream, Math.sqrt(2 / (out * height * width)))];
    }),
  );
}

/** The forward pass: pixels [n, y, x, channel] → logits [n, classes]. */
export function resnetLogits(
  parameters: Parameters,
  pixels: tf.Tensor4D,
  config: ResnetConfig,
  { normalization = 'eval', onStatistics }: ImageForwardOptions = {},
): tf.Tensor2D {
  const { normEpsilon } = config;

  const normalize = (x: tf.Tensor4D, name: string): tf.Tensor4D => {
    const part = (key: string) => parameters[`${name}.normalization.${key}`] as tf.Tensor1D;
    if (normalization === 'train') {
      const { value, statistics } = batchNorm(x, part('weight'), part('bias'), normEpsilon);
      onStatistics?.(`${name}.normalization`, statistics);
      return value;
    }
    const scale = part('weight').mul(part('running_var').add(normEpsilon).rsqrt());
    return x.mul(scale).add(part('bias').sub(part('running_mean').mul(scale)));
  };
  const convolve = (x: tf.Tensor4D, layer: ConvolutionLayer) =>
    normalize(convolution(x, parameters[`${layer.name}.convolution.weight`] as tf.Tensor4D, layer), layer.name);

  const { stem, blocks } = layersOf(config);
  // The largest value of those above 0 is the same before and after ReLU, which has a quarter of the work here.
  let x: tf.Tensor4D = maxPool(convolve(pixels, stem), { size: 3, stride: 2, padding: 1 }).relu(); // [n, y / 4, x / 4, stemWidth]
  for (const { shortcut, first, second } of blocks) {
    const residual = shortcut ? convolve(x, shortcut) : x;
    const changed: tf.Tensor4D = convolve(convolve(x, first).relu(), second).add(residual);
    x = changed.relu();
  }
  const pooled = x.mean([1, 2]) as tf.Tensor2D; // [n, last width]
  const [weight, bias] = ['weight', 'bias'].map((part) => parameters[`classifier.1.${part}`]);
  return linearOutIn(pooled, weight as tf.Tensor2D, bias as tf.Tensor1D);
}

/** What trainers and evaluators need of a ResNet. */
export function resnetModel(config: ResnetConfig): ImageModel {
  const shapes = resnetShapes(config);
  const normalizations = Object.keys(shapes).filter((name) => name.includes('.normalization.'));
  return {
    shapes,
    statistics: normalizations.filter((name) => name.includes('.running_')),
    maskedWeights: resnetMaskedWeights(config),
    normalizations: normalizations.filter((name) => !name.includes('.running_')),
    trainedWithMask: [],
    // XLA's convolutions on the processor take more than twice the time of TensorFlow's own.
    xla: false,
    logits: (parameters, pixels, options) => resnetLogits(parameters, pixels, config, options),
  };
}
