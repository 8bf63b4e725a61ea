import { describe, expect, it } from 'vitest';
import {
  answerRows,
  lossSentence,
  maskRows,
  transferLosses,
  transferredRows,
} from '../../../lib/dist/notebook/points/details';
import { publishedFrozenPoints, publishedGap } from '../../../lib/dist/notebook/points/frozen';
import {
  comparisons,
  pairDifferences,
  pairSentence,
  pairTable,
  shareSentence,
} from '../../../lib/dist/notebook/points/pairs';
import { runsInAll, runsTable } from '../../../lib/dist/notebook/points/runsTable';
import {
  distanceRows,
  publishedSpread,
  publishedWithSpread,
  withinSpreadSentence,
} from '../../../lib/dist/notebook/points/spread';
import type { SubnetworkRow, TransferDetailsRow } from '../../../lib/dist/runs/schemas';
import { DISAMBIGUATION_SIZES } from '../../../lib/dist/tasks/modularArithmetic';
import { run } from './runs';

const SIZES = [0, 10, 40, 100];

describe('comparisons', () => {
  const first = SIZES.map((n) => run('subnet', n, 0.6));
  const second = SIZES.map((n) => run('random', n, n === 0 ? 0.6 : 0.2));
  const [compared, ...more] = comparisons([
    { name: 'subnetwork − random', first, second },
    { name: 'nothing', first, second: second.map((row) => ({ ...row, seed: 2 })) },
  ]);
  const names = { question: 'Is it?', first: 'this', second: 'that' };

  it('keeps those that have pairs, for charts and tables', () => {
    expect(more).toEqual([]);
    expect(pairDifferences([compared]).map(({ condition, n, difference }) => [condition, n, difference])).toEqual([
      ['subnetwork − random', 0, 0],
      ...[10, 40, 100].map((n) => ['subnetwork − random', n, expect.closeTo(0.4, 12)]),
    ]);
    expect(pairTable([compared])).toMatchObject([
      { n: 4, 'above zero at': 3, 'below zero at': 0, pairs: 4, seeds: '1' },
    ]);
  });

  it('says who is ahead, or that nobody knows', () => {
    expect(pairSentence(compared, names)).toContain('**Is it?** Over all n together, this is ahead');
    expect(pairSentence(compared, names)).toContain('above zero at 3 n (n = 10, 40 and 100) and below zero at 0.');
    const [level] = comparisons([{ name: 'x', first, second: first }]);
    expect(pairSentence(level, names)).toContain('this and that cannot be told apart');
    expect(pairSentence(undefined, names)).toBe('**Is it?** There are no pairs of runs yet that could answer this.');
  });

  it('shares out a lead only where there is one, over the same runs', () => {
    const [half] = comparisons([
      { name: 'half', first: SIZES.map((n) => run('original', n, n === 0 ? 0.6 : 0.4)), second },
    ]);
    const share = (part: typeof half | undefined, whole = compared) => shareSentence({ part, whole, name: 'the base' });
    expect(share(half)).toBe('To the base +0.150 of accuracy is due, of a lead of +0.300 in all: **50 %**.');
    expect(share(undefined)).toBe('How much is due to the base cannot be said yet.');
    expect(share({ ...half, points: half.points.slice(1) })).toContain('cannot be said yet');
    expect(share(half, { ...compared, low: -0.1 })).toContain('too small to be shared out');
  });
});

