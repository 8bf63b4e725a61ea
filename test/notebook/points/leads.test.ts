import { describe, expect, it } from 'vitest';
import type { InheritFrom } from '../../../lib/dist/experiments';
import { depthLeads, depthLeadsSentence, leadsTable, meanLeads } from '../../../lib/dist/notebook/points/leads';
import type { PublishedDepth } from '../../../lib/dist/runs/publishedSchemas';
import { run } from './runs';

const SIZES = [0, 10, 40, 2500];
const publishedCurve = (inherit_from: InheritFrom, n_layers: number, accuracy: number) =>
  SIZES.map(
    (n_disambiguation) => ({ inherit_from, n_layers, n_disambiguation, test_accuracy: accuracy }) as PublishedDepth,
  );
const curve = (from: InheritFrom, accuracy: number, more: object = {}) =>
  SIZES.map((n) => run(from, n, accuracy, more));

const published = [
  ...publishedCurve('subnet', 2, 0.6),
  ...publishedCurve('random', 2, 0.3),
  ...publishedCurve('subnet', 12, 0.6),
  ...publishedCurve('random', 12, 0.3),
  ...publishedCurve('original', 12, 0.61),
];
const rows = [1, 2].flatMap((seed) => [
  ...curve('subnet', 0.5, { seed }),
  ...curve('random', 0.2, { seed }),
  ...curve('subnet_sampled', 0.7, { seed, sampler: 'released' }),
  ...curve('random', 0.1, { seed, n_layers: 4 }), // no subnetwork to compare with
]);

describe('depthLeads', () => {
  const leads = depthLeads(rows, published);

  it('compares the published curves and ours with their own subnetwork, at small n', () => {
    expect(leads.map(({ layers, condition, source }) => [layers, condition, source])).toEqual([
      [2, 'random', 'published'],
      [2, 'random', 'ours'],
      [2, 'subnet_sampled', 'ours, as released'],
      [12, 'original', 'published'],
      [12, 'random', 'published'],
    ]);
    expect(leads[1]).toMatchObject({ seeds: [1, 2], ahead: 'first' });
    expect(leads.map(({ difference }) => difference.toFixed(2))).toEqual(['0.30', '0.30', '-0.20', '-0.01', '0.30']);
    expect(leads[3].low).toBeLessThan(-0.01);
    expect(leads[3].high).toBeGreaterThan(0);
    expect(leads[1].points.map(({ n }) => n)).toEqual([0, 10, 40]);
    expect(depthLeads(rows, published, { upTo: 2500 })[1].points.map(({ n }) => n)).toEqual(SIZES);
    expect(depthLeads([], [])).toEqual([]);
  });

  it('has a mean over depths for what all of them have', () => {
    const means = meanLeads(leads, [2, 12]);
    expect(means.map(({ condition, source, difference }) => [condition, source, difference.toFixed(2)])).toEqual([
      ['random', 'published', '0.30'],
    ]);
    expect(Object.keys(leadsTable(means)[0])[0]).toBe('against');
    expect(meanLeads(leads, [2, 4])).toEqual([]);
    expect(meanLeads(leads, [2])).toHaveLength(3);
  });

  it('is a table that says who is ahead', () => {
    expect(leadsTable(leads).map(({ against, subnetwork, n, seeds }) => [against, subnetwork, n, seeds])).toEqual([
      ['random init', 'ahead', 3, ''],
      ['random init', 'ahead', 3, '1, 2'],
      ['sampled control', 'behind', 3, '1, 2'],
      ['full model', 'level', 3, ''],
      ['random init', 'ahead', 3, ''],
    ]);
  });

  it('is a sentence that names what the subnetwork is not ahead of, at depths where everything is compared', () => {
    const whole = [
      ...publishedCurve('original', 2, 0.3),
      ...publishedCurve('subnet_sampled', 2, 0.3),
      ...publishedCurve('subnet_sampled', 12, 0.3),
    ];
    const ours = [...rows, ...[1, 2].flatMap((seed) => curve('original', 0.3, { seed }))];
    expect(depthLeadsSentence(depthLeads(ours, [...published, ...whole]))).toBe(
      'In the published curves the subnetwork is ahead of everything else at **1 of 2** depths (2 layers); ' +
        'it is level with the full model at 12 layers. ' +
        'In ours the subnetwork is ahead of everything else at **0 of 1** depths; ' +
        'it is behind the sampled control (as released) at 2 layers.',
    );
    expect(depthLeadsSentence(leads)).toMatch(/^In the published .* not compared .* In ours .* not compared [^.]*\.$/);
    const ahead = ours.filter(({ inherit_from }) => inherit_from !== 'subnet_sampled');
    const low = [1, 2].flatMap((seed) => curve('subnet_sampled', 0.3, { seed, sampler: 'described' }));
    expect(depthLeadsSentence(depthLeads([...ahead, ...low], []))).toMatch(/\*\*1 of 1\*\* depths \(2 layers\)\.$/);
  });
});
