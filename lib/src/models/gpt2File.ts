/** GPT-2 models as Hugging Face folders: config.json and model.safetensors, read and written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../files/json';
import type { HostTensors } from '../tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../tensorflow/safetensors';
import { type Gpt2Config, gpt2Shapes } from './gpt2';

/** Saves a model so that `GPT2LMHeadModel.from_pretrained(folder)` opens it. */
export function saveGpt2(
  folder: string,
  { config, parameters }: { config: Gpt2Config; parameters: HostTensors },
): void {
  writeSafetensors(join(folder, 'model.safetensors'), parameters, { format: 'pt' });
  writeJson(join(folder, 'config.json'), {
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: config.vocabulary,
    n_positions: config.positions,
    n_embd: config.width,
    n_inner: config.mlpWidth,
    n_head: config.heads,
    n_layer: config.layers,
    activation_function: 'gelu_new',
    layer_norm_epsilon: config.layerNormEpsilon,
    tie_word_embeddings: true,
    bos_token_id: null,
    eos_token_id: null,
  });
}

/**
 * Opens a GPT-2 that Hugging Face's transformers saved, or saveGpt2. Names may lack the prefix `transformer.`, as in the
 * files of the original GPT-2; causal-mask buffers and the tied output embedding are left out.
 *
 * @throws a sentence that names what the folder lacks, or the first parameter that does not fit config.json.
 */
export function loadGpt2(folder: string): { config: Gpt2Config; parameters: HostTensors } {
  for (const name of ['config.json', 'model.safetensors']) {
    if (!existsSync(join(folder, name))) {
      throw new Error(`${folder} has no ${name}: give the folder of a GPT-2 saved by transformers as safetensors.`);
    }
  }
  const config = configFrom(join(folder, 'config.json'));
  const { tensors } = readSafetensors(join(folder, 'model.safetensors'));
  const parameters: HostTensors = {};
  for (const [name, shape] of Object.entries(gpt2Shapes(config))) {
    const tensor = tensors[name] ?? tensors[name.replace(/^transformer\./, '')];
    if (!tensor) throw new Error(`${folder}/model.safetensors lacks ${name}, which its config.json asks for.`);
    if (tensor.shape.join() !== shape.join()) {
      throw new Error(`${folder}: ${name} has shape [${tensor.shape}], but its config.json asks for [${shape}].`);
    }
    parameters[name] = tensor;
  }
  return { config, parameters };
}

function configFrom(path: string): Gpt2Config {
  const json = readJson(path) as Record<string, unknown>;
  const wrong = (problem: string) => new Error(`${path} ${problem}: only models in GPT-2's own layout can be opened.`);
  if (json?.model_type !== 'gpt2') throw wrong(`is for model_type ${JSON.stringify(json?.model_type)}`);
  const activation = json.activation_function ?? 'gelu_new';
  if (activation !== 'gelu_new') throw wrong(`asks for the activation ${JSON.stringify(activation)}`);
  if (json.tie_word_embeddings === false) throw wrong('has an output embedding of its own (tie_word_embeddings false)');
  const size = (name: string, fallback: number) => {
    const value = json[name] ?? fallback;
    if (!Number.isInteger(value) || (value as number) < 1) throw wrong(`has ${name} = ${JSON.stringify(value)}`);
    return value as number;
  };
  // The fallbacks are transformers' own: it leaves out what has its default value.
  const width = size('n_embd', 768);
  const heads = size('n_head', 12);
  if (width % heads !== 0) throw wrong(`has n_embd = ${width}, which its ${heads} heads do not divide`);
  return {
    vocabulary: size('vocab_size', 50257),
    positions: size('n_positions', 1024),
    width,
    heads,
    layers: size('n_layer', 12),
    mlpWidth: size('n_inner', 4 * width),
    layerNormEpsilon: (json.layer_norm_epsilon as number | undefined) ?? 1e-5,
  };
}
