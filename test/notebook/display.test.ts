import { afterEach, describe, expect, it, vi } from 'vitest';
import { inNotebook, liveOutput, show } from '../../lib/dist/notebook/display';
import { inCell } from './fakeKernel';

const text = (plain: string) => ({ data: { 'text/plain': plain } });

describe('show', () => {
  afterEach(() => vi.restoreAllMocks());

  it('sends every mime type in one output of the running cell', async () => {
    const bundle = { data: { 'text/html': '<b>1</b>', 'text/plain': '1' }, metadata: { 'image/png': { width: 3 } } };
    const [output, ...more] = await inCell(() => expect(show(bundle)).toBeUndefined());
    expect(more).toEqual([]);
    expect(output).toMatchObject({ ...bundle, update: false });
  });

  it('writes the plain text outside a notebook', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    expect(inNotebook()).toBe(false);
    show(text('plain'));
    expect(log.mock.calls).toEqual([['plain']]);
  });

  it('finds the kernel of the cell that runs now', async () => {
    expect(await inCell(() => show(text('first')))).toHaveLength(1);
    expect(await inCell(() => show(text('second')))).toHaveLength(1);
  });
});

describe('liveOutput', () => {
  afterEach(() => vi.restoreAllMocks());

  it('updates one output in its place', async () => {
    const outputs = await inCell(() => {
      const live = liveOutput();
      live.update(text('half'));
      live.update(text('more'));
      live.finish(text('done'));
    });
    expect(outputs.map(({ update }) => update)).toEqual([false, true, true]);
    expect(new Set(outputs.map(({ transient }) => transient.display_id)).size).toBe(1);
    expect(outputs[0].transient.display_id).toBeTruthy();
  });

  it('gives each output an id of its own', async () => {
    const outputs = await inCell(() => [liveOutput(), liveOutput()].map((live) => live.finish(text('x'))));
    expect(outputs.map(({ update }) => update)).toEqual([false, false]);
    expect(outputs[0].transient.display_id).not.toBe(outputs[1].transient.display_id);
  });

  it('writes only the last state into a file, and rewrites one line on a terminal', () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
    const wasTerminal = process.stdout.isTTY;
    try {
      for (const isTTY of [false, true]) {
        process.stdout.isTTY = isTTY;
        const live = liveOutput();
        live.update(text('half'));
        live.update(text('two\nlines'));
        live.finish(text('done'));
      }
    } finally {
      process.stdout.isTTY = wasTerminal;
    }
    expect(written).toEqual(['done\n', '\r\x1b[2Khalf', '\r\x1b[2Kdone\n']);
  });
});
