import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadGpt2 } from '../../lib/dist/models/gpt2File';
import { replaceClassifier } from '../../lib/dist/models/imageModel';
import { resnetConfig, resnetInit } from '../../lib/dist/models/resnet';
import { loadResnet, saveResnet } from '../../lib/dist/models/resnetFile';
import { vitConfig, vitInit } from '../../lib/dist/models/vit';
import { loadVit, publishedVitName, saveVit } from '../../lib/dist/models/vitFile';
import { elementCount, type HostTensor, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors, writeSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { snapshot } from '../../lib/dist/tensorflow/variables';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hugging-face-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const vit = vitConfig({ image: 8, patch: 4, width: 6, heads: 2, layers: 1, mlpWidth: 10, classes: 3 });
const resnet = resnetConfig({ stemWidth: 4, widths: [4, 6], depths: [1, 1], stemKernel: 3, classes: 3 });
const vitValues = (seed = 1): HostTensors => tidied(() => snapshot(vitInit(vit, seed)));
const resnetValues = (seed = 1): HostTensors => tidied(() => snapshot(resnetInit(resnet, seed)));
const weights = () => join(folder, 'model.safetensors');
const index = () => `${weights()}.index.json`;
const NAME = 'vit.layers.0.mlp.fc1.weight';

/** The folder of the ViT with other tensors in the place of those that this returns. */
function vitWith(change: (tensors: HostTensors) => HostTensors): void {
  saveVit(folder, { config: vit, parameters: vitValues() });
  const { tensors } = readSafetensors(weights());
  writeSafetensors(weights(), { ...tensors, ...change(tensors) });
}
/** Writes tensors of any type with these bytes, in this order. */
function writeTyped(tensors: Record<string, { dtype: string; shape: number[]; bytes: Uint8Array }>): void {
  let at = 0;
  const header = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [at - bytes.length, at] }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(weights(), Buffer.concat([length, text, ...Object.values(tensors).map(({ bytes }) => bytes)]));
}
const bytesOf = ({ data }: HostTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const changeConfig = (change: Record<string, unknown>) => {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
};

describe('types of stored parameters', () => {
  const stored = publishedVitName(NAME);

  it('F64 is read as the nearest float32 values, BF16 exactly', () => {
    const wide = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i) / 3);
    vitWith(() => ({ [stored]: { dtype: 'F64', shape: [10, 6], data: wide } }));
    expect(loadVit(folder).parameters).toEqual({
      ...vitValues(),
      [NAME]: { dtype: 'F32', shape: [10, 6], data: Float32Array.from(wide) },
    });
    // The upper halves of float32 values are BF16 values.
    const brain = Object.entries(vitValues()).map(([name, { shape, data }]) => {
      const halves = Uint16Array.from(new Uint32Array((data as Float32Array).buffer), (word) => word >>> 16);
      return {
        name,
        shape,
        bytes: new Uint8Array(halves.buffer),
        words: Uint32Array.from(halves, (half) => half << 16),
      };
    });
    writeTyped(Object.fromEntries(brain.map(({ name, shape, bytes }) => [name, { dtype: 'BF16', shape, bytes }])));
    const expected = brain.map(({ name, shape, words }) => [
      name,
      { dtype: 'F32', shape, data: new Float32Array(words.buffer) },
    ]);
    expect(loadVit(folder).parameters).toEqual(Object.fromEntries(expected));
  });

  const whole = {
    I8: Int8Array,
    U8: Uint8Array,
    BOOL: Uint8Array,
    I16: Int16Array,
    U16: Uint16Array,
    I32: Int32Array,
    U32: Uint32Array,
    I64: BigInt64Array,
    U64: BigUint64Array,
  };
  it.each(Object.entries(whole))('%s is never taken as floats', (dtype, Values) => {
    vitWith(() => ({ [stored]: { dtype: dtype as keyof typeof whole, shape: [10, 6], data: new Values(60) } }));
    expect(() => loadVit(folder)).toThrow(
      `${folder}: ${stored} is stored as ${dtype}, not as floats (F32, F64, F16, BF16): save the model as F32.`,
    );
  });

  it('quantised weights are told with their method, in one sentence, whatever their shape and names', () => {
    const remedy = `its config.json has quantization_config.quant_method = "x": save the model as F32, without quantisation.`;
    vitWith(() => ({ [stored]: { dtype: 'U8', shape: [30, 1], data: new Uint8Array(30) } }));
    changeConfig({ quantization_config: { quant_method: 'x', bits: 4 } });
    expect(() => loadVit(folder)).toThrow(
      `${folder}: ${stored} is stored as U8, not as floats (F32, F64, F16, BF16), and ${remedy}`,
    );
    const { [NAME]: _, ...others } = vitValues();
    writeSafetensors(weights(), others);
    expect(() => loadVit(folder)).toThrow(`${folder} lacks ${NAME}, which its config.json asks for, and ${remedy}`);
    writeSafetensors(weights(), vitValues());
    expect(() => loadVit(folder)).toThrow(`${folder} has floats as weights, and ${remedy}`);
    changeConfig({ quantization_config: null });
    expect(loadVit(folder).parameters).toEqual(vitValues());
  });

  it('a type that cannot be read matters only where a parameter has it', () => {
    saveVit(folder, { config: vit, parameters: vitValues() });
    const typed = Object.entries(vitValues()).map(([name, value]) => [
      name,
      { dtype: 'F32', shape: value.shape, bytes: bytesOf(value) },
    ]);
    const scales = { dtype: 'F8_E8M0', shape: [3], bytes: Uint8Array.of(1, 2, 3) };
    writeTyped({ ...Object.fromEntries(typed), scales });
    expect(loadVit(folder).parameters).toEqual(vitValues());
    writeTyped({ ...Object.fromEntries(typed), [NAME]: { dtype: 'F4', shape: [10, 6], bytes: new Uint8Array(30) } });
    expect(() => loadVit(folder)).toThrow(`${folder}: ${NAME} is stored as F4, not as floats`);
  });
});

