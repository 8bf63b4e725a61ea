import { describe, expect, it } from 'vitest';
import { aq, op } from '../../lib/dist';
import { bitsPerLabel, codeLength, knowsResidues, successBits } from '../../lib/dist/stats/codeLength';
import { samplesToReach } from '../../lib/dist/stats/dataEfficiency';
import vectors from '../reference/code-length.json';

const near = (value: number, expected: number) => expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9);

describe.each(vectors.curves)('the curve "$name"', ({ n, accuracy, ...expected }) => {
  const curve = n.map((at, i) => ({ n: at, accuracy: accuracy[i] }));

  it('costs so many bits a label, and in all', () => {
    accuracy.forEach((share, i) => {
      near(bitsPerLabel(share), expected.bits_per_label[i]);
    });
    near(codeLength(curve), expected.code_length);
    near(codeLength([...curve].reverse()), expected.code_length);
  });

  it('costs as much in a table', () => {
    const table = aq.from(curve).derive({ point: (d) => ({ n: d.n, accuracy: d.accuracy }) });
    const [row] = table.rollup({ bits: (d) => op.codeLength(d.point) }).objects() as { bits: number }[];
    near(row.bits, expected.code_length);
    const [ten] = table.rollup({ bits: (d) => op.codeLength(d.point, 10) }).objects() as { bits: number }[];
    near(ten.bits, codeLength(curve, { classes: 10 }));
    expect(ten.bits).toBeGreaterThan(row.bits);
  });

  it('reaches one half at the n between two sizes, on a straight line', () => {
    near(samplesToReach(curve, 0.5, { linear: true }) as number, expected.n50_linear);
  });
});

it('never costs more than guessing, and nothing where every answer is right', () => {
  expect(bitsPerLabel(1)).toBe(0);
  for (const share of [0, 0.1, 1 / 7]) expect(bitsPerLabel(share)).toBe(Math.log2(7));
  expect(bitsPerLabel(0.5, { classes: 2 })).toBe(1);
});

it('knows what whole runs say', () => {
  for (const { successes, runs, bits, bits_laplace, lower_bound_if_none } of vectors.success_rates) {
    const said = successBits(successes, runs);
    for (const [value, expected] of [
      [said.bits, bits],
      [said.atLeast, lower_bound_if_none],
    ]) {
      if (expected === null) expect(value).toBeNull();
      else near(value as number, expected);
    }
    near(said.smoothed, bits_laplace);
  }
});

it('knows the learner that knows only the residues', () => {
  const { n, accuracy, code_length, least_bits, modulus } = vectors.table_memoriser;
  const curve = n.map((at) => ({ n: at, accuracy: knowsResidues(at, { modulus }) }));
  curve.forEach((point, i) => {
    near(point.accuracy, accuracy[i]);
  });
  near(codeLength(curve), code_length);
  // A table of so many unknown cells cannot be learned from less.
  near((modulus ** 2 - modulus) * Math.log2(modulus), least_bits);
  expect(codeLength(curve)).toBeGreaterThan(least_bits);
});

it('refuses in a sentence what is no curve', () => {
  expect(() => bitsPerLabel(1.2)).toThrow('An accuracy is a number from 0 to 1, not 1.2.');
  expect(() => codeLength([{ n: 0, accuracy: 1 }])).toThrow('at least two points');
  const twice = [0, 10, 10].map((n) => ({ n, accuracy: 0.5 }));
  expect(() => codeLength(twice)).toThrow('one point for each n, and there are several for n = 10');
  expect(() => knowsResidues(-1)).toThrow('0 or more');
  expect(() => successBits(3, 2)).toThrow('3 successes in 2 runs');
});
