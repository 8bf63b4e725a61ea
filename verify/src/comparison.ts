import { floatsOf, type HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import type { JsonEntry } from './jsonEntry';
import type { Reference } from './reference';
import {
  type Float32Error,
  roundings,
  type StepScalar,
  type Tolerance,
  tensorTolerance,
  toleranceAt,
} from './tolerance';

/** Roundings that equal values may have gone through together. */
const ALIKE = 4;

/** What was compared so far. */
export interface Tally {
  /** Numbers that were compared, and how many of them lie further apart than their tolerance. */
  compared: number;
  differing: number;
  /** The largest error in units of its tolerance, that tolerance, and where it occurred. */
  error?: number;
  tolerance?: number;
  where?: string;
}

/** Compares our numbers with those of a reference, and remembers where they differ most. */
export class Comparison {
  /** @param place what all numbers belong to, such as a mode and a case */
  constructor(
    readonly reference: Reference,
    readonly tally: Tally & { ratio: number } = { compared: 0, differing: 0, ratio: Number.NEGATIVE_INFINITY },
    private readonly place = '',
  ) {}

  /** The same comparison, with numbers that belong to a place inside this one. */
  at(place: string): Comparison {
    return new Comparison(this.reference, this.tally, this.place ? `${this.place}, ${place}` : place);
  }

  /** Two numbers, which agree where they are at most `tolerance` apart. */
  number(what: string, ours: number, theirs: number, tolerance: number): void {
    const error = Math.abs(ours - theirs);
    // A tolerance of 0 asks for the same number. NaN on either side is no agreement.
    const ratio = error === 0 ? 0 : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / tolerance;
    this.tally.compared++;
    if (!(ratio <= 1)) this.tally.differing++;
    if (ratio > this.tally.ratio) {
      const where = this.place ? `${this.place}: ${what}` : what;
      Object.assign(this.tally, { ratio, error, tolerance, where });
    }
  }

  /** A random count or share against its reference: it says nothing of errors, unless it is outside of what chance allows. */
  chance(what: string, ours: number, theirs: number, allowed: number): void {
    if (Math.abs(ours - theirs) <= allowed) this.tally.compared++;
    else this.number(what, ours, theirs, allowed);
  }

  /** A number against the reference's float64 run and its float32 run; `more` is added to the tolerance. */
  scalar(what: string, ours: number, { float64, float32, tolerance: common }: StepScalar, more = 0): void {
    const tolerance = common + more;
    this.number(what, ours, float64, tolerance);
    this.number(`${what} (float32)`, ours, float32, tolerance + Math.min(Math.abs(float32 - float64), tolerance));
  }

  /** A number against what the JSON says under `<key>_float64` and `<key>_float32`. */
  bothRuns(key: string, ours: number, entry: JsonEntry, tolerance: number): void {
    for (const name of [`${key}_float64`, `${key}_float32`]) {
      this.number(name, ours, entry.get(name).number(), tolerance);
    }
  }

  /** Two lists of numbers. */
  numbers(what: string, ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance: Tolerance): void {
    if (ours.length !== theirs.length) {
      throw new Error(`${what} has ${theirs.length} values, but the model gives ${ours.length}.`);
    }
    for (let i = 0; i < ours.length; i++) {
      this.number(`${what}[${i}]`, ours[i], theirs[i], toleranceAt(tolerance, i));
    }
  }

  /** All values of a tensor of the reference. */
  tensor(name: string, ours: ArrayLike<number>, shape: number[], tolerance: Tolerance): void {
    this.numbers(name, ours, this.reference.values(name, shape), tolerance);
  }

  /** Logits against those of the float32 run and of the float64 run. */
  logits(name: string, ours: ArrayLike<number>, shape: number[], error: Float32Error): void {
    const tolerance = tensorTolerance(error);
    this.tensor(name, ours, shape, tolerance + error.error);
    this.tensor(`${name}_f64`, ours, shape, tolerance);
  }

  /** Some of our values, at the reference's indices, against its sample of them. */
  sample(name: string, indices: string, values: ArrayLike<number>, tolerance: Tolerance): void {
    const at = this.reference.indices(indices, values.length);
    const ours = Float64Array.from(at, (index) => values[index]);
    const tolerances = Float64Array.from(at, (index) => toleranceAt(tolerance, index));
    this.tensor(name, ours, [at.length], tolerances);
  }

  /** All values of a tensor through their digest: count, l2 norm, sum and largest absolute value. */
  digest(what: string, values: ArrayLike<number>, digest: JsonEntry, tolerance: Tolerance): void {
    let sum = 0;
    let [largest, errorOfLargest, highest] = [0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const [size, error] = [Math.abs(values[i]), toleranceAt(tolerance, i)];
      sum += values[i];
      highest = Math.max(highest, size + error);
      if (size >= largest) [largest, errorOfLargest] = [size, error];
    }
    const compare = (key: string, ours: number, allowed: number) =>
      this.number(`${what}: ${key}`, ours, digest.get(key).number(), allowed);
    compare('n', values.length, 0);
    compare('l2', l2(values), l2Tolerance(values, tolerance));
    compare('sum', sum, errorNorm(values, tolerance) + roundings(ALIKE, Math.abs(sum)));
    // Another value may be the largest of the reference.
    compare('max_abs', largest, Math.max(errorOfLargest, highest - largest));
  }

  /** Gradients of all parameters: samples and digests, and whole tensors where the reference has them. */
  gradients(gradients: HostTensors, errorOf: (name: string) => Float32Error): void {
    for (const [name, tensor] of Object.entries(gradients)) {
      const [values, error] = [floatsOf(name, tensor), errorOf(name)];
      const tolerance = tensorTolerance(error);
      const whole = `grad/${name}`;
      if (this.reference.has(whole)) this.tensor(whole, values, tensor.shape, tolerance + error.error);
      this.sample(`grad_sample/${name}`, `idx/${name}`, values, tolerance);
      const digest = this.reference.json.get('grad_digest_float64').get(name);
      this.digest(`grad_digest_float64 of ${name}`, values, digest, tolerance);
    }
  }
}

/**
 * Tolerance for the l2 norm of values, or of their change. Independent errors add up as the root of their squares; equal values
 * are rounded alike, which counts in proportion to their norm (and to their sum, for the sum).
 */
export function l2Tolerance(values: ArrayLike<number>, tolerance: Tolerance): number {
  return errorNorm(values, tolerance) + roundings(ALIKE, l2(values));
}

function errorNorm(values: ArrayLike<number>, tolerance: Tolerance): number {
  return typeof tolerance === 'number' ? Math.sqrt(values.length) * tolerance : l2(tolerance);
}

function l2(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return Math.sqrt(squares);
}
