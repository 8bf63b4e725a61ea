/** Decisions on cue-conflict images as points of a chart and rows of a table. */

import { CATEGORIES } from '../../images/categories';
import type { Decision } from '../../stats/decisions';
import { shapeBias, shapeBiasInterval } from '../../stats/shapeBias';
import { ALL_CATEGORIES, type ShapeBiasPoint } from '../charts/shapeBias';

/** Who decided, and all that they decided: one network, or several people taken together. */
export interface Observer {
  name: string;
  decisions: readonly Decision[];
}

/** The decisions of each observer; `names` says by a subject's name whose they are, others are left out. */
export function observersOf(
  decisions: readonly Decision[],
  names: readonly (readonly [name: string, subject: RegExp])[],
): Observer[] {
  return names
    .map(([name, subject]) => ({ name, decisions: decisions.filter((decision) => subject.test(decision.subject)) }))
    .filter((observer) => observer.decisions.length > 0);
}

/**
 * Shape bias pooled and for each category of the shape, with intervals (95 %): Wilson's where one subject decided, and the
 * bootstrap over images where several decided on the same ones. Where no decision was for either cue there is no point.
 */
export function shapeBiasPoints(
  observers: readonly Observer[],
  { categories = true }: { categories?: boolean } = {},
): ShapeBiasPoint[] {
  return observers.flatMap(({ name, decisions }) => {
    const several = new Set(decisions.map(({ subject }) => subject)).size > 1;
    const parts = [{ category: ALL_CATEGORIES as string, own: decisions }];
    if (categories) {
      CATEGORIES.forEach((category, label) => {
        parts.push({ category, own: decisions.filter(({ shape }) => shape === label) });
      });
    }
    return parts.flatMap(({ category, own }) => {
      const { bias, interval } = shapeBias(own);
      if (!Number.isFinite(bias)) return [];
      const { low, high } = several ? shapeBiasInterval(own) : interval;
      return [{ observer: name, category, bias, low, high }];
    });
  });
}

/** A row for each observer: what was decided, and the shape bias in percent. */
export function shapeBiasTable(observers: readonly Observer[]): Record<string, unknown>[] {
  const points = shapeBiasPoints(observers, { categories: false });
  return observers.map(({ name, decisions }) => {
    const { decisions: count, shape, texture, other } = shapeBias(decisions);
    const point = points.find(({ observer }) => observer === name);
    return {
      'who decides': name,
      'conflict images decided': count,
      'for shape, %': (100 * shape) / count,
      'for texture, %': (100 * texture) / count,
      'neither, %': (100 * other) / count,
      'shape bias, %': point && 100 * point.bias,
      interval: point && `${(100 * point.low).toFixed(1)} to ${(100 * point.high).toFixed(1)}`,
    };
  });
}

/** A row for each category of the shape, a column for each observer: shape bias in percent. */
export function shapeBiasByCategoryTable(points: readonly ShapeBiasPoint[]): Record<string, unknown>[] {
  const observers = [...new Set(points.map(({ observer }) => observer))];
  return [ALL_CATEGORIES, ...CATEGORIES].map((category) => ({
    shape: category,
    ...Object.fromEntries(
      observers.map((name) => {
        const point = points.find((own) => own.observer === name && own.category === category);
        return [name, point && 100 * point.bias];
      }),
    ),
  }));
}
