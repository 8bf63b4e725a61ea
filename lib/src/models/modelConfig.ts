/** The config.json of a model of Hugging Face's transformers, read so that nothing in it is passed over. */
import { canonicalJson, readJson } from '../files/json';

/**
 * Fields of config.json that change nothing of what a model computes from its weights: training, generation, other heads than
 * ours, names. From PretrainedConfig of transformers 4 and 5.
 */
const HARMLESS = new Set(
  `architectures attn_implementation bad_words_ids begin_suppress_tokens chunk_size_feed_forward diversity_penalty do_sample dtype
  early_stopping encoder_no_repeat_ngram_size exponential_decay_length_penalty finetuning_task gradient_checkpointing id2label
  initializer_range label2id length_penalty max_length max_new_tokens min_length no_repeat_ngram_size num_beam_groups num_beams
  num_labels num_return_sequences prefix problem_type remove_invalid_values repetition_penalty return_dict
  return_dict_in_generate suppress_tokens task_specific_params temperature tf_legacy_loss tokenizer_class top_k top_p torch_dtype
  torchscript transformers_version typical_p use_bfloat16 use_cache xla_device`.split(/\s+/),
);

/** The same for fields of one kind: transformers' own notes, what comes out beside the logits, tokens, dropout. */
const HARMLESS_KINDS = /^_|^output_|_token_id$|dropout|_pdrop$/;

/** Fields of any model that change it, unless they have these values, which are transformers' defaults. */
const PLAIN_MODEL = {
  pruned_heads: {},
  is_decoder: false,
  is_encoder_decoder: false,
  add_cross_attention: false,
  cross_attention_hidden_size: null,
  tie_encoder_decoder: false,
};

/** A config.json that is asked for what it should hold; it says in one sentence what is wrong with it. */
export class ModelConfig {
  private readonly json: Record<string, unknown>;
  private readonly asked = new Set(['quantization_config']);

  /**
   * @param path of the file
   * @param layout what can be opened, to finish the sentence "only … can be opened"
   */
  constructor(
    private readonly path: string,
    private readonly layout: string,
  ) {
    const json = readJson(path);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new Error(`${path} is not the configuration of a model: it holds no JSON object.`);
    }
    this.json = json;
  }

  wrong(problem: string): Error {
    return new Error(`${this.path} ${problem}: only ${this.layout} can be opened.`);
  }

  /**
   * What the file says of `name`; `fallback` stands for what transformers leaves out. Of the names of one field, the first
   * that the file has counts, and another value under another of them is an error.
   */
  value(name: string, fallback?: unknown, otherNames: string[] = []): unknown {
    const names = [name, ...otherNames];
    for (const each of names) this.asked.add(each);
    const [first, ...others] = names.filter((each) => (this.json[each] ?? null) !== null);
    if (first === undefined) return fallback;
    const other = others.find((each) => !same(this.json[each], this.json[first]));
    if (other) throw this.wrong(`has ${this.shown(first)} and ${this.shown(other)}, which is the same field`);
    return this.json[first];
  }

  /** Refuses another value of `name` than `expected`; `fallback` stands for what transformers leaves out. */
  expect(name: string, expected: unknown, fallback: unknown = expected): void {
    this.expectOneOf(name, [expected], fallback);
  }

  /** Refuses a value of `name` that is not one of these; `fallback` stands for what transformers leaves out. */
  expectOneOf(name: string, expected: unknown[], fallback: unknown = expected[0]): void {
    const value = this.value(name, fallback);
    if (!expected.some((each) => same(value, each))) throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
  }

  /** A whole number above 0; in some versions of transformers the field has other names. */
  size(name: string, fallback: number, otherNames: string[] = []): number {
    const value = this.value(name, fallback, otherNames);
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

  /** The side of a square: a whole number above 0, or a list of it for both sides. */
  side(name: string, fallback: number): number {
    const value = this.value(name, fallback);
    const [height, width] = Array.isArray(value) && value.length === 2 ? value : [value, value];
    if (!isSize(height) || height !== width) throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
    return height;
  }

  /** A number above 0. */
  positive(name: string, fallback: number): number {
    const value = this.value(name, fallback);
    if (!(Number.isFinite(value) && (value as number) > 0)) throw this.wrong(`has ${name} = ${JSON.stringify(value)}`);
    return value as number;
  }

  /** Number of classes: of their names (id2label), or num_labels; 2 where transformers leaves out both. */
  classes(): number {
    const names = this.value('id2label');
    const count = this.value('num_labels');
    if (names === undefined) return this.size('num_labels', 2);
    if (typeof names !== 'object') throw this.wrong(`has id2label = ${JSON.stringify(names)}`);
    const named = Object.keys(names as object).length;
    if (count !== undefined && count !== named) {
      throw this.wrong(`has num_labels = ${JSON.stringify(count)}, but names ${named} classes in id2label`);
    }
    return named;
  }

  /**
   * Refuses, once everything was asked for that the model needs, whatever else is set and could change the forward pass.
   *
   * @param harmless fields of this kind of model that do not.
   */
  expectNothingElse(harmless: string[]): void {
    for (const [name, value] of Object.entries(PLAIN_MODEL)) if (!harmless.includes(name)) this.expect(name, value);
    const known = (name: string) =>
      this.asked.has(name) || HARMLESS.has(name) || HARMLESS_KINDS.test(name) || harmless.includes(name);
    const unknown = Object.keys(this.json).find((name) => this.json[name] !== null && !known(name));
    if (unknown === undefined) return;
    throw new Error(
      `${this.path} has ${this.shown(unknown)}, which may change what the model computes and is not known here: remove it from the file if it does not.`,
    );
  }

  /** How the weights are quantised, to be said in a sentence about them; undefined where they are not. */
  quantization(): string | undefined {
    const value = this.json.quantization_config ?? undefined;
    if (value === undefined) return undefined;
    const method = (value as { quant_method?: unknown }).quant_method;
    return `quantization_config.quant_method = ${JSON.stringify(method ?? null)}`;
  }

  private shown(name: string): string {
    return `${name} = ${JSON.stringify(this.json[name])}`;
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