describe('runsTable', () => {
  it('has a line for conditions with the same n and seeds, depth by depth', () => {
    const rows = [
      run('random', 10, 0.4, { n_layers: 12 }),
      ...[1, 2].flatMap((seed) => [0, 10].map((n) => run('random', n, 0.4, { seed }))),
      ...[1, 2].flatMap((seed) => [10, 0].map((n) => run('subnet', n, 0.4, { seed }))),
      run('subnet_sampled', 10, 0.4, { sampler: 'released', subnetwork: 'trainable' }),
      ...DISAMBIGUATION_SIZES.map((n) => run('original', n, 0.4)),
    ];
    expect(runsTable(rows)).toEqual([
      { layers: 2, 'starts from': 'random init; subnetwork', seeds: '1, 2', n: '0 10', runs: 8 },
      { layers: 2, 'starts from': 'sampled control, trainable, as released', seeds: '1', n: '10', runs: 1 },
      { layers: 2, 'starts from': 'full model', seeds: '1', n: 'all 17, 0 to 10,000', runs: 17 },
      { layers: 12, 'starts from': 'random init', seeds: '1', n: '10', runs: 1 },
    ]);
    expect(runsInAll(rows)).toContain('rest on 27 runs at 2 and 12 layers, with seeds 1 and 2.');
    expect(runsInAll([])).toContain('no finished runs');
  });
});

describe('spread', () => {
  const figure2 = [
    { condition: 'subnet', n: 0, deviation: null },
    { condition: 'subnet', n: 10, deviation: 0.02 },
    { condition: 'subnet_sampled', n: 10, deviation: 0.01 },
  ].map(({ condition, n, deviation }) => ({
    panel: 'gpt2_12_layers' as const,
    inherit_from: condition as 'subnet',
    n_disambiguation: n,
    test_accuracy: 0.99,
    std_over_5_runs: deviation,
  }));

  it('lends the complement control the deviation of the sampled one', () => {
    expect(publishedSpread(figure2)).toEqual([
      { condition: 'subnet', n: 10, deviation: 0.02 },
      { condition: 'subnet_sampled', n: 10, deviation: 0.01 },
      { condition: 'subnet_sampled_complement', n: 10, deviation: 0.01 },
    ]);
  });

  it('draws a band within 0 and 1 where the deviation is known', () => {
    const [without, withBand] = publishedWithSpread(figure2);
    expect(without).not.toHaveProperty('low');
    expect(withBand).toMatchObject({
      condition: 'subnet',
      source: 'published',
      low: expect.closeTo(0.97, 12),
      high: 1,
    });
  });

  it('counts for each line the points that lie within', () => {
    const difference = (condition: string, n: number, value: number) => ({
      ...{ condition, source: 'ours', n, published: 0.5, ours: 0.5 + value },
      ...{ difference: value, low: value, high: value, runs: 1 },
    });
    const differences = [difference('subnet', 0, 0.3), difference('subnet', 10, -0.01), difference('random', 10, 0.1)];
    expect(distanceRows(differences, publishedSpread(figure2))).toEqual([
      {
        ...{ condition: 'subnetwork', source: 'ours', points: 2, within: '1 of 1', share: 1 },
        ...{ 'mean distance': expect.closeTo(0.155, 12), 'largest distance': 0.3 },
      },
      {
        ...{ condition: 'random init', source: 'ours', points: 1, within: '0 of 0', share: null },
        ...{ 'mean distance': 0.1, 'largest distance': 0.1 },
      },
    ]);
    expect(withinSpreadSentence(differences, publishedSpread(figure2))).toContain('**1 of 1 points (100 %)**');
    expect(withinSpreadSentence([], [])).toContain('no point of ours yet');
  });
});

describe('publishedFrozenPoints', () => {
  it('gives each mask the names of its conditions', () => {
    const rows = (['frozen', 'trainable', 'full_model_transfer'] as const).flatMap((subnetwork) =>
      (['discovered', 'sampled'] as const).map((mask) => ({
        mask,
        subnetwork,
        n_disambiguation: 10,
        test_accuracy: 0.5,
      })),
    );
    const names = (mask: 'discovered' | 'sampled') =>
      publishedFrozenPoints(rows, mask).map(({ condition }) => condition);
    expect(names('discovered')).toEqual(['subnet', 'subnet_trainable', 'original']);
    expect(names('sampled')).toEqual(['subnet_sampled', 'subnet_sampled_trainable', 'original']);
  });
});

