import { describe, expect, it } from 'vitest';
import { dataEfficiencyFacets, depthGrid } from '../../../lib/dist/notebook/charts/dataEfficiencyFacets';
import { differencesChart } from '../../../lib/dist/notebook/charts/differences';
import { leadsByDepthChart } from '../../../lib/dist/notebook/charts/leadsByDepth';
import { samplesByDepthChart } from '../../../lib/dist/notebook/charts/samplesByDepth';
import { targetDots } from '../../../lib/dist/notebook/charts/targets';
import { transferLossChart } from '../../../lib/dist/notebook/charts/transferLoss';
import { draw } from './draw';

const SIZES = [0, 10, 40];
const curve = (condition: string, source: string) =>
  SIZES.map((n, i) => ({ condition, source, n, accuracy: 0.3 + 0.2 * i, low: 0.2 + 0.2 * i, high: 0.4 + 0.2 * i }));
const plain = (condition: string, source: string) => curve(condition, source).map(({ low, high, ...row }) => row);

describe('dataEfficiencyFacets', () => {
  it('draws all conditions into each panel, bands for each line, dashes by source', async () => {
    const rows = [
      ...plain('subnet', 'published').map((row) => ({ ...row, panel: 'the paper' })),
      ...[...curve('subnet', 'ours'), ...curve('subnet_sampled', 'ours, as described')].map((row) => ({
        ...row,
        panel: 'ours',
      })),
    ];
    const { items, texts, warnings } = await draw(dataEfficiencyFacets({ title: 'x', rows }));
    expect(warnings).toEqual([]);
    expect(texts.indexOf('the paper')).toBeGreaterThan(-1);
    expect(texts).toEqual(expect.arrayContaining(['the paper', 'ours', 'subnetwork', 'sampled control']));
    const count = (mark: string) => items.filter((item) => item.mark === mark).length;
    expect([count('line'), count('area'), count('symbol')]).toEqual([9, 6, 6]);
    const dashes = new Map(
      items.filter(({ mark }) => mark === 'line').map(({ datum, strokeDash }) => [datum.source, String(strokeDash)]),
    );
    expect(new Set(dashes.values()).size).toBe(3);
  });
});

describe('depthGrid', () => {
  it('has a row for each depth, in order, and a column for each condition', async () => {
    const rows = [12, 2].flatMap((layers) =>
      ['subnet', 'random'].flatMap((condition) =>
        [...plain(condition, 'published'), ...curve(condition, 'ours')].map((row) => ({ ...row, layers })),
      ),
    );
    const { items, texts, warnings } = await draw(depthGrid({ title: 'x', rows }));
    expect(warnings).toEqual([]);
    expect(texts.filter((text) => / layers$/.test(text))).toEqual(['2 layers', '12 layers']);
    expect(texts).toEqual(expect.arrayContaining(['subnetwork', 'random init', 'published', 'ours']));
    expect(items.filter(({ mark }) => mark === 'line')).toHaveLength(2 * 2 * 2 * SIZES.length);
  });
});

describe('samplesByDepthChart', () => {
  it('keeps all points within whole powers of ten', async () => {
    const rows = [2, 12].flatMap((layers, i) => [
      { condition: 'subnet', source: 'published', layers, samples: i === 0 ? 0 : 40 },
      { condition: 'random', source: 'ours', layers, samples: 1200 },
    ]);
    const height = 100;
    const { items, texts, warnings } = await draw(samplesByDepthChart({ title: 'x', rows, height }));
    expect(warnings).toEqual([]);
    const points = items.filter(({ mark }) => mark === 'symbol');
    expect(points).toHaveLength(4);
    expect(Math.min(...points.map(({ y }) => y))).toBeGreaterThan(5);
    expect(Math.max(...points.map(({ y }) => y))).toBeLessThanOrEqual(height);
    expect(texts).toEqual(expect.arrayContaining(['1', '10,000', '2', '12']));
  });
});

