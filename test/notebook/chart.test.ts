import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { TopLevelSpec } from 'vega-lite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { liveChart, showChart } from '../../lib/dist/notebook/chart';
import { chartImage } from '../../lib/dist/notebook/chartImage';
import { withTheme } from '../../lib/dist/notebook/theme';
import { inCell } from './fakeKernel';

const vegaLite = 'application/vnd.vegalite.v5+json';
const bars = (values: number[], title = 'Bars'): TopLevelSpec => ({
  title,
  data: { values: values.map((value, i) => ({ name: `b${i}`, value })) },
  mark: 'bar',
  encoding: { x: { field: 'name', type: 'nominal' }, y: { field: 'value', type: 'quantitative' } },
});
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('chartImage', () => {
  it('draws the same bytes in another process', async () => {
    const { png, width, height } = await chartImage(bars([1, 2, 3]));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
    const module = createRequire(import.meta.url).resolve('../../lib/dist/notebook/chartImage');
    const other = execFileSync(process.execPath, [
      '-e',
      `require(${JSON.stringify(module)}).chartImage(${JSON.stringify(bars([1, 2, 3]))}).then(({ png }) => process.stdout.write(png))`,
    ]);
    expect(hash(other)).toBe(hash(png));
  });

  it('sets text', async () => {
    const images = await Promise.all(['Bars', 'Sums'].map((title) => chartImage(bars([1], title))));
    expect(hash(images[0].png)).not.toBe(hash(images[1].png));
  });

  it('passes on what Vega-Lite warns of, and refuses what it cannot read', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const wrong = { ...bars([1]), mark: 'bar', encoding: { x: { field: 'name', type: 'nominal' }, shade: {} } };
    await chartImage(wrong as unknown as TopLevelSpec);
    expect(warn.mock.calls.flat().join()).toMatch(/shade/);
    warn.mockRestore();
    await expect(chartImage({ data: { values: [] } } as unknown as TopLevelSpec)).rejects.toThrow();
  });
});

describe('showChart', () => {
  it('sends the spec, its picture and its title in one output', async () => {
    const [output, ...more] = await inCell(() => showChart(bars([1, 2])));
    expect(more).toEqual([]);
    const spec = output.data[vegaLite] as { $schema: string; data: unknown };
    expect(spec.$schema).toMatch(/vega-lite\/v5/);
    expect(spec.data).toEqual(bars([1, 2]).data);
    const image = await chartImage(bars([1, 2]));
    expect(output.data['image/png']).toBe(image.png.toString('base64'));
    expect(output.metadata['image/png']).toEqual({ width: image.width, height: image.height });
    expect(output.data['text/plain']).toBe('[Chart: Bars]');
  });
});

describe('liveChart', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('redraws at most four times a second, and adds the picture of the last data at the end', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const draw = vi.fn((values: number[]) => bars(values));
    const outputs = await inCell(async () => {
      const chart = liveChart(draw);
      for (let i = 1; i <= 100; i++) {
        chart.update([i]);
        vi.advanceTimersByTime(10);
      }
      await chart.finish();
    });
    expect(outputs.map(({ update }) => update)).toEqual([false, true, true, true, true]);
    expect(draw.mock.calls.map(([values]) => values[0])).toEqual([1, 26, 51, 76, 100]);
    expect(outputs.map(({ data }) => 'image/png' in data)).toEqual([false, false, false, false, true]);
    expect(outputs.at(-1)?.data[vegaLite]).toMatchObject(bars([100]));
  });

  it('draws nothing when there was nothing to draw', async () => {
    expect(await inCell(() => liveChart(bars).finish())).toEqual([]);
  });
});

describe('withTheme', () => {
  it("keeps the spec's own settings over the common ones", () => {
    const { config } = withTheme({ ...bars([1]), config: { axis: { labelFontSize: 20 }, background: 'pink' } });
    expect(config?.background).toBe('pink');
    expect(config?.axis).toMatchObject({ labelFontSize: 20, gridColor: expect.any(String) });
  });
});
