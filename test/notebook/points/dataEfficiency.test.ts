import { describe, expect, it } from 'vitest';
import {
  differenceRows,
  isCurveRow,
  leadRows,
  nearerSampler,
  ourPoints,
  pointDifferences,
  pointLeads,
  pointSamplesNeeded,
  publishedPoints,
  restsOn,
  samplesNeededRows,
} from '../../../lib/dist/notebook/points/dataEfficiency';
import { run } from './runs';

const sampled = (sampler: 'described' | 'released', n: number, accuracy: number) =>
  run('subnet_sampled', n, accuracy, { sampler });

const published = publishedPoints(
  [0, 10, 40, 100].flatMap((n, i) => [
    { inherit_from: 'random' as const, n_disambiguation: n, test_accuracy: 0.2 + 0.1 * i },
    { inherit_from: 'subnet_sampled' as const, n_disambiguation: n, test_accuracy: 0.3 + 0.1 * i },
  ]),
);

describe('ourPoints', () => {
  it('is the mean over seeds, with controls apart by the way they were drawn', () => {
    const rows = [
      run('random', 10, 0.4),
      run('random', 10, 0.5, { seed: 2 }),
      sampled('released', 10, 0.7),
      sampled('described', 10, 0.3),
    ];
    expect(
      ourPoints(rows).map(({ condition, source, n, accuracy, runs }) => [condition, source, n, accuracy, runs]),
    ).toEqual([
      ['random', 'ours', 10, 0.45, 2],
      ['subnet_sampled', 'ours, as described', 10, 0.3, 1],
      ['subnet_sampled', 'ours, as released', 10, 0.7, 1],
    ]);
  });
});

describe('conditionOf', () => {
  it('keeps runs whose transferred weights train apart from the frozen ones', () => {
    const rows = [run('subnet', 10, 0.4), run('subnet', 10, 0.6, { subnetwork: 'trainable' })];
    expect(ourPoints(rows).map(({ condition, accuracy }) => [condition, accuracy])).toEqual([
      ['subnet', 0.4],
      ['subnet_trainable', 0.6],
    ]);
  });
});

describe('isCurveRow', () => {
  it('leaves out trainable subnetworks and further controls', () => {
    expect(isCurveRow(run('subnet', 0, 0))).toBe(true);
    expect(isCurveRow(sampled('released', 0, 0))).toBe(true);
    expect(isCurveRow(run('subnet', 0, 0, { subnetwork: 'trainable' }))).toBe(false);
    expect(isCurveRow(run('subnet_untrained', 0, 0))).toBe(false);
  });
});

describe('differenceRows', () => {
  it('compares each source with the published points it has runs for', () => {
    const rows = [
      run('random', 10, 0.35),
      run('random', 64, 0.9),
      sampled('described', 40, 0.4),
      sampled('released', 40, 0.6),
    ];
    const differences = differenceRows(rows, published);
    expect(differences.map(({ source, n, published, ours }) => [source, n, published, ours])).toEqual([
      ['ours', 10, 0.30000000000000004, 0.35],
      ['ours, as described', 40, 0.5, 0.4],
      ['ours, as released', 40, 0.5, 0.6],
    ]);
    for (const { difference, ours, published: value, low, high } of differences) {
      expect(difference).toBeCloseTo(ours - value, 12);
      expect(low).toBeLessThan(difference);
      expect(high).toBeGreaterThan(difference);
    }
  });
});

describe('leadRows', () => {
  it('compares leads over the n that published and ours have, against each kind of control', () => {
    const rows = [
      ...[0, 10, 40].map((n) => run('random', n, 0.5)),
      sampled('described', 0, 0.4),
      sampled('described', 10, 0.6),
      sampled('described', 64, 0.1), // not published
      sampled('released', 100, 0.9), // no run of ours to compare with
    ];
    const [lead, ...more] = leadRows(rows, published, 'random');
    expect(more).toEqual([]);
    expect(lead).toMatchObject({
      against: 'sampled control',
      source: 'ours, as described',
      sizes: 2,
      aheadPublished: 0,
      aheadOurs: 1,
    });
    expect(lead.leadPublished).toBeCloseTo(-0.1, 12);
    expect(lead.leadOurs).toBeCloseTo(0, 12);
  });
});

