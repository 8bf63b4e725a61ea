/** One kind of reference vectors: <name>.json with settings and scalars and, where it lists any, <name>.safetensors with tensors. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJson } from '../../lib/dist/files/json';
import { type Gpt2Config, gpt2Config, gpt2MaskedWeights, gpt2Shapes } from '../../lib/dist/models/gpt2';
import { ascending } from '../../lib/dist/stats/groups';
import type { Rows } from '../../lib/dist/tasks/modularArithmetic';
import { elementCount, type HostTensor, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import type { Batch } from '../../lib/dist/training/batches';
import type { AdamConstants } from './adamSpread';
import { JsonEntry } from './jsonEntry';
import { type Float32Error, float32Error } from './tolerance';

const DTYPES: Record<string, string> = { float32: 'F32', float64: 'F64', int32: 'I32', uint8: 'U8' };

export class Reference {
  readonly json: JsonEntry;
  private readonly tensors: Map<string, HostTensor>;
  private readonly unread: Set<string>;
  private readConfig?: Gpt2Config;
  private readWeights?: HostTensors;

  /** Reads the files and checks that the tensors are those that the JSON lists. */
  constructor(
    private readonly folder: string,
    readonly name: string,
    { jsonOnly = false } = {},
  ) {
    this.json = readEntry(folder, `${name}.json`);
    this.tensors = jsonOnly ? new Map() : readTensors(folder, `${name}.safetensors`);
    this.unread = new Set(this.tensors.keys());
    if (!jsonOnly) checkListing(this.name, this.json, this.tensors);
  }

  /** The float32 error that the JSON tells of something, such as "logits" or "grad" and a parameter. */
  error(...keys: string[]): Float32Error {
    return float32Error(keys.reduce((entry, key) => entry.get(key), this.json.get('float32_error')));
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  /** Tensors that nothing has asked for. */
  unreadNames(): string[] {
    return [...this.unread];
  }

  /** A tensor; `shape` says what its shape must be, where that is known (-1: any length). */
  tensor(name: string, shape?: number[]): HostTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new Error(`${this.name}.safetensors lacks the tensor ${name}.`);
    this.unread.delete(name);
    const fits = shape?.length === tensor.shape.length && shape.every((n, i) => n === -1 || n === tensor.shape[i]);
    if (shape && !fits) {
      const needed = shape.map((n) => (n === -1 ? 'any' : n)).join(', ');
      throw new Error(`${this.name}.safetensors: ${name} has shape [${tensor.shape.join(', ')}], not [${needed}].`);
    }
    return tensor;
  }

  /** A tensor's values as numbers. */
  values(name: string, shape?: number[]): ArrayLike<number> {
    return this.tensor(name, shape).data as ArrayLike<number>;
  }

  /** The names after `prefix` of all tensors that begin with it. */
  namesUnder(prefix: string): string[] {
    return [...this.tensors.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  /** The steps k for which there are tensors `<prefix><k>/…` or a tensor `<prefix><k>`, ascending. */
  steps(prefix: string): number[] {
    const steps = this.namesUnder(prefix).map((rest) => /^(\d+)(\/|$)/.exec(rest)?.[1]);
    return ascending(steps.filter((step) => step !== undefined).map(Number));
  }

  /** Positions in a parameter of `size` values, at which samples are given. */
  indices(name: string, size: number): Int32Array {
    const indices = Int32Array.from(this.values(name, [-1]));
    const outside = indices.find((index) => index < 0 || index >= size);
    if (outside !== undefined) {
      throw new Error(`${this.name}.safetensors: ${name} holds the index ${outside}, but there are ${size} values.`);
    }
    return indices;
  }

  /** Rows of token ids, from a tensor [rows, tokens]. */
  rows(name: string): Rows {
    const { data, shape } = this.tokens(name, 2);
    return { tokens: data, rows: shape[0] };
  }

  /** The batch of each step, from `batches` [steps, rows, tokens]. */
  batches(): Batch[] {
    const { data, shape } = this.tokens('batches', 3);
    const [steps, rows, length] = shape;
    return Array.from({ length: steps }, (_, step) => ({
      tokens: data.slice(step * rows * length, (step + 1) * rows * length),
      weights: new Float32Array(rows).fill(1),
    }));
  }

  /** Token ids, within the vocabulary and positions of GPT-2. */
  private tokens(name: string, dimensions: number): { data: Int32Array; shape: number[] } {
    const { vocabulary, positions } = this.config;
    const { data, shape } = this.tensor(name, new Array(dimensions).fill(-1));
    const ids = Int32Array.from(data as ArrayLike<number>);
    const strange = ids.find((id) => id < 0 || id >= vocabulary);
    if (strange !== undefined) {
      throw new Error(`${this.name}.safetensors: ${name} holds the token ${strange}, outside the vocabulary.`);
    }
    const length = shape[dimensions - 1];
    if (length < 2 || length > positions || ids.length === 0) {
      throw new Error(`${this.name}.safetensors: ${name} has rows of ${length} tokens for ${positions} positions.`);
    }
    return { data: ids, shape };
  }

  /** Parameters of these shapes as 32-bit floats, each from a tensor of the prefix and its name in the files. */
  parameters(prefix: string, shapes: Record<string, number[]>, nameInFile = (name: string) => name): HostTensors {
    const tensors = Object.entries(shapes).map(([name, shape]): [string, HostTensor] => {
      const data = Float32Array.from(this.values(prefix + nameInFile(name), shape));
      return [name, { dtype: 'F32', shape, data }];
    });
    return Object.fromEntries(tensors);
  }

  /** The sizes of GPT-2, from the JSON. */
  get config(): Gpt2Config {
    this.readConfig ??= this.readGpt2Config();
    return this.readConfig;
  }

  /** The weights of GPT-2 that the JSON names, checked against the model's sizes. */
  get weights(): HostTensors {
    this.readWeights ??= this.readGpt2Weights();
    return this.readWeights;
  }

  /** The masked layers of GPT-2 as the files name them, "transformer.h.0.attn.c_attn", and the parameters with their masks. */
  get layers(): { layer: string; parameter: string }[] {
    return gpt2MaskedWeights(this.config).map((parameter) => ({ layer: layerOf(parameter), parameter }));
  }

  /** AdamW's constants, from `betas` and `eps`. */
  get adam(): AdamConstants {
    const [beta1, beta2] = this.json.get('betas').numbers();
    return { beta1, beta2, epsilon: this.json.get('eps').number() };
  }

  private readGpt2Config(): Gpt2Config {
    const model = this.json.get('model');
    const config = gpt2Config({
      vocabulary: model.get('vocab_size').size(),
      positions: model.get('n_positions').size(),
      width: model.get('n_embd').size(),
      heads: model.get('n_head').size(),
      layers: model.get('n_layer').size(),
      mlpWidth: model.find('mlp')?.size(),
      layerNormEpsilon: model.find('layer_norm_epsilon')?.number(),
    });
    if (config.width % config.heads !== 0) {
      throw new Error(`${this.name}.json: a width of ${config.width} cannot be divided among ${config.heads} heads.`);
    }
    const dropout = model.find('dropout')?.number() ?? 0;
    if (dropout !== 0)
      throw new Error(`${this.name}.json: random numbers differ, so dropout must be 0, not ${dropout}.`);
    if (model.find('tied_embedding')?.truth() === false) {
      throw new Error(
        `${this.name}.json: the library's GPT-2 has one embedding for input and output, here they are two.`,
      );
    }
    const activation = model.find('activation')?.text() ?? 'gelu_new';
    if (!activation.startsWith('gelu_new')) {
      throw new Error(`${this.name}.json: the activation is ${activation}; the library's GPT-2 has gelu_new.`);
    }
    return config;
  }

  private readGpt2Weights(): HostTensors {
    const file = basename(this.json.get('weights').text());
    const weights = readTensors(this.folder, file);
    const listing = file.replace(/\.safetensors$/, '');
    if (existsSync(join(this.folder, `${listing}.json`))) {
      checkListing(listing, readEntry(this.folder, `${listing}.json`), weights);
    }
    const shapes = Object.entries(gpt2Shapes(this.config));
    for (const [name, shape] of shapes) {
      const is = described(weights, name);
      const needed = `F32 [${shape.join(', ')}]`;
      if (is !== needed)
        throw new Error(`${file}: ${name} is ${is}, but the model of ${this.name}.json needs ${needed}.`);
    }
    return Object.fromEntries(shapes.map(([name]) => [name, weights.get(name) as HostTensor]));
  }
}

/** A masked layer as the files name it, by the weight that carries its mask. */
export function layerOf(weight: string): string {
  return weight.replace(/\.weight$/, '');
}

/** A JSON file of the folder. */
function readEntry(folder: string, file: string): JsonEntry {
  const path = join(folder, file);
  if (!existsSync(path)) throw new Error(`${path} is missing.`);
  return new JsonEntry(readJson(path), file);
}

function readTensors(folder: string, file: string): Map<string, HostTensor> {
  return new Map(Object.entries(readSafetensors(join(folder, file)).tensors));
}

/** Checks that the file holds exactly the tensors that its JSON lists, in type and shape. */
function checkListing(name: string, json: JsonEntry, tensors: Map<string, HostTensor>): void {
  const listed = new Map(json.get('tensors').entries());
  for (const [tensor, entry] of listed) {
    const shape = entry.get('shape').numbers();
    const dtype = entry.get('dtype').text();
    const said = `${DTYPES[dtype] ?? dtype} [${shape.join(', ')}]`;
    const is = described(tensors, tensor);
    if (said !== is) throw new Error(`${name}.safetensors: ${tensor} is ${is}, but ${name}.json says ${said}.`);
    if (elementCount(shape) === 0) throw new Error(`${name}.safetensors: ${tensor} is empty.`);
  }
  const extra = [...tensors.keys()].find((tensor) => !listed.has(tensor));
  if (extra) throw new Error(`${name}.safetensors holds ${extra}, of which ${name}.json says nothing.`);
}

function described(tensors: Map<string, HostTensor>, name: string): string {
  const tensor = tensors.get(name);
  return tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'missing';
}
