import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chartImage } from '../../lib/dist/charts/chartImage';
import { withTheme } from '../../lib/dist/charts/theme';
import { liveChart, showChart } from '../../lib/dist/notebook/chart';
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
    const module = createRequire(import.meta.url).resolve('../../lib/dist/charts/chartImage');
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

  it('passes on what Vega-Lite warns of', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const wrong = { ...bars([1]), mark: 'bar', encoding: { x: { field: 'name', type: 'nominal' }, shade: {} } };
    await chartImage(wrong as unknown as TopLevelSpec);
    expect(warn.mock.calls.flat().join()).toMatch(/shade/);
    warn.mockRestore();
  });

  it('says in one sentence what is wrong with a spec', async () => {
    await expect(chartImage({ data: { values: [{ a: 1 }] } } as unknown as TopLevelSpec)).rejects.toThrow(
      /^The chart cannot be drawn, look at its spec and data \(Vega-Lite 5\): make sure the specification includes .*"mark", .*\.$/,
    );
    const formula = { ...bars([1]), transform: [{ calculate: 'datum.value.nothing.at(', as: 'a' }] } as TopLevelSpec;
    await expect(chartImage(formula)).rejects.toThrow(
      'The chart cannot be drawn, look at its spec and data (Vega-Lite 5): Unexpected end of input.',
    );
  });

  it('draws data of a file, and says when it cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chart-'));
    const url = join(folder, 'values.csv');
    writeFileSync(url, 'name,value\nb0,1\nb1,2\n');
    const image = await chartImage({ ...bars([]), data: { url } } as TopLevelSpec);
    rmSync(folder, { recursive: true });
    expect(hash(image.png)).toBe(hash((await chartImage(bars([1, 2]))).png));
    await expect(chartImage({ ...bars([]), data: { url } } as TopLevelSpec)).rejects.toThrow(
      `The chart's data ${url} cannot be read: ENOENT`,
    );
  });

  it('draws BigInts as numbers, and refuses those that no number holds', async () => {
    const big = (value: bigint) =>
      ({ ...bars([]), data: { values: [{ name: 'b0', value }] } }) as unknown as TopLevelSpec;
    expect(hash((await chartImage(big(3n))).png)).toBe(hash((await chartImage(bars([3]))).png));
    await expect(chartImage(big(2n ** 53n + 1n))).rejects.toThrow(
      /^The chart has the BigInt 9007199254740993, which no number holds exactly: give Number\(value\)/,
    );
    const [output] = await inCell(() => showChart(big(3n)));
    expect(output.data[vegaLite]).toMatchObject({ data: { values: [{ name: 'b0', value: 3 }] } });
  });

  it('draws times in UTC, wherever the machine is', async () => {
    const times = (type: 'time' | 'utc'): TopLevelSpec => ({
      data: {
        values: ['2024-01-01', '2024-01-01T12:30', new Date(Date.UTC(2024, 0, 2, 20))].map((x, y) => ({ x, y })),
      },
      mark: 'line',
      encoding: {
        x: { field: 'x', type: 'temporal', scale: { type }, timeUnit: type === 'utc' ? 'utchours' : 'hours' },
        y: { field: 'y', type: 'quantitative', axis: { labelExpr: "timeFormat(datum.value * 36e5, '%H:%M')" } },
      },
    });
    const before = process.env.TZ;
    try {
      const drawn = [];
      for (const zone of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
        process.env.TZ = zone;
        drawn.push(hash((await chartImage(times('time'))).png));
        expect(process.env.TZ).toBe(zone);
        expect(new Date(2024, 0, 1).getTimezoneOffset()).toBe({ UTC: 0, 'America/New_York': 300 }[zone] ?? -540);
      }
      expect(new Set(drawn)).toEqual(new Set([hash((await chartImage(times('utc'))).png)]));
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
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
    expect(config?.axis).toMatchObject({ labelFontSize: 20, titleFontSize: 12 });
  });
});
