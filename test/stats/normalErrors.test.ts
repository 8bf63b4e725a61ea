import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cumulants,
  type ErrorLaw,
  errorLaw,
  fitChiSquare,
  imhofCdf,
  logChiSquareCdf,
  logErrorCdf,
  rbfPosterior,
  releasedFallback,
  sampleErrors,
} from '../../lib/dist/stats/normalErrors';
import { random } from '../../lib/dist/tasks/random';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import reference from '../reference/exact-bias.json';

const { tensors } = readSafetensors('test/reference/exact-bias.safetensors');
const rowsOf = (name: string): number[][] => {
  const { data, shape } = tensors[name];
  return Array.from({ length: shape[0] }, (_, row) => [
    ...(data as Float64Array).slice(row * shape[1], (row + 1) * shape[1]),
  ]);
};
const bits = (nats: number) => -nats / Math.LN2;
const relative = (value: number, expected: number) => Math.abs(value / expected - 1);

describe.each(reference.cases.map((one, index) => ({ ...one, index })))('case $index', (one) => {
  const tensor = (name: string) => rowsOf(`case${one.index}/${name}`);
  const posterior = rbfPosterior({ x: tensor('x_train'), y: tensor('y_train') }, tensor('x_test'), {
    sigma: one.sigma,
  });
  const law = errorLaw(posterior, tensor('y_test'));

  it('has the posterior of the reference', () => {
    for (const [name, found] of [
      ['mean', posterior.mean],
      ['covariance', posterior.covariance],
    ] as const) {
      const expected = tensor(`posterior_${name}`).flat();
      const off = found.flat().map((value, i) => Math.abs(value - expected[i]));
      expect(off.length).toBe(expected.length);
      expect(Math.max(...off)).toBeLessThan(1e-7);
    }
  });

  it('has its cumulants, and the fit by two moments; by three there is none', () => {
    const found = cumulants(law, 4);
    one.cumulants.forEach((value, i) => expect(relative(found[i], value)).toBeLessThan(1e-6));
    const { df, nc, scale } = fitChiSquare(found.slice(0, 2))!;
    const { two_moments: fit, three_cumulants } = one.fits;
    expect([relative(df, fit.df), nc, relative(scale, fit.scale)].every((off) => off < 1e-6)).toBe(true);
    expect(three_cumulants).toBeNull();
    expect(fitChiSquare(found.slice(0, 3))).toBeNull();
  });

  it.each(one.targets)('P(error ≤ $target)', (row) => {
    const saddlepoint = bits(logErrorCdf(law, row.target));
    expect(relative(saddlepoint, row.bits_saddlepoint)).toBeLessThan(1e-6);
    const fit = fitChiSquare(cumulants(law, 2))!;
    expect(relative(bits(logChiSquareCdf(fit, row.target)), row.bits_two_moment_chi_square)).toBeLessThan(1e-6);
    if (row.probability_imhof === null) return;
    const exact = imhofCdf(law, row.target);
    expect(Math.abs(exact - row.probability_imhof)).toBeLessThan(1e-7);
    expect(Math.abs(saddlepoint + Math.log2(exact))).toBeLessThan(0.08);
    const error = Math.sqrt((exact * (1 - exact)) / one.samples);
    expect(Math.abs(exact - row.probability_sampled)).toBeLessThan(5 * error);
  });

  it('is the law of errors that are drawn', () => {
    const errors = sampleErrors(law, 20_000, random(1, 'errors'));
    const mean = errors.reduce((sum, error) => sum + error) / errors.length;
    expect(Math.abs(mean - one.mean_error)).toBeLessThan(5 * Math.sqrt(one.cumulants[1] / errors.length));
    for (const { target, probability_imhof: exact } of one.targets.slice(2)) {
      const share = errors.filter((error) => error <= target).length / errors.length;
      expect(Math.abs(share - exact!)).toBeLessThan(5 * Math.sqrt((exact! * (1 - exact!)) / errors.length));
    }
  });
});

it.each(reference.ncx2)('non-central χ² with df $df, nc $nc at $error', (row) => {
  expect(relative(-logChiSquareCdf(row, row.error), row.minus_log_cdf_nats)).toBeLessThan(1e-8);
  expect(relative(releasedFallback(row, row.error), row.sankaran_nats)).toBeLessThan(1e-8);
});

