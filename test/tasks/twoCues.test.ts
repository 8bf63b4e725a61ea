import { expect, it } from 'vitest';
import { reliance, ruleShares } from '../../lib/dist/stats/cueConflict';
import { normalQuantile, random } from '../../lib/dist/tasks/random';
import { cueEmbedding, cueMeans, cueProbes, signsOf, twoCues } from '../../lib/dist/tasks/twoCues';

const rho = { rhoShortcut: 0.7, rhoCore: 0.9 };

it('a stream of normal numbers has their mean, deviation and tails', () => {
  const source = random(1, 'normal');
  const values = Array.from({ length: 20_000 }, () => source.normal());
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 1);
  const below = values.filter((value) => value < normalQuantile(0.025)).length / values.length;
  expect(below).toBeGreaterThan(0.02);
  expect(below).toBeLessThan(0.03);
});

it('the sign of each cue is right as often as it should be, in both classes, and the cues are correlated within them', () => {
  const { cues, labels } = twoCues({ ...rho, rows: 20_000, seed: 1 });
  const means = cueMeans(rho);
  for (const label of [0, 1]) {
    const own = cues.filter((_, i) => labels[i] === label);
    expect(own).toHaveLength(10_000);
    [0.7, 0.9].forEach((share, cue) => {
      const right = signsOf(own.map((values) => values[cue])).filter((sign) => sign === 2 * label - 1).length;
      expect(Math.abs(right / own.length - share)).toBeLessThan(0.015);
    });
    const noise = own.map((values) => values.map((value, cue) => value - (2 * label - 1) * means[cue]));
    expect(noise.reduce((sum, [a, b]) => sum + a * b, 0) / own.length).toBeCloseTo(0.6, 1);
  }
  expect(twoCues({ ...rho, rows: 6, seed: 1 }).cues).toEqual(cues.slice(0, 6));
  expect(twoCues({ ...rho, rows: 6, seed: 2 }).cues).not.toEqual(cues.slice(0, 6));
});

it('cues lie along two directions of length 1, the shortcut as large as it is available', () => {
  const width = 50;
  const embed = cueEmbedding({ width, availability: 4, seed: 3 });
  const length = (values: Float32Array) => Math.hypot(...values);
  expect(length(embed([[1, 0]]))).toBeCloseTo(4, 5);
  expect(length(embed([[0, 1]]))).toBeCloseTo(1, 5);
  const both = embed([
    [1, 0],
    [0, 1],
    [2, -3],
  ]);
  expect(both).toHaveLength(3 * width);
  for (let i = 0; i < width; i++) expect(both[2 * width + i]).toBeCloseTo(2 * both[i] - 3 * both[width + i], 4);
});

it('half of the probes are conflicts, and reliance says which cue decides them', () => {
  const probes = cueProbes(rho);
  expect(probes).toHaveLength(900);
  const [shortcut, core] = [0, 1].map((cue) => signsOf(probes.map((cues) => cues[cue])));
  expect(ruleShares(core, [shortcut, core])).toEqual({ conflicts: 450, shares: [0, 1] });
  expect([shortcut, core].map((answers) => reliance(answers, shortcut, core))).toEqual([1, -1]);
  // The mean of answer · (first − second), as it is defined.
  const answers = signsOf(probes.map(([a, b]) => 2 * a + b));
  const mean = answers.reduce((sum, answer, i) => sum + answer * (shortcut[i] - core[i]), 0) / 900;
  expect(reliance(answers, shortcut, core)).toBeCloseTo(mean, 12);
  expect(reliance(core, core, core)).toBe(0);
});
