/** Curves to be learned from few points, with the released ranges (Maddox et al., arXiv 2103.01439; notebook 27). */
import { random } from './random';

export const CURVE_FAMILIES = ['sinusoid', 'line'] as const;

/** Which curve: the task of this number and seed. */
export interface CurveTask {
  family: (typeof CURVE_FAMILIES)[number];
  task: number;
  seed: number;
}

/**
 * A curve, and points on it with x in [−5, 5]: x and y [points][1]; more points hold the fewer. Sinusoids A·sin(w·x + b) with
 * A in [0.1, 5], w in [0.5, 2], b in [0, 2π] and noise 0.01·A; lines A·x + b with both in [−3, 3] and noise 0.3.
 */
export function curveTask({ family, task, seed, points }: CurveTask & { points: number }) {
  const { uniform, normal } = random(seed, `curve ${task}`);
  const [first, second, third] = [uniform(), uniform(), uniform()];
  const [A, w, b] = [0.1 + 4.9 * first, 0.5 + 1.5 * second, 2 * Math.PI * third];
  const isLine = family === 'line';
  const at = (x: number) => (isLine ? (6 * first - 3) * x + 6 * second - 3 : A * Math.sin(w * x + b));
  const x = Array.from({ length: points }, () => ({
    at: 10 * uniform() - 5,
    noise: (isLine ? 0.3 : 0.01 * A) * normal(),
  }));
  return { at, x: x.map((one) => [one.at]), y: x.map((one) => [at(one.at) + one.noise]) };
}

/** Evenly spaced numbers from −end to end: [length][1] */
export const evenly = (length: number, end = 5): number[][] =>
  Array.from({ length }, (_, i) => [end * ((2 * i) / (length - 1) - 1)]);