describe('leadsByDepthChart', () => {
  it('has the sources beside each other at each depth, and room for all intervals', async () => {
    const sources = ['published', 'ours, as described', 'ours, as released'];
    const rows = [2, 12].flatMap((layers) =>
      sources.map((source) => ({ condition: 'subnet_sampled', source, layers, difference: 0.1, low: 0, high: 0.2 })),
    );
    const size = { width: 210, height: 100 };
    const { items, texts, warnings } = await draw(leadsByDepthChart({ title: 'x', rows, ...size }));
    expect(warnings).toEqual([]);
    const points = items.filter(({ mark }) => mark === 'symbol');
    expect(points.map(({ y }) => Math.round(y))).toEqual(Array(6).fill(50));
    const places = sources.map((source) => points.filter(({ datum }) => datum.source === source).map(({ x }) => x));
    expect(places.map(([shallow, deep]) => Math.round(deep - shallow))).toEqual(
      Array(3).fill(Math.round((210 * 10) / 11)),
    );
    expect(places[0][0]).toBeLessThan(places[1][0]);
    expect(places[1][0]).toBeLessThan(places[2][0]);
    expect(
      items.filter(({ mark, datum }) => mark === 'rule' && 'agreement' in datum).map(({ y }) => Math.round(y)),
    ).toEqual([92]);
    expect(texts).toEqual(expect.arrayContaining(['sampled control', 'lead of the subnetwork', '2', '12']));
  });
});

describe('differencesChart', () => {
  it('takes comparisons by their names, and says what the difference is', async () => {
    const rows = SIZES.map((n) => ({ condition: '2 layers: this − that', source: 'ours', n, difference: 0.1 }));
    const { texts, warnings } = await draw(differencesChart({ title: 'x', rows, axis: 'this − that' }));
    expect(warnings).toEqual([]);
    expect(texts).toEqual(expect.arrayContaining(['2 layers: this − that', 'this − that']));
  });
});

describe('transferLossChart', () => {
  it('draws a line for each condition and way to draw it', async () => {
    const rows = ['ours, as described', 'ours, as released'].flatMap((source) =>
      SIZES.map((n) => ({ condition: 'subnet_sampled', source, n, loss: 1.5 })),
    );
    const { items, texts, warnings } = await draw(transferLossChart({ title: 'x', rows }));
    expect(warnings).toEqual([]);
    expect(items.filter(({ mark }) => mark === 'symbol')).toHaveLength(6);
    const dashes = items.filter(({ mark }) => mark === 'line').map(({ strokeDash }) => String(strokeDash));
    expect(new Set(dashes).size).toBe(2);
    expect(texts).toEqual(expect.arrayContaining(['training loss (nats)', 'sampled control', 'controls as described']));
  });
});

describe('targetDots', () => {
  const rows = [1600, 100].flatMap((n) =>
    ['ab', 'a + b'].flatMap((target) =>
      ['minus random init', 'minus full model'].map((series) => ({ target, series, n, value: 0.2, low: 0, high: 0.5 })),
    ),
  );

  it('draws a dot and an interval for each target and series, a panel for each number of samples', async () => {
    const { items, texts, warnings } = await draw(targetDots({ title: 'x', rows, values: 'difference', width: 200 }));
    expect(warnings).toEqual([]);
    expect(texts.filter((text) => / samples$/.test(text))).toEqual(['100 samples', '1,600 samples']);
    expect(texts.filter((text) => text === 'ab')).toHaveLength(2);
    const points = items.filter(({ mark }) => mark === 'symbol');
    expect(points.map(({ x }) => Math.round(x))).toEqual(Array(8).fill(140));
    expect(new Set(points.slice(0, 4).map(({ y }) => y)).size).toBe(4);
    expect(items.filter(({ mark, datum }) => mark === 'rule' && 'zero' in datum).map(({ x }) => x)).toEqual([100, 100]);
  });

  it('has no line at zero for accuracies', async () => {
    const { items } = await draw(targetDots({ title: 'x', rows, values: 'accuracy' }));
    expect(items.filter(({ mark, datum }) => mark === 'rule' && 'zero' in datum)).toEqual([]);
  });
});
