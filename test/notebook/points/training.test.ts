import { describe, expect, it } from 'vitest';
import {
  learningPoints,
  maskTrainingRows,
  stepsToReach,
  temperaturesToReach,
} from '../../../lib/dist/notebook/points/training';

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

describe('stepsToReach', () => {
  it('gives the first step of each curve, and null where there is none', () => {
    const points = [
      { run: 'a', step: 100, value: 0.4 },
      { run: 'a', step: 200, value: 0.95 },
      { run: 'b', step: 100, value: 0.4 },
      { run: 'a', step: 300, value: 1 },
    ];
    expect(stepsToReach(points, 0.9)).toEqual([
      { run: 'a', step: 200 },
      { run: 'b', step: null },
    ]);
  });
});

describe('temperaturesToReach', () => {
  it('tells the soft mask from the hard one', () => {
    const rows = [1, 10, 100].map((temperature, i) => ({
      run: 'as released',
      temperature,
      kept: 0.2,
      softAccuracy: [0.2, 0.95, 1][i],
      hardAccuracy: [0, 0.5, 0.9][i],
    }));
    expect(temperaturesToReach(rows, 0.9)).toEqual([{ run: 'as released', soft: 10, hard: 100 }]);
    expect(temperaturesToReach(rows.slice(0, 2), 0.9)).toEqual([{ run: 'as released', soft: 10, hard: null }]);
  });
});
