import { expect, it } from 'vitest';
import { JACOBIAN_KERNEL, jacobianKernel, jacobianKernelStage } from '../../lib/dist/experiments/jacobianKernel';
import { denseNetwork } from '../../lib/dist/models/network';
import { tanhJacobian } from '../../lib/dist/models/tanhJacobian';
import { temporaryStore } from '../../lib/dist/runs/project';
import { curveTask, evenly } from '../../lib/dist/tasks/curves';
import { seedFor } from '../../lib/dist/tasks/random';
import { regressor } from '../../lib/dist/training/examples';
import { trainer } from '../../lib/dist/training/trainer';

const few = { width: 8, steps: 30, fineTuningSteps: 20, targets: 3, sizes: [2, 6], sourcePoints: 20, seed: 1 };

it('networks that are fine-tuned side by side are those that are trained one by one', async () => {
  const { result } = await jacobianKernelStage.train({ ...few, tasks: 'mixed' }, {} as never);
  const network = denseNetwork({ inputs: 1, outputs: 1, depth: 2, width: few.width, hidden: 'tanh' });
  const source = trainer(regressor(network), { optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 0 }, xla: false });
  source.start(network.init(seedFor(1, 'source')));
  const known = curveTask({ family: 'sinusoid', task: 0, seed: 1, points: 20 });
  for (let step = 1; step <= few.steps; step++) source.step(known, step, 1e-3);
  const tuner = trainer(regressor(network), { optimizer: { name: 'adamW', weightDecay: 0 }, xla: false });
  for (const { target, family, n, fine_tuned_error, zero_error } of result!.rows) {
    expect(family).toBe(target === 2 ? 'sinusoid' : 'line');
    const { at, x, y } = curveTask({ family, task: target, seed: 1, points: n });
    tuner.start(source.snapshot());
    for (let step = 1; step <= few.fineTuningSteps; step++) tuner.step({ x, y }, step, 1e-2);
    const { outputs } = tanhJacobian(tuner.snapshot(), evenly(101));
    const off = (found: number[]) =>
      found.reduce((sum, value, i) => sum + (value - at(evenly(101)[i][0])) ** 2, 0) / 101;
    expect(fine_tuned_error / off(outputs)).toBeCloseTo(1, 3);
    expect(zero_error / off(outputs.map(() => 0))).toBeCloseTo(1, 3);
  }
  expect(result!.noise).toBeGreaterThanOrEqual(1e-3);
  const known2 = await jacobianKernelStage.train({ ...few, tasks: 'mixed' }, {} as never);
  expect(known2.result).toEqual(result);
});

it('with no step of training, both Jacobians are one', async () => {
  const { result } = await jacobianKernelStage.train({ ...few, tasks: 'sinusoids', steps: 1 }, {} as never);
  for (const row of result!.rows) expect(row.trained_error / row.untrained_error).toBeCloseTo(1, 1);
});

it('the smallest preset: rows of every target and number of points, each run once', async () => {
  const rows = await jacobianKernel.compute({ preset: 'smoke', store: temporaryStore(), tables: null });
  const { seeds, sourcePoints, targets, sizes } = JACOBIAN_KERNEL.smoke;
  expect(rows.length).toBe(seeds.length * sourcePoints.length * targets * sizes.length);
  expect(new Set(rows.map((row) => jacobianKernel.table.key.map((name) => row[name]).join())).size).toBe(rows.length);
  for (const preset of jacobianKernel.presets) {
    const wanted = jacobianKernel.wanted({ preset, tables: null, store: temporaryStore(), seeds: [4] });
    expect(wanted.map(({ settings }) => settings.seed)).toEqual(wanted.map(() => 4));
    for (const { settings } of wanted) expect(Object.keys(settings)).not.toContain('store');
  }
});
