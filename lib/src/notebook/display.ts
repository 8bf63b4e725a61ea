/** Output of a notebook cell: several mime types of one thing, drawn once or kept up to date in its place. */
import { randomBytes } from 'node:crypto';

/** One output in every form a viewer may pick from; 'text/plain' is the form that is always there. */
export interface MimeBundle {
  data: { 'text/plain': string; [mime: string]: unknown };
  /** For example `{ 'image/png': { width, height } }` in CSS pixels. */
  metadata?: Record<string, unknown>;
}

/** One output that changes while a computation goes on. */
export interface LiveOutput {
  /** Shows a state on the way. On a terminal only a single line can be rewritten; into a file nothing is written. */
  update(bundle: MimeBundle): void;
  /** Shows the last state, the one that is saved with the notebook. */
  finish(bundle: MimeBundle): void;
}

type WriteDisplayData = (
  content: {
    data: Record<string, unknown>;
    metadata: Record<string, unknown>;
    transient: { display_id?: string };
  },
  update: boolean,
) => void;

/**
 * The running kernel's way of sending an output, or undefined outside a notebook. tslab has no public call for
 * several mime types in one output, and its writer is another one in every cell, so it is looked up at each use. The
 * module is taken from Node's cache: where no kernel runs it is not there, and loading it would cost a compiler.
 */
function kernelWriter(): WriteDisplayData | undefined {
  try {
    const kernel = require.cache[require.resolve('tslab/dist/jupyter')]?.exports;
    return kernel?.lastWriteDisplayData ?? undefined;
  } catch {
    return undefined; // tslab is not installed
  }
}

/** Whether output goes to a notebook cell. */
export function inNotebook(): boolean {
  return kernelWriter() !== undefined;
}

/** Shows one output below the cell, or its plain text outside a notebook. */
export function show(bundle: MimeBundle): void {
  const write = kernelWriter();
  if (write) write({ data: bundle.data, metadata: bundle.metadata ?? {}, transient: {} }, false);
  else console.log(bundle.data['text/plain']);
}

/** Opens one output to be updated in place; it appears with the first `update` or `finish`. */
export function liveOutput(): LiveOutput {
  // Random, since a counter would meet its own ids again after a restart of the kernel and overwrite old outputs.
  const displayId = randomBytes(8).toString('hex');
  let shown = false;

  const send = (write: WriteDisplayData, { data, metadata = {} }: MimeBundle): void => {
    write({ data, metadata, transient: { display_id: displayId } }, shown);
    shown = true;
  };
  const rewriteLine = '\r\x1b[2K';

  return {
    update(bundle) {
      const write = kernelWriter();
      const text = bundle.data['text/plain'];
      if (write) send(write, bundle);
      else if (process.stdout.isTTY && !text.includes('\n')) process.stdout.write(rewriteLine + text);
    },
    finish(bundle) {
      const write = kernelWriter();
      const text = bundle.data['text/plain'];
      if (write) send(write, bundle);
      else process.stdout.write(`${process.stdout.isTTY ? rewriteLine : ''}${text}\n`);
    },
  };
}
