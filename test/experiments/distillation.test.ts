import { expect, it } from 'vitest';
import {
  DISTILLATION,
  DISTILLATION_CONDITIONS,
  digitNetwork,
  digitTeacherStage,
  distillation,
  distillationStage,
  SHIFTS,
  stepsPerEpoch,
} from '../../lib/dist/experiments/distillation';
import { RunStore } from '../../lib/dist/runs/runStore';
import { projectFolder } from '../support/temporary';

it('the released networks have their layers, and weight penalties on all of them', () => {
  const [dense, cnn] = [digitNetwork(DISTILLATION.paper.dense.network), digitNetwork(DISTILLATION.paper.CNN.network)];
  const weights = (shapes: Record<string, number[]>) => Object.values(shapes).filter(({ length }) => length > 1);
  expect(weights(dense.shapes)).toEqual([
    [512, 784],
    [128, 512],
    [32, 128],
    [10, 32],
  ]);
  // Max-out leaves 128, 64 and 16 of 128, 64 and 64 channels.
  expect(weights(cnn.shapes)).toEqual([
    [128, 1, 3, 3],
    [64, 128, 3, 3],
    [64, 64, 3, 3],
    [10, 16],
  ]);
  expect(stepsPerEpoch(60_000) * 400).toBe(187_200);
  expect(SHIFTS[24]).toEqual({ right: 0, down: 0 });
});

it('every condition runs in the smallest preset, with the mistakes of two teachers where there are two seeds', async () => {
  const folder = projectFolder('distillation');
  const place = { preset: 'smoke', store: new RunStore({ folder }), tables: null };
  const rows = await distillation.compute(place);
  expect(rows.map(({ condition }) => condition)).toEqual(DISTILLATION_CONDITIONS);
  for (const row of rows) {
    expect(row.mistakes).toBe(Math.round(100 * (1 - row.shift_3)));
    expect([row.teacher_too === null, row.other_too]).toEqual([/labels/.test(row.condition), null]);
    expect(row.shares === null).toBe(!row.condition.endsWith('learned shifts'));
  }
  const shares = rows.flatMap((row) => row.shares?.split(' ').map(Number) ?? []);
  expect(shares.length).toBe(2 * 49);
  expect(Math.min(...shares)).toBeGreaterThan(0);
  expect(shares[24]).toBeGreaterThan(5000);
  const [one] = await distillation.compute({ ...place, seeds: [1, 2], conditions: ['CNN → dense'] });
  expect(one.other_too).toBeGreaterThan(0);
  expect(() => distillation.wanted({ ...place, conditions: ['CNN -> dense'] })).toThrow(
    'There is no condition "CNN -> dense": use',
  );
});

it('a dense network that learns from moved digits reads moved ones, and one that does not reads them worse', async () => {
  const network = { kind: 'dense' as const, widths: [64] };
  const own = { network, digits: 2000, epochs: 12, learningRate: 2e-3, momentum: 0.1, seed: 1 };
  const accuracies = [];
  for (const shifts of [false, true]) {
    const teacher = { ...own, shifts };
    const { weights } = await digitTeacherStage.train(teacher, {} as never);
    const settings = { teacher, testDigits: 500 };
    const { result } = await distillationStage.train(settings, { inputs: { teacher: { weights } } } as never);
    accuracies.push(result!);
  }
  const [plain, moved] = accuracies;
  expect(plain.shift_0).toBeGreaterThan(0.8);
  expect(plain.shift_3).toBeLessThan(0.5);
  expect(moved.shift_3).toBeGreaterThan(plain.shift_3 + 0.1);
});
