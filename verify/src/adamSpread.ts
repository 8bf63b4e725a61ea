import type { AdamW, AdamWOptions } from '../../lib/dist/tensorflow/optimizers';

/** Moments and epsilon of AdamW. */
export type AdamConstants = Required<Pick<AdamWOptions, 'beta1' | 'beta2' | 'epsilon'>>;

/** Root mean square of errors, as a share of the spread that each single value is granted: at 12 blocks 1/100 was measured. */
const TYPICAL = 1 / 32;

/**
 * How far rounding can move each parameter in AdamW. A step divides the gradient by its own size, so that a gradient g with an
 * error d moves the parameter by up to 2 d / (|g| + epsilon) learning rates more or less: where g is 0 but for rounding (key
 * biases, weights that hardly matter), by all of them. The largest error of a whole tensor (`float32_error`) says little about
 * such entries, since it is that of whichever entry of PyTorch's run had the least luck.
 */
export class AdamSpread {
  private readonly spreads = new Map<string, Float64Array>();

  /**
   * How far errors of all parameters together move a loss: independently, each by its gradient times its error. 0 before the
   * first step. (Of gradients as the optimizer saw them: clipped ones are smaller than the loss's.)
   */
  ofLoss = 0;

  constructor(
    private readonly optimizer: AdamW,
    private readonly adam: AdamConstants,
  ) {}

  /** The spread of each value of a parameter, over the steps so far. */
  of(name: string): Float64Array {
    const spread = this.spreads.get(name);
    if (!spread) throw new Error(`AdamW has made no step of ${name}.`);
    return spread;
  }

  /**
   * Takes account of the step that the optimizer has just made. `gradientError` is the error of a parameter's gradient, given
   * the gradient's largest value.
   */
  add(step: number, learningRate: number, gradientError: (name: string, largest: number) => number): void {
    const correction = 1 - this.adam.beta2 ** step;
    let squares = 0;
    for (const [name, variances] of Object.entries(this.optimizer.variances())) {
      // Root mean square of each entry's gradients.
      const sizes = Float64Array.from(variances, (variance) => Math.sqrt(variance / correction));
      const error = gradientError(
        name,
        sizes.reduce((most, size) => Math.max(most, size), 0),
      );
      const spread = this.spreads.get(name) ?? new Float64Array(sizes.length);
      for (let i = 0; i < sizes.length; i++) {
        // A gradient that was never anything but 0 is exact: such as that of a position without a token.
        if (sizes[i] > 0) spread[i] += learningRate * Math.min(2, (2 * error) / (sizes[i] + this.adam.epsilon));
        squares += (sizes[i] * spread[i]) ** 2;
      }
      this.spreads.set(name, spread);
    }
    this.ofLoss = TYPICAL * Math.sqrt(squares);
  }
}
