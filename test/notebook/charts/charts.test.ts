import { readFileSync } from 'node:fs';
import * as aq from 'arquero';
import { describe, expect, it } from 'vitest';
import {
  type DataEfficiencyPoint,
  dataEfficiencyCurve,
  dataEfficiencyPanels,
} from '../../../lib/dist/notebook/charts/dataEfficiency';
import { differencesChart } from '../../../lib/dist/notebook/charts/differences';
import { learningCurves } from '../../../lib/dist/notebook/charts/learningCurves';
import { draw } from './draw';

const file = new URL('../../../data/published/fig_depth_breakdown.csv', import.meta.url);
const published = (
  aq.fromCSV(readFileSync(file, 'utf8')).objects() as {
    n_layers: number;
    inherit_from: string;
    n_disambiguation: number;
    test_accuracy: number;
  }[]
)
  .filter((row) => row.n_layers === 2)
  .map((row): DataEfficiencyPoint => {
    const { inherit_from: condition, n_disambiguation: n, test_accuracy: accuracy } = row;
    return { condition, source: 'published', n, accuracy };
  });
const ours = published.map((row): DataEfficiencyPoint => {
  const accuracy = Math.max(0, row.accuracy - 0.02);
  return { ...row, source: 'ours', accuracy, low: accuracy - 0.01, high: accuracy + 0.01 };
});

describe('learningCurves', () => {
  const points = [1, 2, 3].map((epoch) => ({ run: 'seed 3', step: 4000 * epoch, value: 2.9 - 0.2 * epoch }));

  it('draws every point, the published ones dashed, and a line for each plateau', async () => {
    const spec = learningCurves({
      title: 'Loss',
      measure: 'loss',
      points,
      published: [
        { run: 'published', step: 4000, value: 2.7 },
        { run: 'published', step: 8000, value: 2.4 },
      ],
      plateaus: [
        { value: 2.9, label: 'frequencies' },
        { value: 2.3, label: 'everything' },
      ],
    });
    const { items, texts, warnings } = await draw(spec);
    expect(warnings).toEqual([]);
    expect(items.filter(({ mark }) => mark === 'symbol').map(({ datum }) => datum.value)).toHaveLength(5);
    const dashes = new Map(
      items.filter(({ mark }) => mark === 'line').map(({ datum, strokeDash }) => [datum.run, strokeDash]),
    );
    expect(dashes.get('seed 3')).not.toEqual(dashes.get('published'));
    expect(items.filter(({ mark }) => mark === 'rule').map(({ datum }) => datum.value)).toEqual([2.9, 2.3]);
    expect(texts).toEqual(expect.arrayContaining(['Loss', 'frequencies', 'everything', 'seed 3', 'published']));
  });

  it('joins the labels of plateaus that lie on top of each other', async () => {
    const { texts } = await draw(
      learningCurves({
        title: 'Loss',
        measure: 'loss',
        points,
        plateaus: [
          { value: 2.5, label: 'a' },
          { value: 2.501, label: 'b' },
          { value: 2.2, label: 'c' },
        ],
      }),
    );
    expect(texts.filter((text) => /^[abc]( or [abc])?$/.test(text)).sort()).toEqual(['a or b', 'c']);
  });

  it('gives a run named as a condition that one’s colour', async () => {
    const stroke = async (run: string) =>
      (
        await draw(learningCurves({ title: 'x', measure: 'loss', points: points.map((point) => ({ ...point, run })) }))
      ).items.find(({ mark }) => mark === 'line')?.stroke;
    const curve = await draw(
      dataEfficiencyCurve({ title: 'x', rows: ours.filter((row) => row.condition === 'random') }),
    );
    expect(await stroke('random init')).toBe(curve.items.find(({ mark }) => mark === 'line')?.stroke);
    expect(await stroke('seed 1')).not.toBe(await stroke('random init'));
  });

  it('stands before the first point is there', async () => {
    const spec = learningCurves({ title: 'Accuracy', measure: 'accuracy', points: [], lastStep: 12000 });
    const { warnings, texts } = await draw(spec);
    expect(warnings).toEqual([]);
    expect(texts).toContain('12,000');
  });

  it('names the row and the column that are wrong', () => {
    const wrong = { run: 'a', step: 1, loss: 2 } as never;
    expect(() => learningCurves({ title: 'x', measure: 'loss', points: [...points, wrong] })).toThrow(
      'learningCurves: row 3 needs a finite number in column "value", but it has only run, step, loss.',
    );
  });
});

