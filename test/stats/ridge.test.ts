import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ridgeReadout } from '../../lib/dist/stats/linearFits';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import vectors from '../reference/readout.json';
import { PROJECT } from '../support/temporary';

const { tensors } = readSafetensors(join(PROJECT, 'test/reference/readout.safetensors'));
const numbers = (name: string) => Array.from(tensors[name].data, Number);
const features = (name: string) => ({ data: numbers(name), width: tensors[name].shape[1] });
const labels = numbers('labels');
const testLabels = numbers('test_labels');
const rightOf = (answers: Int32Array, right: number[]) =>
  answers.filter((answer, row) => answer === right[row]).length / right.length;

function near(values: number[], expected: number[]): void {
  expect(values).toHaveLength(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  values.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThan(1e-9 * size);
  });
}

describe.each(Object.entries(vectors.ridge))('a ridge readout with λ = %s', (strength, expected) => {
  const readout = ridgeReadout(features('features'), labels, { classes: vectors.classes, strength: Number(strength) });

  it('has these weights and scores', () => {
    near(readout.mean, vectors.mean);
    near([readout.deviation], [vectors.standard_deviation]);
    near(readout.weights.flat(), numbers(`weights/${strength}`));
    near(readout.scores(features('test_features')).flat(), numbers(`scores/${strength}`));
  });

  it('is right as often', () => {
    near([rightOf(readout.answers(features('features')), labels)], [expected.training_accuracy]);
    near([rightOf(readout.answers(features('test_features')), testLabels)], [expected.test_accuracy]);
  });
});

it('refuses in a sentence what it cannot fit', () => {
  const readout = (of: object) => () =>
    ridgeReadout({ data: [1, 2, 3, 4], width: 2 }, [0, 1], { classes: 2, strength: 1, ...of });
  expect(readout({})).not.toThrow();
  expect(readout({ strength: 0 })).toThrow('The strength of a ridge regression is above 0, not 0.');
  expect(readout({ classes: 1 })).toThrow('A label is a whole number of 0..0, not 1.');
  expect(() => ridgeReadout({ data: [1, 2, 3], width: 2 }, [0], { classes: 2, strength: 1 })).toThrow('no rows of 2');
  expect(() => ridgeReadout({ data: [1, 2], width: 2 }, [0, 1], { classes: 2, strength: 1 })).toThrow(
    'There are 1 rows of features, and labels for 2.',
  );
});
