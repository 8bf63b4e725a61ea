import { describe, expect, it } from 'vitest';
import {
  imageComparisonSentence,
  imageComparisons,
  imageComparisonTable,
} from '../../../lib/dist/notebook/points/imageComparisons';
import type { ShapeBiasRow } from '../../../lib/dist/runs/imageSchemas';
import { rowOf } from './imageRow';

const run = (number: number) => `image-transfer-${String(number).padStart(12, '0')}`;
/** The last row of a run: so many of 100 decisions are for shape. */
const ended = (number: number, seed: number, shape: number, change: Partial<ShapeBiasRow> = {}) =>
  rowOf({
    run: run(number),
    seed,
    shape_decisions: shape,
    texture_decisions: 100 - shape,
    epoch: 2,
    step: 200,
    ...change,
  });

describe('imageComparisons', () => {
  const rows = [
    ended(1, 1, 60),
    rowOf({ run: run(1), seed: 1, shape_decisions: 1, texture_decisions: 99 }), // earlier in training
    ended(2, 2, 70),
    ended(3, 1, 40, { inherit_from: 'subnet_sampled', plain_accuracy: 0.7 }),
    ended(4, 2, 46, { inherit_from: 'subnet_sampled', plain_accuracy: 0.6 }),
    ended(5, 3, 99, { inherit_from: 'subnet_sampled' }), // no subnetwork of this seed
    ended(6, 1, 80, { inherit_from: 'subnet_untrained' }),
    ended(7, 1, 20, { inherit_from: 'random', normalization: 'train', trained: null }),
    ended(8, 1, 30, { inherit_from: 'random', normalization: 'train', trained: null, pooled_share: 0.5 }),
    ended(9, 1, 30, { normalization: 'train' }),
  ];
  const compared = imageComparisons(rows);

  it('pairs runs of a seed, those without frozen weights in both modes', () => {
    expect(compared.map(({ normalization, against, differences }) => [normalization, against, differences])).toEqual([
      ['eval', 'random mask', [expect.closeTo(0.2), expect.closeTo(0.24)]],
      ['eval', 'mask of an untrained network', [expect.closeTo(-0.2)]],
      ['eval', 'random init', [expect.closeTo(0.4)]],
      ['train', 'random init', [expect.closeTo(0.1)]],
    ]);
    const [{ mean, low, high, plain, interval }] = compared;
    expect([mean, low, high, plain].map((value) => value.toFixed(3))).toEqual(['0.220', '0.200', '0.240', '0.150']);
    expect(interval).toBe('bootstrap');
    expect(compared[1]).toMatchObject({ interval: 'binomial', runs: 1 });
  });

  it('says which controls the subnetwork is above, and which not', () => {
    expect(imageComparisonSentence(compared, 'eval')).toBe(
      'With batch normalisation *eval* the shape bias of the subnetwork is above random mask (22 points), random init (40 points); below mask of an untrained network (-20 points).',
    );
    expect(imageComparisonSentence(compared, 'train')).toContain('not told apart from random init (10 points)');
    expect(imageComparisonSentence([], 'eval')).toContain('nothing to compare yet');
    expect(imageComparisonTable(compared)[0]).toMatchObject({ interval: '20.0 to 24.0', 'seed by seed': '20.0, 24.0' });
  });

  it('leaves out runs that decided for neither cue, and takes other drawings where asked', () => {
    const none = { shape_decisions: 0, texture_decisions: 0 };
    expect(imageComparisons([ended(1, 1, 60), ended(2, 1, 0, { inherit_from: 'subnet_sampled', ...none })])).toEqual(
      [],
    );
    expect(imageComparisons(rows, { shapes: 'held out' })).toEqual([]);
  });
});
