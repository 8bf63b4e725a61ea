import { expect, it } from 'vitest';
import { curveTask, evenly } from '../../lib/dist/tasks/curves';

const range = (values: number[]) => [Math.min(...values), Math.max(...values)];
const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

it('points lie on their curve but for its noise, and more points hold the fewer', () => {
  for (const [family, noise] of [
    ['sinusoid', undefined],
    ['line', 0.3],
  ] as const) {
    const { at, x, y } = curveTask({ family, task: 3, seed: 1, points: 400 });
    const [least, most] = range(x.flat());
    expect([least > -5, least < -4.8, most > 4.8, most < 5]).toEqual([true, true, true, true]);
    const amplitude = Math.max(...evenly(1001).map(([at0]) => Math.abs(at(at0))));
    const off = deviation(y.map(([value], i) => value - at(x[i][0])));
    expect(off / (noise ?? 0.01 * amplitude)).toBeCloseTo(1, 0.5);
    const few = curveTask({ family, task: 3, seed: 1, points: 5 });
    expect([few.x, few.y]).toEqual([x.slice(0, 5), y.slice(0, 5)]);
    expect(curveTask({ family, task: 4, seed: 1, points: 5 }).x).not.toEqual(few.x);
    expect(curveTask({ family, task: 3, seed: 2, points: 5 }).x).not.toEqual(few.x);
  }
});

it('draws amplitudes and slopes over the released ranges', () => {
  const tasks = Array.from({ length: 400 }, (_, task) => task);
  const lines = tasks.map((task) => curveTask({ family: 'line', task, seed: 1, points: 0 }).at);
  const slopes = range(lines.map((at) => at(1) - at(0)));
  const amplitudes = range(
    tasks.map((task) => {
      const { at } = curveTask({ family: 'sinusoid', task, seed: 1, points: 0 });
      return Math.max(...evenly(201, 10).map(([x]) => at(x)));
    }),
  );
  [...slopes, ...amplitudes].forEach((value, i) => expect(value).toBeCloseTo([-3, 3, 0.1, 5][i], 0));
});

it('evenly spaced places reach both ends', () => {
  expect(evenly(5, 2)).toEqual([[-2], [-1], [0], [1], [2]]);
});
