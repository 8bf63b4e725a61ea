import { describe, expect, it } from 'vitest';
import { leadRows, pointLeads } from '../../../lib/dist/notebook/points/leads';
import { meanPoint, meanPoints, published, run, sampled } from './runs';

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

  it('compares means over depths as it does means of runs', () => {
    const lead = pointLeads([...meanPoints, meanPoint('subnet_sampled', 10, 0.1)], published, 'random');
    expect(lead).toMatchObject([
      { against: 'sampled control', sizes: 1, aheadOurs: 1, leadOurs: expect.closeTo(0.3, 12) },
    ]);
  });
});
