/** Watches training runs where nobody sees a notebook: a line for each run and each of its epochs. */
import type { Observer } from './observer';

/** An observer that writes lines, such as "epoch 5, step 20000: train_loss 2.41, eval_loss 2.31, eval_accuracy 1". */
export function runLog(write: (line: string) => void): Observer {
  return {
    onRun({ title, stored }) {
      write(stored ? `${title}: taken from the run store` : title);
    },
    onResume(log) {
      const { epoch, step } = log[log.length - 1];
      write(`goes on after epoch ${epoch}, step ${step}`);
    },
    onStuck({ reason }) {
      write(reason);
    },
    onEpoch({ epoch, step, ...metrics }) {
      const texts = Object.entries(metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
      write(`epoch ${epoch}, step ${step}: ${texts.join(', ')}`);
    },
  };
}