describe('weights in several files', () => {
  /** The ViT in two shards by turns, and the index that says where each tensor is. */
  function inShards(change: (map: Record<string, string>) => Record<string, unknown> = (map) => map): string[] {
    saveVit(folder, { config: vit, parameters: vitValues() });
    const { tensors } = readSafetensors(weights());
    rmSync(weights());
    const files = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    files.forEach((file, part) =>
      writeSafetensors(
        join(folder, file),
        Object.fromEntries(Object.entries(tensors).filter((_, i) => i % 2 === part)),
      ),
    );
    const map = Object.fromEntries(Object.keys(tensors).map((name, i) => [name, files[i % 2]]));
    writeFileSync(index(), JSON.stringify({ metadata: { total_size: 1 }, weight_map: change(map) }));
    return files;
  }

  it('are read as if they were in one', () => {
    inShards();
    expect(loadVit(folder)).toEqual({ config: vit, parameters: vitValues() });
  });

  it('are not asked for where all is in one file', () => {
    const [, second] = inShards();
    rmSync(join(folder, second));
    writeSafetensors(weights(), vitValues(2));
    expect(loadVit(folder).parameters).toEqual(vitValues(2));
  });

  it('are refused where the files are not what the index says', () => {
    const [first, second] = inShards((map) => ({ ...map, 'classifier.bias': map['classifier.weight'] }));
    const { 'classifier.bias': place } = JSON.parse(readFileSync(index(), 'utf8')).weight_map;
    const other = place === first ? second : first;
    expect(() => loadVit(folder)).toThrow(
      `${folder}: model.safetensors.index.json says that classifier.bias is in ${place}, but it is in ${other}: fetch the folder again.`,
    );
    inShards((map) => ({ ...map, extra: first }));
    expect(() => loadVit(folder)).toThrow(`says that extra is in ${first}, but no file has it`);
    inShards();
    rmSync(join(folder, second));
    expect(() => loadVit(folder)).toThrow(
      `${folder} lacks ${second}, which model.safetensors.index.json names: fetch it too.`,
    );
    inShards(({ 'classifier.bias': _, ...map }) => map);
    expect(() => loadVit(folder)).toThrow(`${folder} lacks classifier.bias, which its config.json asks for.`);
  });

  it('need an index of files in the folder', () => {
    for (const text of ['{}', '[]', 'null', '{"weight_map":{"a":1}}', '{"weight_map":{"a":"../x.safetensors"}}']) {
      inShards();
      writeFileSync(index(), text);
      expect(() => loadVit(folder)).toThrow(`${index()} does not say which file each tensor is in (weight_map)`);
    }
  });

  it.each(['pytorch_model.bin', 'pytorch_model.bin.index.json', 'tf_model.h5', 'flax_model.msgpack'])(
    'are named where they are in %s',
    (name) => {
      saveResnet(folder, { config: resnet, parameters: resnetValues() });
      rmSync(weights());
      writeFileSync(join(folder, name), '');
      expect(() => loadResnet(folder)).toThrow(
        `${folder} has its weights in ${name}, which cannot be read here: open it in Python with transformers' from_pretrained, and save_pretrained writes model.safetensors.`,
      );
      expect(() => loadGpt2(folder)).toThrow(`has its weights in ${name}`);
    },
  );
});

