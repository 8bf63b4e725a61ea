import { expect, it } from 'vitest';
import { runLog } from '../../lib/dist/runs/observer';

it('writes a line for each run and each epoch', () => {
  const lines: string[] = [];
  const log = runLog((line) => lines.push(line));
  log.onRun?.({ stage: 'base', title: 'base model, seed 1', stored: false });
  log.onEpoch?.({
    epoch: 1,
    step: 4000,
    train_loss: 2.84278142619133,
    eval_loss: 2.7587943551540373,
    eval_accuracy: 0.371,
  });
  log.onEpoch?.({ epoch: 2, step: 8000, train_loss: 1e-7 / 3, eval_loss: 0, eval_accuracy: 1 });
  log.onRun?.({ stage: 'mask', title: 'mask', stored: true });
  log.onRun?.({ stage: 'base', title: 'base model, seed 2', stored: false });
  log.onResume?.([{ epoch: 1, step: 4000, train_loss: 2 }]);
  expect(lines).toEqual([
    'base model, seed 1',
    'epoch 1, step 4000: train_loss 2.843, eval_loss 2.759, eval_accuracy 0.371',
    'epoch 2, step 8000: train_loss 3.333e-8, eval_loss 0, eval_accuracy 1',
    'mask: taken from the run store',
    'base model, seed 2',
    'goes on after epoch 1, step 4000',
  ]);
});
