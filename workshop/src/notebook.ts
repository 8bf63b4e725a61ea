/** A version of a source as a Jupyter notebook. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../../lib/dist/files/json';
import { readText } from '../../lib/dist/files/text';
import { EXERCISES } from './exercises';
import { type Cell, cellsOf, WORKSHOP } from './source';

interface NotebookCell {
  cell_type: 'code' | 'markdown';
  id: string;
  metadata: { tags?: string[] };
  source: string[];
  execution_count?: number | null;
  outputs?: unknown[];
}

export interface Notebook {
  cells: NotebookCell[];
  metadata: object;
  nbformat: 4;
  nbformat_minor: 5;
}

/** What is made of the sources: folder by version. */
const FOLDERS = { exercises: 'stub', solutions: 'solution' } as const;

/** A notebook that is made of a source. */
export interface Product {
  /** Such as "W3" and "The mask". */
  id: string;
  title: string;
  version: 'stub' | 'solution';
  path: string;
  notebook: Notebook;
}

/**
 * The notebooks of all sources: exercises without outputs; solutions with those that they have, where all their code is as it was.
 */
export function products(): Product[] {
  const sources = readdirSync(join(WORKSHOP, 'source')).filter((name) => name.endsWith('.ts'));
  return sources.sort().flatMap((file) => {
    const source = readText(join(WORKSHOP, 'source', file));
    const { id, title } = titleOf(source, file);
    const name = `${id}-${title
      .toLowerCase()
      .replace(/[^a-z]+/g, '-')
      .replace(/-$/, '')}`;
    return Object.entries(FOLDERS).map(([folder, version]) => {
      const path = join(WORKSHOP, folder, `${name}.ipynb`);
      const notebook = notebookOf(cellsOf(source, version, EXERCISES), file.replace('.ts', ''));
      return { id, title, version, path, notebook: version === 'solution' ? withOutputs(notebook, path) : notebook };
    });
  });
}

function titleOf(source: string, file: string): { id: string; title: string } {
  const [, id, title] = /^\/\/ # (W\d) (.+)$/m.exec(source) ?? [];
  if (!id) throw new Error(`${file} has no title such as "# W3 The mask".`);
  return { id, title };
}

function notebookOf(cells: Cell[], prefix: string): Notebook {
  return {
    cells: cells.map(({ kind, tags, text }, i) => ({
      cell_type: kind,
      id: `${prefix}-${String(i + 1).padStart(2, '0')}`,
      metadata: tags.length > 0 ? { tags } : {},
      source: text.split(/(?<=\n)/),
      ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
    })),
    metadata: {
      kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
      language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function withOutputs(notebook: Notebook, path: string): Notebook {
  if (!existsSync(path)) return notebook;
  const former = (readJson(path) as unknown as Notebook).cells.filter(({ cell_type }) => cell_type === 'code');
  const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  const same = former.length === code.length && former.every((cell, i) => textOf(cell) === textOf(code[i]));
  if (!same) return notebook;
  const executed = former.values();
  return {
    ...notebook,
    cells: notebook.cells.map((cell) => {
      if (cell.cell_type !== 'code') return cell;
      const { execution_count, outputs } = executed.next().value as NotebookCell;
      return { ...cell, execution_count, outputs };
    }),
  };
}

const textOf = ({ source }: { source: string[] | string }): string => [source].flat().join('');
