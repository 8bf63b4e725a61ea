/** ViT models as Hugging Face folders, read and written. */
import { join } from 'node:path';
import { writeJson } from '../files/json';
import type { HostTensors } from '../tensorflow/hostTensor';
import { writeSafetensors } from '../tensorflow/safetensors';
import { imageShapes, labelEntries, openModelFolder, takeTensors } from './huggingFace';
import type { SavedModel, SaveOptions } from './imageModel';
import { type VitConfig, vitConfig, vitShapes } from './vit';

const LAYOUT = "ViTs in ViT-B/16's layout";

/** Fields that transformers' ViT reads for its pooler and for masked images, or not at all. */
const HARMLESS = ['encoder_stride', 'pooler_act', 'pooler_output_size', 'tie_word_embeddings', 'use_mask_token'];

/** Parts of a block in transformers 5, and as published files and every version of transformers name them. */
const PUBLISHED_PARTS: [string, string][] = [
  ['attention.q_proj', 'attention.attention.query'],
  ['attention.k_proj', 'attention.attention.key'],
  ['attention.v_proj', 'attention.attention.value'],
  ['attention.o_proj', 'attention.output.dense'],
  ['mlp.fc1', 'intermediate.dense'],
  ['mlp.fc2', 'output.dense'],
];

/** The name of a parameter in published files (google/vit-base-patch16-224). */
export function publishedVitName(name: string): string {
  const [part, published] = PUBLISHED_PARTS.find(([ours]) => name.includes(`.${ours}.`)) ?? ['', ''];
  return name.replace(/^vit\.layers\./, 'vit.encoder.layer.').replace(part, published);
}

/** Saves a model so that `ViTForImageClassification.from_pretrained(folder)` opens it: in the names of published files. */
export function saveVit(
  folder: string,
  { config, parameters, labels, floats }: SavedModel<VitConfig> & SaveOptions,
): void {
  const classNames = labelEntries(config.classes, labels);
  const renamed: HostTensors = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [publishedVitName(name), value]),
  );
  writeSafetensors(join(folder, 'model.safetensors'), renamed, { format: 'pt' }, { floats });
  writeJson(join(folder, 'config.json'), {
    architectures: ['ViTForImageClassification'],
    model_type: 'vit',
    image_size: config.image,
    patch_size: config.patch,
    num_channels: config.channels,
    hidden_size: config.width,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.mlpWidth,
    hidden_act: 'gelu',
    layer_norm_eps: config.layerNormEpsilon,
    qkv_bias: true,
    ...classNames,
  });
}

/**
 * Opens a ViT that transformers saved, in the names of published files or of transformers 5, or saveVit. Parameters are F32,
 * converted from F64, F16 or BF16 where the file has those; the weights may be in several files (shards).
 *
 * @param classifier false leaves the classifier out, to be given another (replaceClassifier). A folder of transformers'
 * ViTModel, which has none, opens only so.
 * @throws a sentence that names what the folder lacks, or the first parameter that does not fit config.json.
 */
export function loadVit(folder: string, { classifier = true }: { classifier?: boolean } = {}): SavedModel<VitConfig> {
  const opened = openModelFolder(folder, 'a ViT', LAYOUT);
  const json = opened.config;
  json.expect('model_type', 'vit', null);
  json.expectOneOf('hidden_act', ['gelu', 'gelu_python']);
  json.expect('qkv_bias', true);
  // The fallbacks are transformers' own: it leaves out what has its default value.
  const config = vitConfig({
    image: json.side('image_size', 224),
    patch: json.side('patch_size', 16),
    channels: json.size('num_channels', 3),
    width: json.size('hidden_size', 768),
    layers: json.size('num_hidden_layers', 12),
    heads: json.size('num_attention_heads', 12),
    mlpWidth: json.size('intermediate_size', 3072),
    layerNormEpsilon: json.positive('layer_norm_eps', 1e-12),
    classes: json.classes(),
  });
  const { width, heads, image, patch } = config;
  if (width % heads !== 0) throw json.wrong(`has hidden_size = ${width}, which its ${heads} heads do not divide`);
  json.expect('head_dim', width / heads);
  if (image % patch !== 0) throw json.wrong(`has image_size = ${image}, which patches of ${patch} do not tile`);
  json.expectNothingElse(HARMLESS);
  const shapes = imageShapes(opened, vitShapes(config), classifier);
  const otherNames = (name: string) => [publishedVitName(name)];
  return { config, parameters: takeTensors(opened, shapes, { prefix: 'vit.', otherNames }) };
}
