/** The models, values and batches of the vectors of kinds resnet and vit. */
import type { ImageModel } from '../../lib/dist/models/imageModel';
import { resnetConfig, resnetModel } from '../../lib/dist/models/resnet';
import { vitConfig, vitModel } from '../../lib/dist/models/vit';
import { elementCount, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import type { ImageBatch } from '../../lib/dist/training/imageBatches';
import type { Reference } from './reference';

/** A model of the reference, its values, and the batch that everything is computed from. */
export interface ImageReference {
  model: ImageModel;
  classes: number;
  weights: HostTensors;
  batch: ImageBatch;
  classWeights: number[];
}

const STEM = 'weights/resnet.embedder.embedder.convolution.weight';
const BLOCK = /^(\d+)\.layers\.(\d+)\./;

/** A ResNet: widths from the JSON; stem and depths from the weights that are there. */
export function resnetOfReference(reference: Reference): ImageReference {
  const model = reference.json.get('model');
  const classes = model.get('num_labels').size();
  const [stemWidth, channels, stemKernel] = reference.tensor(STEM, [-1, -1, -1, -1]).shape;
  const widths = model
    .get('widths')
    .items()
    .map((item) => item.size());
  const blocks = reference.namesUnder('weights/resnet.encoder.stages.').map((name) => BLOCK.exec(name));
  const depths = widths.map((_, stage) => {
    const inStage = blocks.filter((match) => Number(match?.[1]) === stage).map((match) => Number(match?.[2]));
    return Math.max(-1, ...inStage) + 1;
  });
  const normEpsilon = model.get('bn_eps').number();
  const momentum = model.get('bn_momentum').number();
  if (momentum !== 0.1) {
    throw new Error(`${reference.name}.json: bn_momentum is ${momentum}; the library's running statistics have 0.1.`);
  }
  const config = resnetConfig({ stemWidth, widths, depths, stemKernel, channels, classes, normEpsilon });
  return imageReference(reference, resnetModel(config), classes);
}

/** A ViT: all sizes from the JSON. */
export function vitOfReference(reference: Reference): ImageReference {
  const model = reference.json.get('model');
  const config = vitConfig({
    image: model.get('image').size(),
    patch: model.get('patch').size(),
    width: model.get('hidden').size(),
    heads: model.get('heads').size(),
    layers: model.get('layers').size(),
    mlpWidth: model.get('mlp').size(),
    classes: model.get('num_labels').size(),
    layerNormEpsilon: model.get('layer_norm_eps').number(),
  });
  for (const [total, part] of [
    [config.width, config.heads],
    [config.image, config.patch],
  ]) {
    if (total % part !== 0) throw new Error(`${reference.name}.json: ${part} does not divide ${total}.`);
  }
  return imageReference(reference, vitModel(config), config.classes);
}

function imageReference(reference: Reference, model: ImageModel, classes: number): ImageReference {
  return {
    model,
    classes,
    weights: reference.parameters('weights/', model.shapes),
    batch: batchOf(reference, classes),
    classWeights: Array.from(reference.values('class_weight', [classes])),
  };
}

function batchOf(reference: Reference, classes: number): ImageBatch {
  const { data, shape } = reference.tensor('pixels', [-1, 3, -1, -1]);
  const labels = Int32Array.from(reference.values('labels', [shape[0]]));
  const strange = labels.find((label) => label < 0 || label >= classes);
  if (strange !== undefined) {
    throw new Error(`${reference.name}.safetensors: labels holds ${strange}, but there are ${classes} classes.`);
  }
  return {
    pixels: channelsLast(data as ArrayLike<number>, shape),
    labels,
    weights: new Float32Array(labels.length).fill(1),
  };
}

/** [n, channel, y, x] → [n, y, x, channel] */
function channelsLast(values: ArrayLike<number>, shape: number[]): Float32Array {
  const [images, channels, height, width] = shape;
  const pixels = new Float32Array(elementCount(shape));
  const area = height * width;
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const plane = (image * channels + channel) * area;
      for (let at = 0; at < area; at++) pixels[(image * area + at) * channels + channel] = values[plane + at];
    }
  }
  return pixels;
}
