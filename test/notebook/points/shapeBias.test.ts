import { describe, expect, it } from 'vitest';
import { chartImage } from '../../../lib/dist/charts/chartImage';
import { ALL_CATEGORIES, shapeBiasChart } from '../../../lib/dist/notebook/charts/shapeBias';
import {
  observersOf,
  shapeBiasByCategoryTable,
  shapeBiasPoints,
  shapeBiasTable,
} from '../../../lib/dist/notebook/points/shapeBias';
import { modelDecisions } from '../../../lib/dist/stats/decisions';

const stimuli = [
  { name: 'cat1-dog1', shape: 7, texture: 10 },
  { name: 'cat2-dog1', shape: 7, texture: 10 },
  { name: 'dog1-cat1', shape: 10, texture: 7 },
  { name: 'dog2-cat1', shape: 10, texture: 7 },
];
const by = (subject: string, responses: number[]) => modelDecisions({ subject, stimuli, responses });
const decisions = [...by('person-1', [7, 7, 10, 0]), ...by('person-2', [7, 10, 10, 10]), ...by('net', [10, 10, 7, 10])];
const observers = observersOf(decisions, [
  ['people', /^person/],
  ['network', /^net$/],
  ['nobody', /^none$/],
]);

describe('shape bias of observers', () => {
  it('joins subjects of one name, and leaves out who did not decide', () => {
    expect(observers.map(({ name, decisions: own }) => [name, own.length])).toEqual([
      ['people', 8],
      ['network', 4],
    ]);
  });

  it('is pooled and by category, with intervals around it', () => {
    const points = shapeBiasPoints(observers);
    expect(points.map(({ observer, category, bias }) => [observer, category, bias])).toEqual([
      ['people', ALL_CATEGORIES, 6 / 7],
      ['people', 'cat', 3 / 4],
      ['people', 'dog', 1],
      ['network', ALL_CATEGORIES, 1 / 4],
      ['network', 'cat', 0],
      ['network', 'dog', 1 / 2],
    ]);
    for (const { low, bias, high } of points) expect(low <= bias && bias <= high).toBe(true);
    expect(shapeBiasPoints(observers, { categories: false })).toHaveLength(2);
  });

  it('is told in tables', () => {
    expect(shapeBiasTable(observers)[1]).toMatchObject({
      'who decides': 'network',
      'conflict images decided': 4,
      'for shape, %': 25,
      'for texture, %': 75,
      'shape bias, %': 25,
    });
    const rows = shapeBiasByCategoryTable(shapeBiasPoints(observers));
    expect(rows).toHaveLength(17);
    expect(rows[0]).toEqual({ shape: ALL_CATEGORIES, people: 600 / 7, network: 25 });
    expect(rows.find(({ shape }) => shape === 'bear')).toEqual({
      shape: 'bear',
      people: undefined,
      network: undefined,
    });
  });

  it.each([true, false])('is drawn without a warning, by category: %s', async (categories) => {
    const rows = shapeBiasPoints(observers, { categories });
    const { width } = await chartImage(shapeBiasChart({ title: 'Shape bias', rows }));
    expect(width).toBeGreaterThan(500);
  });
});
