/** GPT-2 models as Hugging Face folders: config.json and model.safetensors, read and written. */
import { join } from 'node:path';
import { writeJson } from '../files/json';
import type { HostTensors } from '../tensorflow/hostTensor';
import { writeSafetensors } from '../tensorflow/safetensors';
import { type Gpt2Config, gpt2Shapes } from './gpt2';
import { openModelFolder, takeTensors } from './huggingFace';
import type { ModelConfig } from './modelConfig';

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
 * files of the original GPT-2 and of GPT2Model; causal-mask buffers and the tied output embedding are left out. Parameters
 * are F32, converted from F64, F16 or BF16 where the file has those; the weights may be in several files (shards).
 *
 * @throws a sentence that names what the folder lacks, a field of config.json that changes what the model computes (attention
 * scaled by layer, cross-attention, …), or the first parameter that does not fit config.json.
 */
export function loadGpt2(folder: string): { config: Gpt2Config; parameters: HostTensors } {
  const opened = openModelFolder(folder, 'a GPT-2', "models in GPT-2's own layout");
  const config = configFrom(opened.config);
  return { config, parameters: takeTensors(opened, gpt2Shapes(config), { prefix: 'transformer.' }) };
}

/** Names in transformers of one function up to rounding: GELU by tanh. */
const GELU_BY_TANH = ['gelu_new', 'gelu_pytorch_tanh', 'gelu_python_tanh', 'gelu_accurate', 'gelu_fast'];

/** Fields that transformers' GPT-2 reads for other heads, lower precision or generation, or not at all. */
const HARMLESS = `is_decoder n_special predict_special_tokens reorder_and_upcast_attn summary_activation
  summary_proj_to_labels summary_type summary_use_proj`.split(/\s+/);

function configFrom(json: ModelConfig): Gpt2Config {
  const type = json.value('model_type');
  if (type !== 'gpt2') throw json.wrong(`is for model_type ${JSON.stringify(type)}`);
  const activation = json.value('activation_function', 'gelu_new');
  if (!GELU_BY_TANH.includes(activation as string)) {
    throw json.wrong(`asks for the activation ${JSON.stringify(activation)}`);
  }
  if (json.value('tie_word_embeddings') === false) {
    throw json.wrong('has an output embedding of its own (tie_word_embeddings false)');
  }
  json.expect('scale_attn_weights', true);
  json.expect('scale_attn_by_inverse_layer_idx', false);
  // The fallbacks and other names are transformers' own: it leaves out what has its default value.
  const width = json.size('n_embd', 768, ['hidden_size']);
  const heads = json.size('n_head', 12, ['num_attention_heads']);
  if (width % heads !== 0) throw json.wrong(`has n_embd = ${width}, which its ${heads} heads do not divide`);
  const config = {
    vocabulary: json.size('vocab_size', 50257),
    positions: json.size('n_positions', json.size('n_ctx', 1024), ['max_position_embeddings']),
    width,
    heads,
    layers: json.size('n_layer', 12, ['num_hidden_layers']),
    mlpWidth: json.size('n_inner', 4 * width),
    layerNormEpsilon: json.positive('layer_norm_epsilon', 1e-5),
  };
  json.expectNothingElse(HARMLESS);
  return config;
}