/** Laws of 10 to 30 terms. */
const laws = fc
  .array(
    fc.record({
      scale: fc.double({ min: 0.05, max: 1, noNaN: true }),
      shift: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    {
      minLength: 10,
      maxLength: 30,
    },
  )
  .map(
    (terms): ErrorLaw => ({
      scales: Float64Array.from(terms, ({ scale }) => scale),
      shifts: Float64Array.from(terms, ({ shift }) => shift),
    }),
  );

describe('the tail of any law', () => {
  it('agrees with Imhof’s integral', () => {
    fc.assert(
      fc.property(laws, fc.double({ min: 0.3, max: 2, noNaN: true }), (law, share) => {
        const x = share * cumulants(law, 1)[0];
        const exact = imhofCdf(law, x);
        if (exact > 1e-8) expect(Math.abs(bits(logErrorCdf(law, x)) + Math.log2(exact))).toBeLessThan(0.08);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('rises with x, also across the mean, and knows no units', () => {
    fc.assert(
      fc.property(laws, fc.double({ min: 1e-4, max: 1e4, noNaN: true }), (law, unit) => {
        const [mean] = cumulants(law, 1);
        const at = [1e-8, 1e-4, 0.1, 0.5, 0.9, 0.999999, 1, 1.000001, 1.1, 2].map((share) =>
          logErrorCdf(law, share * mean),
        );
        expect(at.slice(1).every((value, i) => value > at[i])).toBe(true);
        const scaled = { scales: law.scales.map((one) => one * unit), shifts: law.shifts.map((one) => one * unit) };
        expect(logErrorCdf(scaled, 0.1 * mean * unit)).toBeCloseTo(at[2], 8);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('is that of χ² where all terms are equal, far below the smallest number too', () => {
    const law = { scales: new Float64Array(40).fill(0.5), shifts: new Float64Array(40) };
    for (const x of [0.5, 5, 15, 25]) {
      const exact = logChiSquareCdf({ df: 40, nc: 0, scale: 0.5 }, x);
      expect(Math.abs(logErrorCdf(law, x) - exact)).toBeLessThan(0.01);
    }
    // P(χ²₄₀ ≤ z) → (z/2)^20 / 20! for small z
    const z = 1e-40;
    const exact = 20 * Math.log(z / 2) - Array.from({ length: 20 }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b);
    expect(Math.abs(logErrorCdf(law, 0.5 * z) - exact)).toBeLessThan(0.01);
  });

  it('is nothing below what every hypothesis errs', () => {
    const law = { scales: new Float64Array([1, 0, 1]), shifts: new Float64Array([0, 2, 0]) };
    expect(logErrorCdf(law, 1.9)).toBe(Number.NEGATIVE_INFINITY);
    expect(logErrorCdf(law, 2.1)).toBeGreaterThan(-10);
    const one = { mean: [[1]], covariance: [[0]] };
    expect(() => errorLaw(one, [[0]])).toThrow('Only one hypothesis fits');
  });
});

it('three cumulants of a non-central χ² give it back', () => {
  for (const [df, nc, scale] of [
    [5, 3, 0.2],
    [40, 12.5, 0.01],
    [2.5, 0.5, 1],
  ]) {
    const moments = [scale * (df + nc), 2 * scale ** 2 * (df + 2 * nc), 8 * scale ** 3 * (df + 3 * nc)];
    const fit = fitChiSquare(moments)!;
    expect(
      [fit.df, fit.nc, fit.scale].map((value, i) => relative(value, [df, nc, scale][i])).every((off) => off < 1e-6),
    ).toBe(true);
  }
});

it('kernel matrices without full rank: points that repeat say nothing new', () => {
  const x = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  const y = [[0], [1], [2]];
  const [once, twice] = [
    rbfPosterior({ x, y }, [[0.5, 0.5]]),
    rbfPosterior({ x: [...x, ...x], y: [...y, ...y] }, [[0.5, 0.5]]),
  ];
  expect(twice.mean[0][0]).toBeCloseTo(once.mean[0][0], 10);
  expect(twice.covariance[0][0]).toBeCloseTo(once.covariance[0][0], 10);
});