describe('dataEfficiencyCurve', () => {
  it('draws a band, a solid line and a dashed line for each condition', async () => {
    const { items, warnings, texts } = await draw(
      dataEfficiencyCurve({ title: 'Data efficiency', rows: [...published, ...ours] }),
    );
    expect(warnings).toEqual([]);
    const count = (mark: string) => items.filter((item) => item.mark === mark).length;
    expect([count('symbol'), count('line'), count('area')]).toEqual([ours.length, 2 * ours.length, ours.length]);
    const dashed = items.filter(({ mark, strokeDash }) => mark === 'line' && (strokeDash?.[1] ?? 0) > 0);
    expect(new Set(dashed.map(({ datum }) => datum.source))).toEqual(new Set(['published']));
    expect(texts).toEqual(expect.arrayContaining(['subnetwork', 'complement control', 'published', 'ours']));
  });

  it('keeps n = 0 apart from n = 10, and large n apart from each other', async () => {
    const { items } = await draw(dataEfficiencyCurve({ title: 'x', rows: ours }));
    const at = new Map(items.filter(({ mark }) => mark === 'symbol').map(({ datum, x }) => [datum.n, x]));
    expect(at.get(0)).toBe(0);
    expect(at.get(10)).toBeGreaterThan(40);
    expect((at.get(4000) ?? 0) - (at.get(2500) ?? 0)).toBeGreaterThan(30);
  });

  it('gives a condition the same colour whichever others are drawn', async () => {
    const strokes = async (rows: DataEfficiencyPoint[]) =>
      new Map(
        (await draw(dataEfficiencyCurve({ title: 'x', rows }))).items
          .filter(({ mark }) => mark === 'line')
          .map(({ datum, stroke }) => [datum.condition, stroke]),
      );
    const alone = await strokes(ours.filter(({ condition }) => condition === 'subnet_sampled'));
    const all = await strokes(ours);
    expect(alone.get('sampled control')).toBe(all.get('sampled control'));
    expect(new Set(all.values()).size).toBe(5);
  });

  it('draws published curves solid where they stand alone', async () => {
    const { items } = await draw(dataEfficiencyCurve({ title: 'x', rows: published }));
    const dashed = items.filter(({ mark, strokeDash }) => mark === 'line' && (strokeDash?.[1] ?? 0) > 0);
    expect(dashed).toEqual([]);
    expect(items.filter(({ mark }) => mark === 'symbol')).toHaveLength(published.length);
  });

  it('draws no band where an end is missing', async () => {
    const rows = ours.map(({ high, ...row }) => row);
    const { items } = await draw(dataEfficiencyCurve({ title: 'x', rows }));
    expect(items.filter(({ mark }) => mark === 'area')).toEqual([]);
  });
});

describe('dataEfficiencyPanels', () => {
  it('gives each condition a panel with all sources', async () => {
    const released = ours.map((row) => ({ ...row, source: 'ours, as released' }));
    const { warnings, texts, items } = await draw(
      dataEfficiencyPanels({ title: 'x', rows: [...published, ...ours, ...released] }),
    );
    expect(warnings).toEqual([]);
    for (const label of ['subnetwork', 'full model', 'random init', 'sampled control', 'complement control']) {
      expect(texts.filter((text) => text === label)).toHaveLength(1);
    }
    expect(items.filter(({ mark }) => mark === 'line')).toHaveLength(3 * ours.length);
  });
});

describe('differencesChart', () => {
  it('puts agreement on the line at zero and the same distances up and down', async () => {
    const rows = ours.map(({ condition, source, n }) => ({
      condition,
      source,
      n,
      difference: 0,
      low: -0.1,
      high: 0.2,
    }));
    const { items, texts, warnings } = await draw(differencesChart({ title: 'x', rows, height: 100 }));
    expect(warnings).toEqual([]);
    expect(texts).toEqual(expect.arrayContaining(['−0.10', '0', '+0.10']));
    const points = items.filter(({ mark }) => mark === 'symbol');
    expect(points).toHaveLength(ours.length);
    expect(new Set(points.map(({ y }) => y))).toEqual(new Set([50]));
    expect(items.filter(({ mark, datum }) => mark === 'rule' && 'agreement' in datum)).toHaveLength(5);
  });
});

  });
});
