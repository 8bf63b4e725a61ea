import { readFileSync, writeFileSync } from 'node:fs';
import type { Cell } from './executedNotebook';

/** Writes a notebook of TypeScript cells. */
export function writeNotebook(path: string, cells: string[]): void {
  const notebook = {
    cells: cells.map((source, i) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${i}`,
      metadata: {},
      outputs: [],
      source,
    })),
    metadata: { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(path, `${JSON.stringify(notebook, null, 1)}\n`);
}

/**
 * Writes the cells of several notebooks one below the other into one: to start a kernel takes longer than most notebooks do in a
 * test. What one of them forgets to declare is no name of another's to the compiler (npm run lint). Gives what divides the
 * executed cells among the notebooks again.
 */
export function joinNotebooks(paths: string[], path: string): (executed: Cell[]) => Cell[][] {
  const parts = paths.map((part) => JSON.parse(readFileSync(part, 'utf8')) as { cells: object[] });
  writeFileSync(path, JSON.stringify({ ...parts[0], cells: parts.flatMap(({ cells }) => cells) }));
  return (executed) => {
    const left = [...executed];
    return parts.map(({ cells }) => left.splice(0, cells.length));
  };
}
