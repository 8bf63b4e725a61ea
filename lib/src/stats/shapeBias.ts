import { CATEGORIES } from '../images/categories';
import type { Decision } from './decisions';
import { bootstrapInterval, type Interval, mean, wilsonInterval } from './intervals';

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

/** Shape bias for each category of the shape, in the order of CATEGORIES. */
export function shapeBiasByCategory(decisions: readonly Counted[]): (ShapeBias & { category: string })[] {
  return CATEGORIES.map((category, label) => ({
    category,
    ...shapeBias(decisions.filter(({ shape }) => shape === label)),
  }));
}

/**
 * Bootstrap interval (95 %) of the pooled shape bias, over images: all decisions on an image are drawn together, since
 * people and networks agree about which images are hard. With `over: 'subject'` whole subjects are drawn.
 */
export function shapeBiasInterval(
  decisions: readonly Decision[],
  {
    over = 'image',
    seed = 0,
    resamples = 2000,
  }: { over?: 'image' | 'subject'; seed?: number; resamples?: number } = {},
): Interval {
  const units = new Map<string, { shape: number; texture: number }>();
  for (const decision of decisions) {
    if (!isConflict(decision)) continue;
    const { imageName, subject } = decision;
    const key = over === 'subject' ? subject : imageName.slice(imageName.lastIndexOf('_') + 1);
    const unit = units.get(key) ?? { shape: 0, texture: 0 };
    if (decision.response === decision.shape) unit.shape++;
    else if (decision.response === decision.texture) unit.texture++;
    units.set(key, unit);
  }
  // Sorted, so that the interval does not depend on the order of the rows.
  const sorted = [...units].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, unit]) => unit);
  const bias = (sample: { shape: number; texture: number }[]) => {
    let [shape, either] = [0, 0];
    for (const unit of sample) {
      shape += unit.shape;
      either += unit.shape + unit.texture;
    }
    return shape / either;
  };
  return bootstrapInterval(sorted, bias, { seed, resamples });
}

/**
 * Shares of shape and of texture decisions, averaged over the categories of the shape, as the paper's script reports
 * them. It counts every image; `conflictOnly` leaves out those whose shape and texture are of one category.
 */
export function meanDecisionRates(
  decisions: readonly Counted[],
  { conflictOnly = false }: { conflictOnly?: boolean } = {},
): { shape: number; texture: number } {
  const rates = CATEGORIES.map((_, label) => {
    const own = decisions.filter((decision) => decision.shape === label && (!conflictOnly || isConflict(decision)));
    const share = (cue: 'shape' | 'texture') =>
      own.filter((decision) => decision.response === decision[cue]).length / own.length;
    return own.length > 0 ? { shape: share('shape'), texture: share('texture') } : undefined;
  }).filter((rate): rate is { shape: number; texture: number } => rate !== undefined);
  return { shape: mean(rates.map(({ shape }) => shape)), texture: mean(rates.map(({ texture }) => texture)) };
}

function isConflict({ shape, texture }: Counted): boolean {
  return texture >= 0 && shape !== texture;
}
