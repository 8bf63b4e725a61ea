import { expect, it } from 'vitest';
import { attempts, publishedBaseAccuracy, publishedBaseLoss } from '../../../lib/dist/experiments/views/curves';

it('publishedBaseAccuracy names each run by its layers', () => {
  expect(publishedBaseAccuracy().object(1)).toEqual({ run: 'published, 2 layers', step: 8000, accuracy: 0.998 });
});

it('publishedBaseLoss says where in a training a loss is found', () => {
  const losses = publishedBaseLoss();
  expect(losses.object(0)).toEqual({ where: 'where some runs rest', low: 2.9365, high: 2.9365 });
  expect(losses.object(1)).toMatchObject({ where: 'at the end', high: 2.304 });
});

it('attempts gives those of the depths asked for, and has its columns without any', () => {
  const two = attempts({ layers: [2] });
  expect(two.numRows()).toBeLessThan(attempts().numRows());
  const none = attempts({ preset: 'tiny' });
  expect([none.numRows(), none.columnNames()]).toEqual([0, two.columnNames()]);
});
