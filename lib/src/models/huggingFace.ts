/** Folders of models as Hugging Face's transformers saves them: config.json and model.safetensors, or its shards. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../files/json';
import { floatsOf, type HostTensors } from '../tensorflow/hostTensor';
import { readSafetensors, readSafetensorsHeader, type StoredType, type TensorEntry } from '../tensorflow/safetensors';
import { ModelConfig } from './modelConfig';

/** A folder of transformers: its config.json, and what its weights' files say about every tensor, by name. */
export interface ModelFolder {
  path: string;
  config: ModelConfig;
  stored: Map<string, StoredTensor>;
}

interface StoredTensor extends TensorEntry {
  file: string;
}

/** Opens a folder without reading its weights. `what` is the kind of model that it should hold, with its article. */
export function openModelFolder(folder: string, what: string, layout: string): ModelFolder {
  const lacks = (name: string) =>
    new Error(`${folder} has no ${name}: give the folder of ${what} saved by transformers as safetensors.`);
  const has = (name: string) => existsSync(join(folder, name));
  if (!has('config.json')) throw lacks('config.json');
  const config = new ModelConfig(join(folder, 'config.json'), layout);
  if (has(WEIGHTS)) return { path: folder, config, stored: entriesOf(folder, WEIGHTS) };
  if (has(INDEX)) return { path: folder, config, stored: shardEntries(folder) };
  const other = OTHER_WEIGHTS.find(has);
  if (!other) throw lacks(WEIGHTS);
  throw new Error(
    `${folder} has its weights in ${other}, which cannot be read here: open it in Python with transformers' from_pretrained, and save_pretrained writes ${WEIGHTS}.`,
  );
}

const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/** Weights as other frameworks and earlier versions of transformers save them. */
const OTHER_WEIGHTS = ['pytorch_model.bin', 'pytorch_model.bin.index.json', 'tf_model.h5', 'flax_model.msgpack'];

function entriesOf(folder: string, file: string): Map<string, StoredTensor> {
  const { tensors } = readSafetensorsHeader(join(folder, file));
  return new Map(Object.entries(tensors).map(([name, entry]) => [name, { ...entry, file }]));
}

/** The tensors of a model in several files, of which the index says in which file each tensor is. */
function shardEntries(folder: string): Map<string, StoredTensor> {
  const index = readJson(join(folder, INDEX)) as { weight_map?: Record<string, string> } | null;
  const places = Object.entries(index?.weight_map ?? {});
  const isFileName = (file: unknown) => typeof file === 'string' && /^[^/\\]+\.safetensors$/.test(file);
  if (places.length === 0 || !places.every(([, file]) => isFileName(file))) {
    throw new Error(`${join(folder, INDEX)} does not say which file each tensor is in (weight_map): fetch it again.`);
  }
  const shards = new Map<string, Map<string, StoredTensor>>();
  for (const file of new Set(places.map(([, file]) => file))) {
    if (!existsSync(join(folder, file)))
      throw new Error(`${folder} lacks ${file}, which ${INDEX} names: fetch it too.`);
    shards.set(file, entriesOf(folder, file));
  }
  const stored = new Map<string, StoredTensor>();
  for (const [name, file] of places) {
    const entry = shards.get(file)?.get(name);
    if (!entry) {
      const [other] = [...shards].find(([, entries]) => entries.has(name)) ?? [];
      const where = other ? `it is in ${other}` : 'no file has it';
      throw new Error(`${folder}: ${INDEX} says that ${name} is in ${file}, but ${where}: fetch the folder again.`);
    }
    stored.set(name, entry);
  }
  return stored;
}

/** Types of parameters that can be read; numbers of other types mean something only together with scales or tables. */
const FLOATS: readonly StoredType[] = ['F32', 'F64', 'F16', 'BF16'];

/**
 * The tensors that a model of these shapes needs, as F32; what else the files hold is not read.
 *
 * @param prefix of the names, which files of the model without a head of its own (GPT2Model, ViTModel, …) leave out.
 * @param otherNames the names that a value has in other versions of transformers.
 * @throws a sentence that names the first value that is stored as something else than floats, is missing or has another shape.
 */