describe('publishedGap', () => {
  it('compares two curves over the n that both have', () => {
    const point = (condition: string, n: number, accuracy: number) =>
      ({ condition, source: 'published', n, accuracy }) as const;
    const points = [point('subnet', 0, 0.5), point('subnet', 10, 0.6), point('subnet', 40, 1)];
    const others = [point('original', 0, 0.4), point('original', 10, 0.9)];
    expect(publishedGap([...points, ...others], { first: 'subnet', second: 'original' })).toEqual({
      ...{ comparison: 'subnetwork − full model', n: 2, 'above zero at': 1 },
      ...{ 'mean difference': expect.closeTo(-0.1, 12), 'mean distance': expect.closeTo(0.2, 12) },
    });
  });
});

describe('details of runs', () => {
  const detail = (sampler: 'described' | 'released' | null, loss: number, more: Partial<TransferDetailsRow> = {}) => {
    const row: TransferDetailsRow = {
      ...{ inherit_from: sampler ? 'subnet_sampled' : 'original', sampler, subnetwork: sampler ? 'frozen' : null },
      ...{ n_layers: 2, n_disambiguation: 10, seed: 1, run: 'transfer-000000000000', best_eval_accuracy: 0.5 },
      ...{ test_is_2a2: 0.2, test_is_2b2: 0.4, last_train_loss: loss },
      transferred_weights: { described: 10, released: 90, null: 100 }[String(sampler)] as number,
      ...more,
    };
    return row;
  };
  const details = [
    detail('described', 0.3),
    detail('released', 0.7),
    detail('released', 0.9, { seed: 2 }),
    detail(null, 0.1),
  ];

  it('are the weights transferred, as shares of the full model', () => {
    expect(
      transferredRows(details).map((row) => [row.source, row['weights transferred'], row.share, row.runs]),
    ).toEqual([
      ['ours, as described', 10, 0.1, 1],
      ['ours, as released', 90, 0.9, 2],
      ['ours', 100, 1, 1],
    ]);
  });

  it('are mean losses, and a sentence about pairs of runs', () => {
    expect(transferLosses(details)[1]).toEqual({
      ...{ condition: 'subnet_sampled', source: 'ours, as released', n: 10, loss: expect.closeTo(0.8, 12) },
    });
    const sentence = lossSentence('subnet_sampled', details);
    expect(sentence).toContain('0.300 nats as described and 0.700 as released, means of 1 pair of runs');
    expect(sentence).toContain('lower in 0 of them');
    expect(lossSentence('subnet_sampled_complement', details)).toBeUndefined();
  });

  it('are the answers, right ones from the runs’ own rows', () => {
    const rows = [
      run('subnet_sampled', 10, 0.6, { sampler: 'released' }),
      run('subnet_sampled', 10, 0.1, { sampler: 'described', seed: 9 }),
    ];
    expect(answerRows(details, rows, 10).map((row) => [row.source, row.right, row['as 2a^2'], row.runs])).toEqual([
      ['ours, as described', null, 0.2, 1],
      ['ours, as released', 0.6, 0.2, 2],
      ['ours', null, 0.2, 1],
    ]);
    expect(answerRows(details, rows, 40)).toEqual([]);
  });

  it('are masks, their parts added up', () => {
    const part = (name: string, kept: number) =>
      ({
        ...{ n_layers: 2, seed: 1, base: 'untrained', expression: 'ab', temperature_schedule: 'released' },
        ...{ run: name, base_run: 'base-000000000000', best_epoch: 3, eval_accuracy: 0.5, block: 0, map: 'mlp.c_fc' },
        ...{ kept, total: 10 },
      }) as SubnetworkRow;
    expect(maskRows([part('mask-a', 1), part('mask-a', 2), part('mask-b', 5)])).toMatchObject([
      { base: 'untrained', kept: 3, share: 0.15 },
      { kept: 5, share: 0.5 },
    ]);
  });
});
