/**
 * Optimizers as init + update over named variables. All state is in variables, all numbers that change from step to
 * step are in one small tensor made by `coefficients` in double precision: so an update can be traced once and run often.
 */
import { tf } from './backend';

export type Variables = Record<string, tf.Variable>;

export interface Optimizer {
  /** State variables, by name. */
  slots: Variables;
  /** Numbers of one step (`step` counts from 1) at this learning rate. */
  coefficients(step: number, learningRate: number): tf.Tensor1D;
  /** Moves the parameters by their gradients; `coefficients` are those of the step. */
  update(gradients: Record<string, tf.Tensor>, coefficients: tf.Tensor1D): void;
  /** Forgets the past: all state to zero. */
  reset(): void;
  dispose(): void;
}

export interface AdamWOptions {
  /** Decoupled decay of every parameter (torch's default, and the released setting of discovery and transfer). */
  weightDecay?: number;
  /** Coupled decay (L2): decay·p joins the gradient, and with it the moments, as torch's Adam does it. */
  coupled?: boolean;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Entries that move: boolean tensors of the parameters' shapes; a parameter without one moves as a whole. */
  free?: Record<string, tf.Tensor>;
}

/** AdamW, and what it knows of each parameter. */
export interface AdamW extends Optimizer {
  /** The running means of squared gradients, by parameter, as flat values. */
  variances(): Record<string, Float32Array>;
}

/** Slot of the moments of all vectors. */
const VECTORS = 'vectors';

/**
 * AdamW as in PyTorch: p ← p (1 − lr·decay) − lr·m̂ / (√v̂ + ε), every parameter decayed (with `coupled`, Adam: the decay is a
 * part of the gradient). Entries that are not free neither step nor decay (the frozen subnetwork of method section 1c).
 */
export function adamW(
  parameters: Variables,
  { weightDecay = 0.01, coupled = false, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, free = {} }: AdamWOptions = {},
): AdamW {
  // The moments of all vectors (biases, normalisation) lie behind one another in one slot: most parameters are vectors,
  // and each variable that a compiled step takes and returns costs it some microseconds (4 % of the step in all).
  const vectors = Object.keys(parameters).filter((name) => parameters[name].rank === 1 && !free[name]);
  const sizes = vectors.map((name) => parameters[name].size);
  const slots: Variables = {};
  const addSlot = (name: string, shape: number[]) => {
    for (const moment of ['m', 'v']) slots[`${name}/${moment}`] = zeros(shape);
  };
  if (vectors.length > 0) addSlot(VECTORS, [sizes.reduce((total, size) => total + size)]);
  for (const [name, { shape }] of Object.entries(parameters)) if (!vectors.includes(name)) addSlot(name, shape);

  /** Moves the moments of a slot by a gradient → the step at a learning rate of 1. */
  const stepOf = (slot: string, gradient: tf.Tensor, scale: tf.Tensor): tf.Tensor => {
    const m = slots[`${slot}/m`].mul(beta1).add(gradient.mul(1 - beta1));
    const v = slots[`${slot}/v`].mul(beta2).add(gradient.square().mul(1 - beta2));
    slots[`${slot}/m`].assign(m);
    slots[`${slot}/v`].assign(v);
    return m.div(v.sqrt().mul(scale).add(epsilon));
  };
  const stepsOfVectors = (gradients: Record<string, tf.Tensor>, scale: tf.Tensor): Record<string, tf.Tensor> => {
    const missing = vectors.find((name) => !gradients[name]);
    if (missing) throw new Error(`AdamW moves all vectors together, and there is no gradient of ${missing}.`);
    if (vectors.length === 0) return {};
    const joined = tf.concat1d(vectors.map((name) => gradients[name] as tf.Tensor1D));
    const parts = tf.split(stepOf(VECTORS, joined, scale), sizes);
    return Object.fromEntries(vectors.map((name, i) => [name, parts[i]]));
  };
  const decayed = (gradients: Record<string, tf.Tensor>): Record<string, tf.Tensor> =>
    Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [name, gradient.add(parameters[name].mul(weightDecay))]),
    );
  return {
    slots,
    coefficients(step, learningRate) {
      const rate = learningRate / (1 - beta1 ** step);
      const scale = 1 / Math.sqrt(1 - beta2 ** step);
      return tf.tensor1d([coupled ? 1 : 1 - learningRate * weightDecay, rate, scale]);
    },
    update(given, coefficients) {
      const [decay, rate, scale] = coefficients.unstack();
      const gradients = coupled ? decayed(given) : given;
      const ofVectors = stepsOfVectors(gradients, scale);
      for (const [name, gradient] of Object.entries(gradients)) {
        const parameter = parameters[name];
        const step = ofVectors[name] ?? stepOf(name, gradient, scale);
        const moved = parameter.mul(decay).sub(step.mul(rate));
        parameter.assign(free[name] ? tf.where(free[name], moved, parameter) : moved);
      }
    },
    variances() {
      const joined = vectors.length > 0 ? (slots[`${VECTORS}/v`].dataSync() as Float32Array) : undefined;
      let at = 0;
      return Object.fromEntries(
        Object.entries(parameters).map(([name, { size }]) => {
          if (!joined || !vectors.includes(name)) return [name, slots[`${name}/v`].dataSync() as Float32Array];
          at += size;
          return [name, joined.subarray(at - size, at)];
        }),
      );
    },
    ...lifeOf(slots),
  };
}

