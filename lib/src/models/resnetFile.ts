/** ResNet models as Hugging Face folders, read and written. */
import { join } from 'node:path';
import { writeJson } from '../files/json';
import type { HostTensors } from '../tensorflow/hostTensor';
import { writeSafetensors } from '../tensorflow/safetensors';
import { imageShapes, labelEntries, openModelFolder, takeTensors, withoutPrefix } from './huggingFace';
import type { SavedModel, SaveOptions } from './imageModel';
import { type ResnetConfig, resnetConfig, resnetShapes } from './resnet';

const LAYOUT = "ResNets in ResNet-18's layout";
const PREFIX = 'resnet.';
const STEM = 'resnet.embedder.embedder.convolution.weight';

/** Fields that transformers' ResNet reads for bottleneck blocks or as a backbone of other models, or not at all. */
const HARMLESS = ['downsample_in_bottleneck', 'out_features', 'out_indices', 'stage_names', 'tie_word_embeddings'];

/**
 * Saves a model so that `ResNetForImageClassification.from_pretrained(folder)` opens it (a stem other than 7x7 has no place in
 * its configuration: transformers refuses those weights, loadResnet takes them).
 */
export function saveResnet(
  folder: string,
  { config, parameters, labels, floats }: SavedModel<ResnetConfig> & SaveOptions,
): void {
  const classNames = labelEntries(config.classes, labels);
  writeSafetensors(
    join(folder, 'model.safetensors'),
    { ...parameters, ...batchCounters(parameters) },
    { format: 'pt' },
    { floats },
  );
  writeJson(join(folder, 'config.json'), {
    architectures: ['ResNetForImageClassification'],
    model_type: 'resnet',
    num_channels: config.channels,
    embedding_size: config.stemWidth,
    hidden_sizes: config.widths,
    depths: config.depths,
    layer_type: 'basic',
    hidden_act: 'relu',
    downsample_in_first_stage: false,
    ...classNames,
  });
}

/** torch counts the batches of each batch normalisation; nothing is computed from it, but its files hold the count. */
function batchCounters(parameters: HostTensors): HostTensors {
  const layers = Object.keys(parameters).filter((name) => name.endsWith('.running_var'));
  return Object.fromEntries(
    layers.map((name) => [
      name.replace(/running_var$/, 'num_batches_tracked'),
      { dtype: 'I64', shape: [], data: BigInt64Array.of(0n) },
    ]),
  );
}

/**
 * Opens a ResNet of basic blocks that transformers saved (microsoft/resnet-18), or saveResnet. The side of the stem's kernel
 * comes from its weight. Parameters are F32, converted from F64, F16 or BF16 where the file has those; the weights may be in
 * several files (shards).
 *
 * @param classifier false leaves the classifier out, to be given another (replaceClassifier). A folder of transformers'
 * ResNetModel, which has none, opens only so.
 * @throws a sentence that names what the folder lacks, or the first value that does not fit config.json.
 */
export function loadResnet(
  folder: string,
  { classifier = true }: { classifier?: boolean } = {},
): SavedModel<ResnetConfig> {
  const opened = openModelFolder(folder, 'a ResNet', LAYOUT);
  const { config: json, stored } = opened;
  json.expect('model_type', 'resnet', null);
  json.expect('layer_type', 'basic', 'bottleneck');
  json.expect('hidden_act', 'relu');
  json.expect('downsample_in_first_stage', false);
  const widths = json.sizes('hidden_sizes', [256, 512, 1024, 2048]);
  const depths = json.sizes('depths', [3, 4, 6, 3]);
  if (widths.length !== depths.length) {
    throw json.wrong(`has ${widths.length} hidden_sizes for ${depths.length} depths`);
  }
  const stem = stored.get(STEM) ?? stored.get(withoutPrefix(STEM, PREFIX));
  const stemKernel = stem?.shape[2] ?? 7;
  if (stemKernel % 2 === 0) throw json.wrong(`goes with a stem of an even kernel, ${stemKernel} x ${stemKernel}`);
  const config = resnetConfig({
    stemWidth: json.size('embedding_size', 64),
    widths,
    depths,
    stemKernel,
    channels: json.size('num_channels', 3),
    classes: json.classes(),
  });
  json.expectNothingElse(HARMLESS);
  const shapes = imageShapes(opened, resnetShapes(config), classifier);
  return { config, parameters: takeTensors(opened, shapes, { prefix: PREFIX }) };
}