describe('models without a classifier', () => {
  const below = (values: HostTensors) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('classifier')));
  const bare = (values: HostTensors, prefix: RegExp) =>
    Object.fromEntries(Object.entries(below(values)).map(([name, value]) => [name.replace(prefix, ''), value]));

  it('open without one, in names without the prefix, and get one by replaceClassifier', () => {
    saveVit(folder, { config: vit, parameters: vitValues() });
    const pooler = { 'pooler.dense.bias': { dtype: 'F32' as const, shape: [6], data: new Float32Array(6) } };
    for (const rename of [publishedVitName, (name: string) => name]) {
      const renamed = Object.fromEntries(Object.entries(vitValues()).map(([name, value]) => [rename(name), value]));
      writeSafetensors(weights(), { ...bare(renamed, /^vit\./), ...pooler });
      expect(() => loadVit(folder)).toThrow(
        `${folder} has no classifier (classifier.weight), only what is below it: open it with { classifier: false }, and give it one with replaceClassifier.`,
      );
      expect(loadVit(folder, { classifier: false })).toEqual({ config: vit, parameters: below(vitValues()) });
    }
    const config = { ...vit, classes: 5 };
    const fresh = { config, parameters: tidied(() => snapshot(vitInit(config, 2))) };
    const model = replaceClassifier(loadVit(folder, { classifier: false }), fresh);
    expect(model.config).toEqual(config);
    expect(model.parameters).toEqual({
      ...below(vitValues()),
      'classifier.weight': fresh.parameters['classifier.weight'],
      'classifier.bias': fresh.parameters['classifier.bias'],
    });
    expect(Object.keys(model.parameters)).toEqual(Object.keys(fresh.parameters));
  });

  it('find the kernel of a ResNet in their stem, and say a missing classifier apart from a missing layer', () => {
    saveResnet(folder, { config: resnet, parameters: resnetValues() });
    writeSafetensors(weights(), bare(resnetValues(), /^resnet\./));
    expect(loadResnet(folder, { classifier: false })).toEqual({ config: resnet, parameters: below(resnetValues()) });
    expect(() => loadResnet(folder)).toThrow(`${folder} has no classifier (classifier.1.weight)`);
    const { 'classifier.1.bias': _, ...others } = resnetValues();
    writeSafetensors(weights(), others);
    expect(() => loadResnet(folder)).toThrow(`${folder} lacks classifier.1.bias, which its config.json asks for.`);
  });

  it('are what a folder with a classifier gives when it is not wanted, whatever its classes', () => {
    saveVit(folder, { config: vit, parameters: vitValues() });
    changeConfig({ id2label: undefined, num_labels: 7 });
    expect(loadVit(folder, { classifier: false })).toEqual({
      config: { ...vit, classes: 7 },
      parameters: below(vitValues()),
    });
    expect(elementCount(loadVit(folder, { classifier: false }).parameters[NAME].shape)).toBe(60);
  });
});