export interface SgdOptions {
  momentum?: number;
  /** L2 decay, added to the gradient (torch's SGD). */
  weightDecay?: number;
  /** Entries that move: boolean tensors of the parameters' shapes; a parameter without one moves as a whole. */
  free?: Record<string, tf.Tensor>;
}

/**
 * SGD with momentum as in PyTorch: b ← momentum·b + g + decay·p; p ← p − lr·b (vision transfer: 0.9 and 1e-4). Entries that are
 * not free stay as they are.
 */
export function sgd(
  parameters: Variables,
  { momentum = 0.9, weightDecay = 1e-4, free = {} }: SgdOptions = {},
): Optimizer {
  const slots: Variables = {};
  for (const [name, parameter] of Object.entries(parameters)) slots[`${name}/momentum`] = zeros(parameter.shape);
  return {
    slots,
    coefficients: (_step, learningRate) => tf.tensor1d([learningRate]),
    update(gradients, coefficients) {
      const rate = coefficients.reshape([]);
      for (const [name, gradient] of Object.entries(gradients)) {
        const parameter = parameters[name];
        const buffer = slots[`${name}/momentum`];
        const velocity = buffer.mul(momentum).add(gradient).add(parameter.mul(weightDecay));
        const moved = parameter.sub(velocity.mul(rate));
        buffer.assign(velocity);
        parameter.assign(free[name] ? tf.where(free[name], moved, parameter) : moved);
      }
    },
    ...lifeOf(slots),
  };
}

/**
 * Scales gradients so that their global norm is at most `maximum` (torch's clip_grad_norm_: factor
 * min(1, maximum / (norm + 1e-6))). Returns the norm before clipping too.
 */
export function clipGradients(
  gradients: Record<string, tf.Tensor>,
  maximum: number,
): { gradients: Record<string, tf.Tensor>; norm: tf.Scalar } {
  const squares = Object.values(gradients).map((gradient) => gradient.square().sum());
  const norm = tf.addN(squares).sqrt() as tf.Scalar;
  const factor = tf.minimum(1, tf.div(maximum, norm.add(1e-6)));
  const clipped = Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, gradient.mul(factor)]));
  return { gradients: clipped, norm };
}

/** Scales each gradient by itself so that its norm is at most `maximum` (Keras' clipnorm). */
export function clipEach(gradients: Record<string, tf.Tensor>, maximum: number): Record<string, tf.Tensor> {
  const clipped = (gradient: tf.Tensor) => gradient.mul(tf.div(maximum, tf.maximum(maximum, gradient.norm())));
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, clipped(gradient)]));
}

function zeros(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape)));
}

function lifeOf(slots: Variables): Pick<Optimizer, 'reset' | 'dispose'> {
  return {
    reset: () => tf.tidy(() => Object.values(slots).forEach((slot) => slot.assign(tf.zerosLike(slot)))),
    dispose: () => tf.dispose(slots),
  };
}

/** Learning rate of a step; `step` counts from 0. */
export type Schedule = (step: number) => number;

/** The same rate throughout (discovery 1e-3, transfer 2e-4). */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/** Linear decay from `rate` to 0 over `steps`, after an optional linear warm-up (base model: 5e-4, no warm-up). */
export function linearDecay(rate: number, steps: number, warmUp = 0): Schedule {
  return (step) => {
    if (step < warmUp) return (rate * step) / warmUp;
    return rate * Math.max(0, (steps - step) / (steps - warmUp));
  };
}

/**
 * One cycle (torch's OneCycleLR and its defaults): along half a cosine from rate / 25 to `rate` over the share `warmUp` of the
 * steps, and down to rate / 250,000 at the last.
 */
export function oneCycle(rate: number, steps: number, warmUp = 0.15): Schedule {
  const top = warmUp * steps - 1;
  const between = (from: number, to: number, part: number) => to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;
  return (step) =>
    step <= top
      ? between(rate / 25, rate, step / top)
      : between(rate, rate / 250_000, Math.min(1, (step - top) / (steps - 1 - top)));
}

/**
 * Half cosines from `rate` down to `least` · rate, each period longer and lower than the one before by these factors (Keras'
 * CosineDecayRestarts; factors and least rate: released setting of arXiv 2006.00555).
 */
export function cosineRestarts(
  rate: number,
  firstPeriod: number,
  { periodFactor = 5, heightFactor = 0.2, least = 0.001 } = {},
): Schedule {
  return (step) => {
    let [start, period, height] = [0, firstPeriod, 1];
    while (step >= start + period)
      [start, period, height] = [start + period, period * periodFactor, height * heightFactor];
    const cosine = (1 + Math.cos((Math.PI * (step - start)) / period)) / 2;
    return rate * ((1 - least) * height * cosine + least);
  };
}
