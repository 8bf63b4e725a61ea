/** A value somewhere in a JSON file, which is asked for what it should be and says where it is if it is something else. */
export class JsonEntry {
  /**
   * @param value what JSON.parse gave
   * @param where the file and the keys that lead to the value, for error messages
   */
  constructor(
    private readonly value: unknown,
    private readonly where: string,
  ) {}

  /** The value of a key; an error where there is none. */
  get(key: string): JsonEntry {
    const found = this.find(key);
    if (!found) throw this.wrong(`has no ${JSON.stringify(key)}`);
    return found;
  }

  /** The value of a key, undefined where there is none or it is null. */
  find(key: string): JsonEntry | undefined {
    // Own keys only: "constructor" is none.
    const value = Object.getOwnPropertyDescriptor(this.object(), key)?.value;
    return value === undefined || value === null ? undefined : new JsonEntry(value, `${this.where}: ${key}`);
  }

  /** The value of the first key that fits a pattern; an error that lacks `example` where there is none. */
  matching(pattern: RegExp, example: string): JsonEntry {
    return this.get(this.keys().find((key) => pattern.test(key)) ?? example);
  }

  keys(): string[] {
    return Object.keys(this.object());
  }

  entries(): [string, JsonEntry][] {
    return this.keys().map((key) => [key, this.get(key)]);
  }

  items(): JsonEntry[] {
    if (!Array.isArray(this.value)) throw this.wrong('is not a list');
    return this.value.map((item, index) => new JsonEntry(item, `${this.where}[${index}]`));
  }

  numbers(): number[] {
    return this.items().map((item) => item.number());
  }

  number(): number {
    // Number.isFinite also refuses what is no number at all.
    if (!Number.isFinite(this.value)) throw this.wrong('is not a number');
    return this.value as number;
  }

  /** A size: a whole number above 0. */
  size(): number {
    const value = this.number();
    if (!Number.isSafeInteger(value) || value <= 0) throw this.wrong(`must be a whole number above 0, not ${value}`);
    return value;
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  text(): string {
    if (typeof this.value !== 'string') throw this.wrong('is not a text');
    return this.value;
  }

  truth(): boolean {
    if (typeof this.value !== 'boolean') throw this.wrong('is neither true nor false');
    return this.value;
  }

  private object(): Record<string, unknown> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      throw this.wrong('is not an object');
    }
    return this.value as Record<string, unknown>;
  }

  private wrong(problem: string): Error {
    return new Error(`${this.where} ${problem}.`);
  }
}
