import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gpt2Config, gpt2Init } from '../../lib/dist/models/gpt2';
import { loadGpt2, saveGpt2 } from '../../lib/dist/models/gpt2File';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';

let folder: string;
const config = gpt2Config({ layers: 2, width: 16, heads: 2, vocabulary: 11 });
let parameters: HostTensors;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpt2-'));
  parameters = tidied(() => snapshot(gpt2Init(config, 1)));
  saveGpt2(folder, { config, parameters });
});
afterEach(() => rmSync(folder, { recursive: true }));

const weights = () => join(folder, 'model.safetensors');
const changeConfig = (change: Record<string, unknown>) => {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
};

it('opens what it saved', () => {
  expect(loadGpt2(folder)).toEqual({ config, parameters });
});

it('opens files in the naming of the original GPT-2, with mask buffers and a copy of the tied embedding', () => {
  const renamed = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.replace('transformer.', ''), value]),
  );
  const buffer = { dtype: 'F32' as const, shape: [1, 1, 4, 4], data: new Float32Array(16) };
  writeSafetensors(weights(), {
    ...renamed,
    'h.0.attn.bias': buffer,
    'lm_head.weight': parameters['transformer.wte.weight'],
  });
  expect(loadGpt2(folder).parameters).toEqual(parameters);
});

it('fills in the defaults that transformers leaves out', () => {
  changeConfig({ n_inner: null, layer_norm_epsilon: undefined, activation_function: undefined });
  expect(loadGpt2(folder).config).toEqual(config);
});

it('refuses other models, and weights that do not fit, in one sentence', () => {
  changeConfig({ n_layer: 3 });
  expect(() => loadGpt2(folder)).toThrow(/lacks transformer\.h\.2\.ln_1\.weight/);
  changeConfig({ n_layer: 2, n_embd: 32 });
  expect(() => loadGpt2(folder)).toThrow(
    /transformer\.wte\.weight has shape \[11,16\], but its config\.json asks for \[11,32\]/,
  );
  changeConfig({ n_embd: 16, n_head: 3 });
  expect(() => loadGpt2(folder)).toThrow(/n_embd = 16, which its 3 heads do not divide/);
  changeConfig({ n_head: 2, activation_function: 'relu' });
  expect(() => loadGpt2(folder)).toThrow(/asks for the activation "relu"/);
  changeConfig({ activation_function: 'gelu_new', model_type: 'bert' });
  expect(() => loadGpt2(folder)).toThrow(/is for model_type "bert"/);
  rmSync(weights());
  expect(() => loadGpt2(folder)).toThrow(/has no model\.safetensors/);
});

it('saves names and shapes that transformers expects', () => {
  const { tensors, metadata } = readSafetensors(weights());
  expect(metadata.format).toBe('pt');
  expect(tensors['transformer.h.0.attn.c_attn.weight'].shape).toEqual([16, 48]);
  expect(tensors['lm_head.weight']).toBeUndefined();
});
