import { describe, expect, it } from 'vitest';
import { learningPoints, maskTrainingRows } from '../../../lib/dist/notebook/points/training';

const log = [1, 2].map((epoch) => ({
  epoch,
  step: 100 * epoch,
  train_loss: 3,
  temperature: 10 * epoch,
  kept: 40 / epoch,
  soft_accuracy: 0.9,
  eval_accuracy: 0.5,
}));

describe('learningPoints', () => {
  it('takes one column over the steps', () => {
    expect(learningPoints(log, { column: 'kept', run: 'seed 1' })).toEqual([
      { run: 'seed 1', step: 100, value: 40 },
      { run: 'seed 1', step: 200, value: 20 },
    ]);
  });

  it('names a column that is not there, and those that are', () => {
    expect(() => learningPoints(log, { column: 'loss', run: 'seed 1' })).toThrow(
      'The log has no "loss"; it has epoch, step, train_loss,',
    );
  });
});

describe('maskTrainingRows', () => {
  it('gives the kept share, and tells soft from hard accuracy', () => {
    expect(maskTrainingRows(log, { run: 'as released', total: 80 })).toEqual([
      { run: 'as released', temperature: 10, kept: 0.5, softAccuracy: 0.9, hardAccuracy: 0.5 },
      { run: 'as released', temperature: 20, kept: 0.25, softAccuracy: 0.9, hardAccuracy: 0.5 },
    ]);
  });

  it('refuses the log of another stage', () => {
    const base = log.map(({ epoch, step, train_loss }) => ({ epoch, step, train_loss }));
    expect(() => maskTrainingRows(base, { run: 'x', total: 80 })).toThrow('The log has no "temperature"');
  });
});
