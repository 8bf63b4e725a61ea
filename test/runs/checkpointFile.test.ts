import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { checkpointFile } from '../../lib/dist/runs/checkpointFile';
import { tf } from '../../lib/dist/tensorflow/backend';
import { writeSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { snapshot } from '../../lib/dist/tensorflow/variables';

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
const path = join(folder, 'run.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(path, { force: true }));

const log = [
  { epoch: 1, step: 2, train_loss: 1 / 3, eval_loss: 0.1 + 0.2 },
  { epoch: 2, step: 4, train_loss: 1e-7, eval_loss: 5 },
];

/** A model of two parameters, out of the order of the alphabet, with one moment. */
function model(value: number) {
  const parameters = { 'h.2': tf.variable(tf.tensor1d([value, -value])), 'h.10': tf.variable(tf.scalar(value)) };
  const moments = { 'h.2': tf.variable(tf.scalar(value / 3)) };
  const warnings: string[] = [];
  const checkpoints = checkpointFile(path, { parameters, moments }, (sentence) => warnings.push(sentence));
  return { parameters, moments, checkpoints, warnings, values: () => [snapshot(parameters), snapshot(moments)] };
}

it('brings everything back, in its order', () => {
  const before = model(0.1);
  expect(before.checkpoints.restore()).toBeUndefined();
  const best = { record: log[0], kept: snapshot(before.parameters) };
  before.checkpoints.save(log, best);
  expect(readdirSync(folder)).toEqual(['run.safetensors']);
  const after = model(7);
  const restored = after.checkpoints.restore();
  expect(restored).toEqual({ log, best });
  expect(Object.keys(restored?.best.kept ?? {})).toEqual(['h.2', 'h.10']);
  expect(after.values()).toEqual(before.values());
  expect(after.warnings).toEqual([]);
});

it.each<[string, () => void]>([
  ['it is cut off', () => truncateSync(path, 300)],
  ['it is something else', () => writeFileSync(path, 'epoch 2')],
  ['it has no log', () => writeSafetensors(path, {})],
  ['it is of another model', () => checkpointFile(path, {}).save(log, { record: log[1], kept: {} })],
  [
    'its log lacks the best epoch',
    () => {
      const { checkpoints } = model(1);
      checkpoints.save(log, { record: { ...log[1], epoch: 3 }, kept: {} });
    },
  ],
])('where %s, says so, changes nothing and lets the training begin anew', (_, damage) => {
  model(0.1).checkpoints.save(log, { record: log[1], kept: {} });
  damage();
  const { checkpoints, values, warnings } = model(7);
  const before = values();
  expect(checkpoints.restore()).toBeUndefined();
  expect(values()).toEqual(before);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`${path} is not used, because `);
  expect(warnings[0]).toMatch(/; the training begins anew\.$/);
  expect(existsSync(path) && readFileSync(path).length).toBeGreaterThan(0);
});