describe('samplesNeededRows', () => {
  it('gives published and ours by the names of the charts, and says more than the largest n where it is not reached', () => {
    const rows = [
      run('random', 0, 0.2),
      run('random', 10, 0.6),
      sampled('released', 0, 0.1),
      sampled('released', 640, 0.2),
    ];
    expect(samplesNeededRows(rows, published, 0.4)).toEqual([
      { condition: 'random init', source: 'published', samples: '40', interval: '', seeds: 1 },
      { condition: 'random init', source: 'ours', samples: '5', interval: '', seeds: 1 },
      { condition: 'sampled control', source: 'published', samples: '10', interval: '', seeds: 1 },
      { condition: 'sampled control', source: 'ours, as released', samples: '> 640', interval: '', seeds: 1 },
    ]);
  });

  it('gives an interval where there are several seeds', () => {
    const rows = [1, 2, 3].flatMap((seed) => [
      run('random', 0, 0.2, { seed }),
      run('random', 10, 0.3 + 0.1 * seed, { seed }),
      run('random', 100, 0.9, { seed }),
    ]);
    const ours = samplesNeededRows(rows, published, 0.5).find(({ source }) => source === 'ours');
    expect(ours).toMatchObject({ samples: '10', seeds: 3 });
    const [low, high] = (ours?.interval ?? '').split(' to ').map(Number);
    expect(low).toBeLessThanOrEqual(10);
    expect(high).toBeGreaterThan(10);
  });
});

describe('points that are no runs', () => {
  const point = (condition: string, n: number, accuracy: number) => ({
    ...{ condition, source: 'ours', n, accuracy, runs: 2 },
    ...{ low: accuracy - 0.1, high: accuracy + 0.1 },
  });
  const points = [point('random', 0, 0.1), point('random', 10, 0.4), point('random', 40, 0.6)];

  it('are compared as the means of runs are', () => {
    const [first] = pointDifferences(points, published);
    expect([first.n, first.runs]).toEqual([0, 2]);
    expect(first.difference).toBeCloseTo(-0.1, 12);
    expect([first.low, first.high]).toEqual([expect.closeTo(-0.2, 12), expect.closeTo(0, 12)]);
    const lead = pointLeads(
      [...points, { ...points[1], condition: 'subnet_sampled', accuracy: 0.1 }],
      published,
      'random',
    );
    expect(lead).toMatchObject([
      { against: 'sampled control', sizes: 1, aheadOurs: 1, leadOurs: expect.closeTo(0.3, 12) },
    ]);
  });

  it('need samples, with an interval from the ends of theirs', () => {
    expect(pointSamplesNeeded(points, published, 0.5)).toEqual([
      { condition: 'random init', source: 'published', samples: '100', interval: '' },
      { condition: 'random init', source: 'ours', samples: '20', interval: '10 to 40' },
      { condition: 'sampled control', source: 'published', samples: '40', interval: '' },
    ]);
  });
});

describe('nearerSampler', () => {
  const rows = [0, 10, 40, 100].flatMap((n, i) => [
    sampled('described', n, 0.1 + 0.1 * i),
    sampled('released', n, 0.31 + 0.1 * i),
  ]);

  it('says which kind fits, by how much, and over how many n', () => {
    const sentence = nearerSampler('subnet_sampled', rows, published);
    expect(sentence).toContain('**sampled control.** Over all n together, the control as released is nearer');
    expect(sentence).toContain('0.200 as described and 0.010 as released');
    expect(sentence).toContain('As released is nearer at 4 of 4 numbers of samples (n = 0, 10, 40, 100).');
  });

  it('says that it cannot tell where each kind is nearer at some n', () => {
    const mixed = [0, 10, 40, 100].flatMap((n, i) => [
      sampled('described', n, 0.3 + 0.1 * i + (i % 2 ? 0.1 : 0.05)),
      sampled('released', n, 0.3 + 0.1 * i + (i % 2 ? 0.05 : 0.1)),
    ]);
    const sentence = nearerSampler('subnet_sampled', mixed, published);
    expect(sentence).toContain('ours do not tell which of the two the paper drew');
    expect(sentence).toContain('2 of 4 numbers of samples (n = 10, 100).');
  });

  it('says nothing where one kind was not run', () => {
    expect(
      nearerSampler(
        'subnet_sampled',
        rows.filter(({ sampler }) => sampler === 'released'),
        published,
      ),
    ).toBeUndefined();
    expect(nearerSampler('subnet_sampled_complement', rows, published)).toBeUndefined();
  });
});

describe('restsOn', () => {
  it('lists seeds, conditions and sizes', () => {
    const rows = [
      run('random', 10, 0.4),
      run('random', 0, 0.4),
      sampled('released', 0, 0.1),
      run('random', 0, 0.5, { seed: 2 }),
    ];
    expect(restsOn([])).toBe('There are no finished runs of ours yet.');
    expect(restsOn(rows)).toBe(
      'Our curves rest on 4 runs with 2 seeds: seed 1: 3 runs (2 conditions, n = 0, 10); seed 2: 1 run (1 condition, n = 0). ' +
        'They have 2 points of single runs, whose intervals hold the sampling of the test set only, and 1 mean over seeds, ' +
        'whose intervals are bootstrapped over seeds.',
    );
  });
});
