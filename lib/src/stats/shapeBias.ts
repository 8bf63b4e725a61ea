import type { Decision } from './decisions';
import { groupBy } from './groups';
import { bootstrapInterval, type Interval, wilsonInterval } from './intervals';

/** Decisions for the shape's category, for the texture's, and for neither, with the shape bias. */
export interface ShapeBias {
  /** Decisions on images whose shape and texture are of different categories. */
  decisions: number;
  shape: number;
  texture: number;
  other: number;
  /** shape / (shape + texture); NaN where neither was ever named. */
  bias: number;
  /** Wilson interval (95 %) of the bias, as if decisions were independent; 0..1 where there is no bias. */
  interval: Interval;
}

type Counted = Pick<Decision, 'response' | 'shape' | 'texture'>;

/**
 * Shape bias (Geirhos et al., ICLR 2019) of the decisions pooled. Images whose shape and texture are of one category say
 * nothing about it and are left out: 80 of the 1,280, so that 1,200 a subject remain.
 */
export function shapeBias(decisions: readonly Counted[]): ShapeBias {
  let [shape, texture, count] = [0, 0, 0];
  for (const decision of decisions) {
    if (!isConflict(decision)) continue;
    count++;
    if (decision.response === decision.shape) shape++;
    else if (decision.response === decision.texture) texture++;
  }
  const either = shape + texture;
  return {
    decisions: count,
    shape,
    texture,
    other: count - either,
    bias: shape / either,
    interval: either > 0 ? wilsonInterval(shape, either) : { low: 0, high: 1 },
  };
}

/**
 * Bootstrap interval (95 %) of the pooled shape bias, over images: all decisions on an image are drawn together, since
 * people and networks agree about which images are hard.
 */
export function shapeBiasInterval(decisions: readonly Decision[]): Interval {
  const ofImages = groupBy(decisions.filter(isConflict), ({ imageName }) =>
    imageName.slice(imageName.lastIndexOf('_') + 1),
  );
  // Sorted, so that the interval does not depend on the order of the rows.
  const sorted = [...ofImages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => shapeBias(own));
  return bootstrapInterval(sorted, pooledBias, 2000);
}

/** The shape bias of decisions that were counted in parts: NaN where neither cue was ever named. */
export function pooledBias(parts: readonly Pick<ShapeBias, 'shape' | 'texture'>[]): number {
  let [shape, either] = [0, 0];
  for (const part of parts) {
    shape += part.shape;
    either += part.shape + part.texture;
  }
  return shape / either;
}

function isConflict({ shape, texture }: Counted): boolean {
  return texture >= 0 && shape !== texture;
}
