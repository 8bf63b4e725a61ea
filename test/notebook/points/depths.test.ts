import { describe, expect, it } from 'vitest';
import { depthsText, meanOverDepths, publishedMean, samplesByDepth } from '../../../lib/dist/notebook/points/depths';
import { dataFile } from '../../../lib/dist/runs/project';
import { publishedDepthSchema, publishedFigure2Schema } from '../../../lib/dist/runs/publishedSchemas';
import { readTable } from '../../../lib/dist/runs/resultsTable';
import { run } from './runs';

const breakdown = readTable(dataFile('published', 'fig_depth_breakdown.csv'), publishedDepthSchema);
const lines = [
  { condition: 'subnet', source: 'ours' },
  { condition: 'random', source: 'ours' },
];

describe('publishedMean', () => {
  it('over all depths is the left panel of figure 2', () => {
    const means = publishedMean(breakdown, [2, 4, 6, 8, 10, 12]);
    const figure = readTable(dataFile('published', 'fig2.csv'), publishedFigure2Schema).filter(
      ({ panel }) => panel === 'mean_over_depths',
    );
    expect(figure.length).toBe(64);
    for (const { inherit_from, n_disambiguation, test_accuracy } of figure) {
      const point = means.find(({ condition, n }) => condition === inherit_from && n === n_disambiguation);
      expect(Math.abs((point?.accuracy ?? Number.NaN) - test_accuracy)).toBeLessThan(0.0006);
    }
  });

  it('is nothing over no depth', () => {
    expect(publishedMean(breakdown, [])).toEqual([]);
  });
});

describe('meanOverDepths', () => {
  const deep = { n_layers: 12 };
  const rows = [
    ...[0, 10, 40].flatMap((n) => [run('subnet', n, 0.4), run('random', n, 0.2)]),
    ...[0, 10].flatMap((n) => [run('subnet', n, 0.8, deep), run('random', n, 0.3, deep)]),
    run('subnet', 40, 0.9, deep), // without random: the point does not count
    run('original', 0, 0.5),
    run('original', 0, 0.7, deep),
    run('original', 10, 0.5),
  ];

  it('averages over the same depths at every n, further lines where all depths have them', () => {
    const means = meanOverDepths(rows, breakdown, { lines });
    expect([means.depths, means.sizes]).toEqual([
      [2, 12],
      [0, 10],
    ]);
    expect(means.ours.map(({ condition, n, accuracy, runs }) => [condition, n, accuracy, runs])).toEqual([
      ['subnet', 0, expect.closeTo(0.6, 12), 2],
      ['subnet', 10, expect.closeTo(0.6, 12), 2],
      ['random', 0, 0.25, 2],
      ['random', 10, 0.25, 2],
      ['original', 0, expect.closeTo(0.6, 12), 2],
    ]);
    expect(means.published).toEqual(publishedMean(breakdown, [2, 12]));
  });

  it('counts each depth once, however many seeds it has', () => {
    const more = [1, 2, 3].map((seed) => run('subnet', 0, 0.1 * seed, { seed: seed + 1 }));
    const [first] = meanOverDepths([...rows, ...more], breakdown, { lines }).ours;
    expect(first.accuracy).toBeCloseTo((mean([0.4, 0.1, 0.2, 0.3]) + 0.8) / 2, 12);
    expect(first.runs).toBe(5);
    expect(first.low).toBeLessThan(first.accuracy);
    expect(first.high).toBeGreaterThan(first.accuracy);
  });

  it('is empty without runs', () => {
    expect(meanOverDepths([], breakdown)).toEqual({ depths: [], sizes: [], ours: [], published: [] });
  });
});

describe('depthsText', () => {
  it('says what a mean is over', () => {
    expect([[], [2], [2, 12]].map(depthsText)).toEqual(['no depth yet', '2 layers alone', 'mean over 2 and 12 layers']);
  });
});

describe('samplesByDepth', () => {
  const published = [0, 10, 40, 100].map((n, i) => ({
    n_layers: 2,
    inherit_from: 'random' as const,
    n_disambiguation: n,
    test_accuracy: 0.1 + 0.2 * i,
  }));

  it('reads each curve between neighbours, and leaves out those with a gap there', () => {
    const at = (n: number, accuracy: number) => run('random', n, accuracy);
    const ours = (rows: ReturnType<typeof run>[]) =>
      samplesByDepth(rows, published, 0.5).filter(({ source }) => source === 'ours');
    expect(samplesByDepth([], published, 0.5)).toEqual([
      { condition: 'random', source: 'published', layers: 2, samples: expect.closeTo(40, 9) },
    ]);
    expect(ours([at(10, 0.2), at(40, 0.8)])).toMatchObject([{ layers: 2, samples: expect.closeTo(20, 9) }]);
    expect(ours([at(10, 0.2), at(100, 0.8)])).toEqual([]);
    expect(ours([at(40, 0.8)])).toEqual([]); // might have been reached before
    expect(ours([at(0, 0.8)])).toMatchObject([{ samples: 0 }]);
    expect(ours([at(0, 0.1), at(10, 0.4)])).toEqual([]);
  });
});

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
