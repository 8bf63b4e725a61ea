import { describe, expect, it } from 'vitest';
import { dots } from '../../lib/dist/charts/dots';
import { lines } from '../../lib/dist/charts/lines';
import { draw } from '../support/draw';

describe('charts.lines', () => {
  const rows = ['ResNet', 'ViT'].flatMap((model) =>
    ['stem', 'body'].map((layer, i) => ({
      model,
      layer: `${model} ${layer}`,
      step: i * (model === 'ViT' ? 100 : 10),
      y: i,
    })),
  );

  it('draws over names, in the order of the rows', async () => {
    const { items, texts, warnings } = await draw(lines(rows.slice(0, 2), { title: 'x', x: 'layer', y: 'y' }));
    expect(warnings).toEqual([]);
    const [first, second] = items.filter(({ mark }) => mark === 'symbol');
    expect([first.datum.layer, second.datum.layer]).toEqual(['ResNet stem', 'ResNet body']);
    expect(first.x).toBeLessThan(second.x);
    expect(texts).toEqual(expect.arrayContaining(['ResNet stem', 'ResNet body']));
  });

  it.each([false, true])('shares x among panels unless freeX (%s)', async (freeX) => {
    const { items, warnings } = await draw(
      lines(rows, { title: 'x', x: 'step', y: 'y', facet: 'model', width: 100, freeX }),
    );
    expect(warnings).toEqual([]);
    const last = items.filter(({ mark, datum }) => mark === 'symbol' && datum.y === 1).map(({ x }) => x);
    expect(last).toEqual(freeX ? [100, 100] : [10, 100]);
  });

  it('draws a line where its slider stands', async () => {
    const slider = { value: 0.5, min: 0, max: 1, step: 0.1, label: 'wanted' };
    const chart = lines(rows, { title: 'x', x: 'step', y: 'y', height: 100, slider });
    const { items, warnings } = await draw(chart);
    expect(warnings).toEqual([]);
    expect(items.filter(({ mark, y }) => mark === 'rule' && y === 50)).toHaveLength(1);
    expect(chart).toMatchObject({ params: [{ value: 0.5, bind: { input: 'range', name: 'wanted ' } }] });
  });

  it('breaks headings that are wider than their panels, and leaves others', async () => {
    const named = rows.map((row) => ({ ...row, layer: `${row.layer}, untrained` }));
    const headings = async (width: number) => {
      const chart = lines(named, { title: 'x', x: 'step', y: 'y', facet: 'layer', width });
      const { texts, warnings } = await draw(chart);
      expect(warnings).toEqual([]);
      return texts.filter((text) => text.startsWith('ResNet'));
    };
    expect(await headings(60)).toEqual(['ResNet\nstem,\nuntrained', 'ResNet\nbody,\nuntrained']);
    expect(await headings(120)).toEqual(['ResNet stem,\nuntrained', 'ResNet body,\nuntrained']);
    expect(await headings(200)).toEqual(['ResNet stem, untrained', 'ResNet body, untrained']);
  });

  it('takes the mean of two values at one x for what the mouse shows', () => {
    expect(JSON.stringify(lines(rows, { title: 'x', x: 'step', y: 'y' }))).toContain('"op":"mean"');
  });
});

describe('charts.dots', () => {
  const rows = ['subnetwork', 'random init'].map((start, i) => ({ start, kind: 'one', value: i, low: i, high: i }));
  const drawn = async (of: string) =>
    (await draw(dots(rows, { title: 'x', value: 'value', of, color: 'start', interval: ['low', 'high'] }))) as {
      items: { mark: string; y: number; fill?: string }[];
      texts: string[];
    };

  it('names what has its own line in no legend, but keeps its colour', async () => {
    const { items, texts } = await drawn('start');
    expect(texts.filter((text) => text === 'subnetwork')).toHaveLength(1);
    expect(items.filter(({ mark }) => mark === 'symbol').map(({ fill }) => fill)).toEqual(['#0072B2', '#7A7A7A']);
  });

  it('sets colours of one place apart', async () => {
    const { items, texts } = await drawn('kind');
    const [first, second] = items.filter(({ mark }) => mark === 'symbol');
    expect(second.y).toBeGreaterThan(first.y);
    expect(texts).toEqual(expect.arrayContaining(['subnetwork', 'random init', 'one']));
  });

  it.each([
    ['two in one place', ['one', 'other'], [4, 4], false],
    ['each in its own', ['one', 'other'], [4, 12], true],
  ])('sets colours apart beside numbers too, where there are %s', async (_what, start, layers, isCentred) => {
    const all = start.map((name, i) => ({ start: name, layers: layers[i], value: 0 }));
    const chart = dots(all, { title: 'x', value: 'value', of: 'layers', color: 'start', width: 100 });
    const { items } = await draw(chart);
    const xs = items.filter(({ mark }) => mark === 'symbol').map(({ x }) => x);
    const places = new Set(layers).size;
    const centres = layers.map((_, i) => (100 * (places === 1 ? 0.5 : i + 0.5)) / places);
    expect(xs.every((x, i) => Math.abs(x - centres[i]) < 2)).toBe(isCentred);
  });

  it('centres what stands apart in each panel, whatever colours other panels have', async () => {
    const colours = { two: ['published', 'ours'], others: ['published', 'as described', 'as released'] };
    const rows = Object.entries(colours).flatMap(([panel, names]) =>
      names.map((color) => ({ panel, color, layers: 4, value: 0 })),
    );
    const look = { title: 'x', value: 'value', of: 'layers', color: 'color', facet: 'panel', width: 100 };
    const { items, warnings } = await draw(dots(rows, look));
    expect(warnings).toEqual([]);
    for (const [panel, names] of Object.entries(colours)) {
      const xs = items.filter(({ mark, datum }) => mark === 'symbol' && datum.panel === panel).map(({ x }) => x);
      expect(xs).toHaveLength(names.length);
      expect(xs.reduce((sum, x) => sum + x, 0) / xs.length).toBeCloseTo(50, 0);
    }
  });

  it('draws bars from 0 where it is asked to', async () => {
    const rows = [
      { start: 'subnetwork', value: 4 },
      { start: 'full model', value: -2 },
    ];
    const drawn = async (bars: boolean) =>
      (await draw(dots(rows, { title: 'x', value: 'value', of: 'start', bars }))).items.filter(
        ({ mark }) => mark === 'rect',
      ) as unknown as { width: number; x: number }[];
    expect(await drawn(false)).toEqual([]);
    const [first, second] = await drawn(true);
    expect(first.width).toBeCloseTo(2 * second.width);
    expect(second.x + second.width).toBeCloseTo(first.x);
  });
});
