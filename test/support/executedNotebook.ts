import { readFileSync } from 'node:fs';

export interface Output {
  output_type: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, string | string[] | object>;
}

export interface Cell {
  cell_type: 'code' | 'markdown' | 'raw';
  source: string;
  execution_count: number | null;
  outputs: Output[];
}

const joined = (text: string | string[]): string => [text].flat().join('');

/** The cells of a notebook file, their sources as one text. */
export function readCells(path: string): Cell[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: Cell[] };
  return cells.map((cell) => ({ ...cell, source: joined(cell.source), outputs: cell.outputs ?? [] }));
}

/** What a reader would take for a mistake of the notebook: errors, warnings, charts that only JupyterLab can draw. */
export function faults(cells: Cell[]): string[] {
  return cells.flatMap(({ source, outputs }) => {
    const where = `in the cell that begins "${source.split('\n')[0]}"`;
    return outputs.flatMap(({ output_type, name, text, data }) => {
      if (output_type === 'error') return [`an error ${where}`];
      if (output_type === 'stream' && name === 'stderr') return [`stderr ${where}: ${joined(text ?? '')}`];
      const drawn = Object.keys(data ?? {});
      const chart = drawn.some((mime) => mime.startsWith('application/vnd.vega'));
      return chart && !drawn.includes('image/png') ? [`a chart without its picture ${where}`] : [];
    });
  });
}

/** The plain text of every output, in order. */
export function texts(cells: Cell[]): string[] {
  return cells.flatMap(({ outputs }) =>
    outputs.map(({ text, data }) => joined(text ?? (data?.['text/plain'] as string | undefined) ?? '')),
  );
}

const chartsOf = (cells: Cell[]) =>
  cells.flatMap(({ outputs }) => outputs).filter(({ data }) => data?.['application/vnd.vegalite.v5+json']);

/** Number of charts that were shown. */
export function chartCount(cells: Cell[]): number {
  return chartsOf(cells).length;
}

/** The widths of the charts, in pixels of a page: their pictures have two a pixel. */
export function chartWidths(cells: Cell[]): number[] {
  return chartsOf(cells).map(
    ({ data }) => Buffer.from(joined(data?.['image/png'] as string), 'base64').readUInt32BE(16) / 2,
  );
}
