import { beforeEach, describe, expect, it, vi } from 'vitest';
import { palette } from '../../lib/dist/charts/theme';
import type { DataEfficiencyRow } from '../../lib/dist/experiments';
import { dataEfficiency } from '../../lib/dist/experiments';
import { type NotebookObserver, notebookObserver } from '../../lib/dist/notebook/observers/notebookObserver';
import { experimentObserver } from '../../lib/dist/notebook/observers/runsObserver';
import { inCell, type Output } from './fakeKernel';

const CHART = 'application/vnd.vegalite.v5+json';

/** What is left in the notebook: the last state of each output, in order of appearance. */
function saved(outputs: Output[]): Output['data'][] {
  const last = new Map<string, Output['data']>();
  outputs.forEach(({ data, transient }, i) => {
    last.set(transient.display_id ?? `output ${i}`, data);
  });
  return [...last.values()];
}

const text = (data: Output['data']): string => String(data['text/plain']);

/** Two epochs of two steps; with `whole: false` it stops after the third step. */
function train(observer: NotebookObserver, { steps = 4, whole = true } = {}): void {
  for (let step = 1; step <= (whole ? 4 : 3); step++) {
    const epoch = Math.ceil(step / 2);
    observer.onStep({ epoch, step, steps, loss: 3 - step / 2 });
    if (step % 2 === 0) observer.onEpoch({ epoch, step, train_loss: 2, eval_loss: 2, eval_accuracy: epoch / 2 });
  }
}

describe('notebookObserver', () => {
  const measures = { eval_accuracy: 'evaluation accuracy' };
  const base = { stage: 'base', title: 'base model, seed 1', stored: false, measures };

  it('leaves a finished bar and a chart with its picture', async () => {
    const outputs = await inCell(async () => {
      const observer = notebookObserver();
      observer.onRun(base);
      train(observer);
      await observer.finish();
    });
    const [bar, chart, ...more] = saved(outputs);
    expect(more).toEqual([]);
    expect(text(bar)).toMatch(/^base model, seed 1 .*finished 4 steps in .* · training loss 1\.000$/);
    expect(Object.keys(chart).sort()).toEqual([CHART, 'image/png', 'text/plain'].sort());
    expect(JSON.stringify(chart[CHART])).toContain('{"run":"evaluation accuracy","step":4,"value":1}');
  });

  it('draws the epochs before too where a run goes on that was cut off', async () => {
    const outputs = await inCell(async () => {
      const observer = notebookObserver();
      observer.onRun(base);
      observer.onResume([{ epoch: 1, step: 2, train_loss: 2.5, eval_loss: 2, eval_accuracy: 0.5 }]);
      observer.onStep({ epoch: 2, step: 3, steps: 4, loss: 2 });
      observer.onStep({ epoch: 2, step: 4, steps: 4, loss: 2 });
      observer.onEpoch({ epoch: 2, step: 4, train_loss: 2, eval_loss: 1, eval_accuracy: 0.75 });
      await observer.finish();
    });
    const [, chart] = saved(outputs);
    for (const [step, value] of [
      [2, 0.5],
      [4, 0.75],
    ])
      expect(JSON.stringify(chart[CHART])).toContain(`{"run":"evaluation accuracy","step":${step},"value":${value}}`);
  });

  it('tells an attempt that got stuck from one that has learnt, by its word, its empty bar and its colour', async () => {
    const reason = 'stuck at accuracy 0.38, below 0.9 after 2 epochs: attempt 2 follows';
    const outputs = await inCell(async () => {
      const observer = notebookObserver({ charts: false });
      observer.onRun(base);
      train(observer, { steps: 1000 });
      observer.onStuck({ title: base.title, reason });
      observer.onRun({ ...base, stored: true });
      observer.onStuck({ title: base.title, reason });
      await observer.finish();
    });
    const [trained, , stored] = saved(outputs);
    expect(text(trained)).toMatch(
      /^base model, seed 1 \[\.{20}\] 0 % · stuck at accuracy 0\.38.*attempt 2 follows · after 4 steps in /,
    );
    expect(text(stored)).toBe(`base model, seed 1 [${'.'.repeat(20)}] 0 % · ${reason}`);
    expect(String(trained['text/html'])).toContain(palette.orange);
    expect(String(trained['text/html'])).not.toContain(palette.green);
  });

  it('calls a run finished that stopped early between two epochs, and not one that was stopped within', async () => {
    const ends = await Promise.all(
      [true, false].map(async (whole) => {
        const outputs = await inCell(async () => {
          const observer = notebookObserver({ charts: false });
          observer.onRun(base);
          train(observer, { steps: 1000, whole });
          await observer.finish();
        });
        return saved(outputs).map(text);
      }),
    );
    expect(ends).toEqual([
      [expect.stringContaining('finished 4 steps in')],
      [expect.stringContaining('ended at 3 of 1,000 steps')],
    ]);
  });

  it('says in a line that a run was there already, and shows the next one', async () => {
    const outputs = await inCell(async () => {
      const observer = notebookObserver({ charts: false });
      observer.onRun({ ...base, stored: true });
      observer.onRun({ stage: 'mask', title: 'mask for "ab"', stored: false });
      train(observer);
      await observer.finish();
      await observer.finish(); // nothing is open any more
    });
    expect(saved(outputs).map(text)).toEqual([
      expect.stringMatching(/^base model, seed 1 .*taken from the run store$/),
      expect.stringMatching(/^mask for "ab" .*finished 4 steps/),
    ]);
  });

  it('shows nothing of a run that never made a step', async () => {
    const outputs = await inCell(async () => {
      const observer = notebookObserver();
      observer.onRun(base);
      await observer.finish();
    });
    expect(outputs).toEqual([]);
  });
});

