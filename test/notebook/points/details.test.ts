import { describe, expect, it } from 'vitest';
import type { SubnetworkRow, TransferDetailsRow } from '../../../lib/dist/experiments';
import {
  answerRows,
  lossSentence,
  maskRows,
  transferLosses,
  transferredRows,
} from '../../../lib/dist/notebook/points/details';
import { run } from './runs';

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
