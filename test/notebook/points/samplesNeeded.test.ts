import { describe, expect, it } from 'vitest';
import { pointSamplesNeeded, samplesNeededRows } from '../../../lib/dist/notebook/points/samplesNeeded';
import { meanPoints, published, run, sampled } from './runs';

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

  it('says at most the smallest n where a curve begins above the accuracy', () => {
    const needed = (rows: ReturnType<typeof run>[]) =>
      samplesNeededRows(rows, published, 0.4).find(({ source }) => source === 'ours')?.samples;
    expect(needed([run('random', 160, 0.6), run('random', 400, 0.9)])).toBe('≤ 160');
    expect(needed([run('random', 0, 0.4), run('random', 400, 0.9)])).toBe('0');
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

  it('takes the interval of means over depths from the ends of theirs', () => {
    expect(pointSamplesNeeded(meanPoints, published, 0.5)).toEqual([
      { condition: 'random init', source: 'published', samples: '100', interval: '' },
      { condition: 'random init', source: 'ours', samples: '20', interval: '10 to 40' },
      { condition: 'sampled control', source: 'published', samples: '40', interval: '' },
    ]);
  });
});