describe('experimentObserver', () => {
  beforeEach(() => {
    vi.useRealTimers();
  });
  const row = (n: number): DataEfficiencyRow => ({
    inherit_from: 'random',
    sampler: null,
    subnetwork: null,
    n_layers: 2,
    n_disambiguation: n,
    seed: 1,
    test_accuracy: 0.25,
    best_epoch: 1,
    base_run: null,
    mask_run: null,
  });
  const transfer = { stage: 'transfer', title: 'random, n = 0, seed 1', stored: false };

  it('counts runs in one bar and collects them in one chart, below the bars of base and mask', async () => {
    const outputs = await inCell(async () => {
      const observer = experimentObserver(dataEfficiency, 'paper', 2);
      observer.onRun({ stage: 'base', title: 'base model', stored: true });
      for (const n of [0, 10]) {
        observer.onRun(transfer);
        observer.onStep({ epoch: 1, step: 1, steps: 2, loss: 1 });
        observer.onRows([row(n)], n / 10 + 1, 2);
      }
      await observer.finish();
    });
    const [base, bar, chart, ...more] = saved(outputs);
    expect(more).toEqual([]);
    expect(text(base)).toContain('base model');
    expect(text(bar)).toMatch(/^Data efficiency .*finished 2 runs in/);
    expect(chart).toHaveProperty(['image/png']);
    const drawn = JSON.stringify(chart[CHART]);
    expect([0, 10, 25].map((n) => drawn.includes(`"n":${n},`))).toEqual([true, true, false]);
  });

  it('says how far it came when it was interrupted', async () => {
    const outputs = await inCell(async () => {
      const observer = experimentObserver(dataEfficiency, 'paper', 2);
      observer.onRows([row(0)], 1, 2);
      observer.onRun(transfer);
      observer.onStep({ epoch: 1, step: 1, steps: 2, loss: 1 });
      await observer.finish();
    });
    expect(text(saved(outputs)[0])).toContain('ended at 1 of 2 runs');
  });

  it('says nothing below the chart of what is taken from the store', async () => {
    const outputs = await inCell(async () => {
      const observer = experimentObserver(dataEfficiency, 'paper', 2);
      observer.onRows([row(0)], 1, 2);
      observer.onRun({ stage: 'base', title: 'base model', stored: true });
      observer.onRows([row(10)], 2, 2);
      await observer.finish();
    });
    expect(saved(outputs).map(text)).toEqual([expect.stringMatching(/^Data efficiency /), expect.any(String)]);
  });

  it('shows nothing where there is nothing to do', async () => {
    const outputs = await inCell(() => experimentObserver(dataEfficiency, 'paper', 0).finish());
    expect(outputs).toEqual([]);
  });
});
