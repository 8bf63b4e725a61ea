/** GPT-2 models as Hugging Face folders: config.json and model.safetensors, read and written. */
import { join } from 'node:path';
import { writeJson } from '../files/json';
import type { HostTensors } from '../tensorflow/hostTensor';
import { writeSafetensors } from '../tensorflow/safetensors';
import { type Gpt2Config, gpt2Shapes } from './gpt2';
import { type ModelConfig, openModelFolder, takeTensors } from './huggingFace';

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
  const { config: json, tensors } = openModelFolder(folder, 'a GPT-2', "models in GPT-2's own layout");
  const config = configFrom(json);
  const withoutPrefix = (name: string) => [name.replace(/^transformer\./, '')];
  return { config, parameters: takeTensors(folder, tensors, gpt2Shapes(config), withoutPrefix) };
}

function configFrom(json: ModelConfig): Gpt2Config {
  const type = json.value('model_type');
  if (type !== 'gpt2') throw json.wrong(`is for model_type ${JSON.stringify(type)}`);
  const activation = json.value('activation_function', 'gelu_new');
  if (activation !== 'gelu_new') throw json.wrong(`asks for the activation ${JSON.stringify(activation)}`);
  if (json.value('tie_word_embeddings') === false) {
    throw json.wrong('has an output embedding of its own (tie_word_embeddings false)');
  }
  // The fallbacks are transformers' own: it leaves out what has its default value.
  const width = json.size('n_embd', 768);
  const heads = json.size('n_head', 12);
  if (width % heads !== 0) throw json.wrong(`has n_embd = ${width}, which its ${heads} heads do not divide`);
  return {
    vocabulary: json.size('vocab_size', 50257),
    positions: json.size('n_positions', 1024),
    width,
    heads,
    layers: json.size('n_layer', 12),
    mlpWidth: json.size('n_inner', 4 * width),
    layerNormEpsilon: json.value('layer_norm_epsilon', 1e-5) as number,
  };
}
