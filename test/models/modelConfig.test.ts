import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gpt2Config, gpt2Init } from '../../lib/dist/models/gpt2';
import { loadGpt2, saveGpt2 } from '../../lib/dist/models/gpt2File';
import { resnetConfig, resnetInit } from '../../lib/dist/models/resnet';
import { loadResnet, saveResnet } from '../../lib/dist/models/resnetFile';
import { vitConfig, vitInit } from '../../lib/dist/models/vit';
import { loadVit, saveVit } from '../../lib/dist/models/vitFile';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';
import transformersConfigs from './transformersConfigs.json';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const gpt2 = gpt2Config({ layers: 2, width: 16, heads: 2, vocabulary: 11 });
const resnet = resnetConfig({ stemWidth: 4, widths: [4, 6], depths: [1, 1], classes: 3 });
const vit = vitConfig({ image: 8, patch: 4, width: 16, heads: 2, layers: 1, mlpWidth: 10, classes: 3 });
type Kind = 'gpt2' | 'resnet' | 'vit';
/** Saves each kind of model, and opens its configuration again. */
const models: Record<Kind, { save(): void; open(): object; config: object }> = {
  gpt2: {
    save: () => saveGpt2(folder, { config: gpt2, parameters: tidied(() => snapshot(gpt2Init(gpt2, 1))) }),
    open: () => loadGpt2(folder).config,
    config: gpt2,
  },
  resnet: {
    save: () => saveResnet(folder, { config: resnet, parameters: tidied(() => snapshot(resnetInit(resnet, 1))) }),
    open: () => loadResnet(folder).config,
    config: resnet,
  },
  vit: {
    save: () => saveVit(folder, { config: vit, parameters: tidied(() => snapshot(vitInit(vit, 1))) }),
    open: () => loadVit(folder).config,
    config: vit,
  },
};
const KINDS = Object.keys(models) as Kind[];

const path = () => join(folder, 'config.json');
/** Saves a model, with other fields in its config.json (undefined takes one away), and opens it. */
function opened(kind: Kind, change: Record<string, unknown>, before: object = {}): object {
  models[kind].save();
  writeFileSync(path(), JSON.stringify({ ...before, ...JSON.parse(readFileSync(path(), 'utf8')), ...change }));
  return models[kind].open();
}

describe('config.json', () => {
  it.each(Object.keys(transformersConfigs) as (keyof typeof transformersConfigs)[])(
    'opens with every field at the default of transformers %s',
    (version) => {
      for (const kind of KINDS) {
        expect(opened(kind, {}, transformersConfigs[version][kind])).toEqual(models[kind].config);
      }
    },
  );

  it('opens whatever the fields say that change nothing of the forward pass', () => {
    const harmless = {
      architectures: ['Other'],
      _name_or_path: 'x',
      torch_dtype: 'bfloat16',
      output_hidden_states: true,
      use_cache: false,
      eos_token_id: [1, 2],
      max_length: 100,
      temperature: 0.7,
      initializer_range: 0.5,
      problem_type: 'regression',
      task_specific_params: { a: 1 },
      later_field: null,
    };
    const own: Record<Kind, object> = {
      gpt2: { attn_pdrop: 0.5, summary_type: 'last', reorder_and_upcast_attn: true, n_ctx: 2, is_decoder: true },
      resnet: { downsample_in_bottleneck: true, out_features: ['stage1'], out_indices: [1], stage_names: ['a'] },
      vit: { hidden_dropout_prob: 0.5, encoder_stride: 4, pooler_act: 'relu', pooler_output_size: 9, head_dim: 8 },
    };
    for (const kind of KINDS) expect(opened(kind, { ...harmless, ...own[kind] })).toEqual(models[kind].config);
  });

  it.each<[Kind, string, unknown]>([
    ['gpt2', 'scale_attn_by_inverse_layer_idx', true],
    ['gpt2', 'scale_attn_weights', false],
    ['gpt2', 'layer_norm_epsilon', '1e-5'],
    ['gpt2', 'layer_norm_epsilon', true],
    ['gpt2', 'n_inner', 0],
    ['resnet', 'downsample_in_first_stage', true],
    ['resnet', 'hidden_act', 'gelu'],
    ['vit', 'qkv_bias', false],
    ['vit', 'hidden_act', 'gelu_new'],
    ['vit', 'layer_norm_eps', [1]],
    ['vit', 'image_size', [8, 16]],
    ['vit', 'head_dim', 4],
    ...KINDS.flatMap((kind): [Kind, string, unknown][] => [
      [kind, 'add_cross_attention', true],
      [kind, 'is_encoder_decoder', true],
      [kind, 'pruned_heads', { 0: [1] }],
    ]),
  ])('is refused where it changes the model: %s with %s = %j', (kind, name, value) => {
    expect(() => opened(kind, { [name]: value })).toThrow(`${path()} has ${name} = ${JSON.stringify(value)}: only `);
  });

  it.each(KINDS)('is refused where a field of %s is not known, which it names', (kind) => {
    for (const [name, value] of [
      ['rms_norm', true],
      ['use_bias', false],
      ['auto_map', { AutoModel: 'x.Y' }],
    ]) {
      expect(() => opened(kind, { [name as string]: value })).toThrow(
        `${path()} has ${name} = ${JSON.stringify(value)}, which may change what the model computes and is not known here: remove it`,
      );
    }
  });

  it.each([['[]'], ['null'], ['"gpt2"']])('is refused where it holds no object: %s', (text) => {
    models.gpt2.save();
    writeFileSync(path(), text);
    expect(() => loadGpt2(folder)).toThrow(`${path()} is not the configuration of a model: it holds no JSON object.`);
  });

  it('may name fields and activations otherwise', () => {
    const sizes = { hidden_size: 16, n_embd: undefined, num_attention_heads: 2, n_head: undefined };
    const others = { num_hidden_layers: 2, n_layer: undefined, max_position_embeddings: 4, n_positions: undefined };
    expect(opened('gpt2', { ...sizes, ...others, activation_function: 'gelu_pytorch_tanh' })).toEqual(gpt2);
    expect(opened('gpt2', { n_ctx: 4, n_positions: undefined })).toEqual(gpt2);
    expect(() => opened('gpt2', { hidden_size: 32 })).toThrow(
      'has n_embd = 16 and hidden_size = 32, which is the same',
    );
    expect(opened('vit', { image_size: [8, 8], patch_size: [4, 4], hidden_act: 'gelu_python' })).toEqual(vit);
  });

  it('says the number of classes by their names or as num_labels, which must agree with the classifier', () => {
    for (const kind of ['resnet', 'vit'] as const) {
      expect(opened(kind, { id2label: undefined, num_labels: 3 })).toEqual(models[kind].config);
      expect(opened(kind, { num_labels: 3 })).toEqual(models[kind].config);
      expect(() => opened(kind, { num_labels: 4 })).toThrow('has num_labels = 4, but names 3 classes in id2label');
      expect(() => opened(kind, { id2label: undefined, num_labels: 4 })).toThrow(
        `${folder} has a classifier of 3 classes, but its config.json says 4 (id2label or num_labels`,
      );
      expect(() => opened(kind, { id2label: undefined })).toThrow(
        'a classifier of 3 classes, but its config.json says 2',
      );
      expect(() => opened(kind, { id2label: 3 })).toThrow('has id2label = 3');
    }
  });
});
