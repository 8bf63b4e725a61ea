/** Folders of models as Hugging Face's transformers saves them: config.json and model.safetensors. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../files/json';
import type { HostTensors } from '../tensorflow/hostTensor';
import { readSafetensors } from '../tensorflow/safetensors';

/** A config.json that is asked for what it should hold; it says in one sentence what is wrong with it. */
export class ModelConfig {
  private readonly json: Record<string, unknown>;

  /**
   * @param path of the file
   * @param layout what can be opened, to finish the sentence "only … can be opened"
   */
  constructor(
    private readonly path: string,
    private readonly layout: string,
  ) {
    this.json = (readJson(path) ?? {}) as Record<string, unknown>;
  }

  wrong(problem: string): Error {
    return new Error(`${this.path} ${problem}: only ${this.layout} can be opened.`);
  }

  /** What the file says of `name`; `fallback` stands for what transformers leaves out. */
  value(name: string, fallback?: unknown): unknown {
    return this.json[name] ?? fallback;
  }

  /** Refuses another value of `name` than `expected`; `fallback` stands for what transformers leaves out. */
  expect(name: string, expected: unknown, fallback: unknown = expected): void {
    const value = this.value(name, fallback);
    if (value !== expected) throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
  }

  /** A whole number above 0. */
  size(name: string, fallback: number): number {
    const value = this.value(name, fallback);
    if (!isSize(value)) throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
    return value;
  }

  /** A list of whole numbers above 0. */
  sizes(name: string, fallback: number[]): number[] {
    const value = this.value(name, fallback);
    if (!Array.isArray(value) || value.length === 0 || !value.every(isSize)) {
      throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
    }
    return value;
  }

  /** A number above 0. */
  positive(name: string, fallback: number): number {
    const value = this.value(name, fallback);
    if (typeof value !== 'number' || !(value > 0)) throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
    return value;
  }

  /** Number of classes: transformers writes their names, unless there are two. */
  classes(): number {
    return Object.keys((this.json.id2label as object | undefined) ?? {}).length || 2;
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

/** The two files of a folder. `what` is the kind of model that it should hold, with its article. */
export function openModelFolder(folder: string, what: string, layout: string) {
  for (const name of ['config.json', 'model.safetensors']) {
    if (!existsSync(join(folder, name))) {
      throw new Error(`${folder} has no ${name}: give the folder of ${what} saved by transformers as safetensors.`);
    }
  }
  const config = new ModelConfig(join(folder, 'config.json'), layout);
  const { tensors } = readSafetensors(join(folder, 'model.safetensors'));
  return { config, tensors };
}

/**
 * The tensors that a model of these shapes needs; what else the file holds is left out. `otherNames` gives the names that a
 * value has in other versions of transformers.
 *
 * @throws a sentence that names the first value that is missing or has another shape.
 */
export function takeTensors(
  folder: string,
  tensors: HostTensors,
  shapes: Record<string, number[]>,
  otherNames: (name: string) => string[] = () => [],
): HostTensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const found = [name, ...otherNames(name)].find((candidate) => candidate in tensors);
      if (!found) throw new Error(`${folder}/model.safetensors lacks ${name}, which its config.json asks for.`);
      const tensor = tensors[found];
      if (tensor.shape.join() !== shape.join()) {
        throw new Error(`${folder}: ${found} has shape [${tensor.shape}], but its config.json asks for [${shape}].`);
      }
      return [name, tensor];
    }),
  );
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
