import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatDuration, progress } from '../../lib/dist/notebook/progress';
import { inCell } from './fakeKernel';

describe('progress', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows at most ten states a second, in one output, and says at the end how long it took', async () => {
    const outputs = await inCell(() => {
      const bar = progress({ label: 'base', total: 1000, unit: 'steps' });
      for (let step = 1; step <= 1000; step++) {
        vi.advanceTimersByTime(10);
        bar.update(step, `loss ${step}`);
      }
      bar.finish();
    });
    expect(outputs).toHaveLength(101);
    expect(outputs.filter(({ update }) => !update)).toHaveLength(1);
    expect(outputs.at(-1)?.data['text/plain']).toBe(
      `base [${'#'.repeat(20)}] 100 % · finished 1,000 steps in 10 s · loss 1000`,
    );
  });

  it('judges the time left by the steps after the slow first one', async () => {
    const outputs = await inCell(() => {
      const bar = progress({ label: 'base', total: 101 });
      vi.advanceTimersByTime(20_000); // compiling
      bar.update(1);
      vi.advanceTimersByTime(5_000);
      bar.update(51);
    });
    expect(outputs[0].data['text/plain']).not.toContain('left');
    expect(outputs[1].data['text/plain']).toBe(
      `base [${'#'.repeat(10)}${'.'.repeat(10)}] 50 % · 51 of 101 steps · 25 s · 5.0 s left`,
    );
  });

  it('calls it finished when what was done was all there was', async () => {
    const outputs = await inCell(() => {
      const bar = progress({ label: 'base', total: 50, unit: 'epochs' });
      bar.update(7);
      bar.finish('stuck', { early: true });
    });
    expect(outputs.at(-1)?.data['text/plain']).toContain('100 % · finished 7 epochs in 0.0 s · stuck');
  });

  it('says where it ended when it ended early', async () => {
    const outputs = await inCell(() => {
      const bar = progress({ label: 'base', total: 50, unit: 'epochs' });
      bar.update(7);
      vi.advanceTimersByTime(65_000);
      bar.finish('interrupted');
    });
    expect(outputs.at(-1)?.data['text/plain']).toContain('ended at 7 of 50 epochs after 1 min 05 s · interrupted');
  });

  it('keeps what it is given inside its bounds and out of the markup', async () => {
    const outputs = await inCell(() => {
      const bar = progress({ label: 'a < b & "c"', total: 2 });
      bar.update(5, '<script>');
      bar.finish();
    });
    const html = String(outputs[0].data['text/html']);
    expect(html).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(html).not.toContain('<script>');
    expect(html).toContain('2 of 2 steps');
  });

  it('takes nothing to do as finished and refuses no number', async () => {
    const outputs = await inCell(() => progress({ label: 'sweep', total: 0, unit: 'runs' }).finish('from the store'));
    expect(outputs[0].data['text/plain']).toContain('100 % · finished 0 runs in 0.0 s · from the store');
    expect(() => progress({ label: 'x', total: Number.NaN, unit: 'epochs' })).toThrow(/number of epochs/);
    expect(() => progress({ label: 'x', total: -1 })).toThrow(/number of steps/);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [9_990, '10 s'],
    [59_499, '59 s'],
    [59_900, '1 min 00 s'],
    [3_599_900, '1 h 00 min'],
    [7_620_000, '2 h 07 min'],
  ])('%d ms is %s', (milliseconds, words) => expect(formatDuration(milliseconds)).toBe(words));
});