export function takeTensors(
  folder: ModelFolder,
  shapes: Record<string, number[]>,
  { prefix, otherNames = () => [] }: { prefix: string; otherNames?: (name: string) => string[] },
): HostTensors {
  const { path, config, stored } = folder;
  const quantization = config.quantization();
  const wrong = (problem: string, remedy = '') =>
    new Error(
      quantization === undefined
        ? `${problem}${remedy}.`
        : `${problem}, and its config.json has ${quantization}: save the model as F32, without quantisation.`,
    );
  const needed = Object.entries(shapes).map(([name, shape]) => {
    const names = [name, ...otherNames(name)];
    const found = [...names, ...names.map((each) => withoutPrefix(each, prefix))].find((each) => stored.has(each));
    return { name, shape, storedName: found ?? name, entry: found === undefined ? undefined : stored.get(found) };
  });
  for (const { storedName, entry } of needed) {
    if (entry && !FLOATS.includes(entry.dtype)) {
      const problem = `${path}: ${storedName} is stored as ${entry.dtype}, not as floats (${FLOATS.join(', ')})`;
      throw wrong(problem, ': save the model as F32');
    }
  }
  for (const { storedName, shape, entry } of needed) {
    if (!entry) throw wrong(`${path} lacks ${storedName}, which its config.json asks for`);
    if (entry.shape.join() !== shape.join()) {
      throw wrong(`${path}: ${storedName} has shape [${entry.shape}], but its config.json asks for [${shape}]`);
    }
  }
  if (quantization !== undefined) throw wrong(`${path} has floats as weights`);
  const files = new Set(needed.map(({ entry }) => entry?.file as string));
  const values: HostTensors = {};
  for (const file of files) {
    const names = needed.filter(({ entry }) => entry?.file === file).map(({ storedName }) => storedName);
    Object.assign(values, readSafetensors(join(path, file), { names }).tensors);
  }
  return Object.fromEntries(
    needed.map(({ name, shape, storedName }) => [
      name,
      { dtype: 'F32', shape, data: floatsOf(storedName, values[storedName]) },
    ]),
  );
}

/** The name that a value has in the file of a model without a head of its own. */
export function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/**
 * Of an image model's shapes those to take: all of them, or without `classifier` those below it.
 *
 * @throws a sentence if a classifier is wanted and the folder has none, or one of other classes than its config.json says.
 */
export function imageShapes(
  { path, stored }: ModelFolder,
  shapes: Record<string, number[]>,
  classifier: boolean,
): Record<string, number[]> {
  const isOfClassifier = (name: string) => name.startsWith('classifier.');
  if (!classifier) return Object.fromEntries(Object.entries(shapes).filter(([name]) => !isOfClassifier(name)));
  const weight = Object.keys(shapes).find((name) => isOfClassifier(name) && name.endsWith('.weight')) as string;
  const found = stored.get(weight)?.shape[0];
  if (found === undefined) {
    throw new Error(
      `${path} has no classifier (${weight}), only what is below it: open it with { classifier: false }, and give it one with replaceClassifier.`,
    );
  }
  const [classes] = shapes[weight];
  if (found !== classes) {
    throw new Error(
      `${path} has a classifier of ${found} classes, but its config.json says ${classes} (id2label or num_labels, 2 without both): correct that file.`,
    );
  }
  return shapes;
}

/** The names of the classes as config.json wants them; without names LABEL_0, LABEL_1, … as in transformers. */
export function labelEntries(classes: number, labels?: readonly string[]) {
  if (labels && labels.length !== classes) {
    throw new Error(`There are ${labels.length} names for ${classes} classes: give one a class.`);
  }
  const names = labels ?? Array.from({ length: classes }, (_, index) => `LABEL_${index}`);
  return {
    id2label: Object.fromEntries(names.map((name, index) => [index, name])),
    label2id: Object.fromEntries(names.map((name, index) => [name, index])),
  };
}
