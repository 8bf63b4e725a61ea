import { type Tolerance, toleranceAt } from './tolerance';
import type { StepScalar } from './trainingSteps';

/** The comparison of two numbers that lies furthest from agreement: the largest error in units of its tolerance. */
export interface WorstCase {
  where: string;
  error: number;
  tolerance: number;
}

/** Compares our numbers with those of a reference, and remembers where they differ most. */
export class Comparison {
  /** Numbers compared. */
  count = 0;
  /** Numbers further apart than their tolerance. */
  failures = 0;
  worst: WorstCase | undefined;
  private worstRatio = Number.NEGATIVE_INFINITY;

  /** Two numbers, which agree where they are at most `tolerance` apart. */
  number(where: string, ours: number, theirs: number, tolerance: number): void {
    const error = Math.abs(ours - theirs);
    // A tolerance of 0 asks for the same number. NaN on either side is no agreement.
    const ratio = error === 0 ? 0 : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / tolerance;
    this.count++;
    if (!(ratio <= 1)) this.failures++;
    if (ratio > this.worstRatio) {
      this.worstRatio = ratio;
      this.worst = { where, error, tolerance };
    }
  }

  /** A random count or share against its reference: it says nothing of errors, unless it is outside of what chance allows. */
  chance(where: string, ours: number, theirs: number, allowed: number): void {
    if (Math.abs(ours - theirs) <= allowed) this.count++;
    else this.number(where, ours, theirs, allowed);
  }

  /** A number against the reference's float64 run and its float32 run; `more` is added to the tolerance. */
  scalar(where: string, ours: number, { float64, float32, tolerance: common }: StepScalar, more = 0): void {
    const tolerance = common + more;
    this.number(where, ours, float64, tolerance);
    this.number(`${where} (float32)`, ours, float32, tolerance + Math.min(Math.abs(float32 - float64), tolerance));
  }

  /** Two lists of numbers. */
  numbers(where: string, ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance: Tolerance): void {
    if (ours.length !== theirs.length) {
      throw new Error(`${where} has ${theirs.length} values, but the model gives ${ours.length}.`);
    }
    for (let i = 0; i < ours.length; i++) {
      this.number(`${where}[${i}]`, ours[i], theirs[i], toleranceAt(tolerance, i));
    }
  }
}
