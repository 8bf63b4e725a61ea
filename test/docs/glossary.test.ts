/** The glossary, and what the notebooks and the glossary link to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCells } from '../support/executedNotebook';
import { PROJECT } from '../support/temporary';

const GLOSSARY = join(PROJECT, 'docs', 'glossary.md');
const glossary = readFileSync(GLOSSARY, 'utf8');
const terms = [...glossary.matchAll(/^- <a id="([^"]+)"><\/a>\*\*/gm)].map(([, term]) => term);

const notebooks = ['notebooks', 'notebooks/workshop/exercises'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder))
    .filter((name) => name.endsWith('.ipynb'))
    .map((name) => `${folder}/${name}`),
);
const proseOf = (notebook: string) =>
  readCells(join(PROJECT, notebook))
    .filter(({ cell_type }) => cell_type === 'markdown')
    .map(({ source }) => source)
    .join('\n\n');

/** Relative links in Markdown whose file, or whose term of the glossary, is not there. */
function broken(text: string, path: string): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    .filter(([, file, term]) => {
      const target = file === '' ? path : join(dirname(path), file);
      return !existsSync(target) || (target === GLOSSARY && term !== undefined && !terms.includes(term));
    })
    .map(([link]) => link);
}

describe('the glossary', () => {
  it('has each term once, in the order of the alphabet', () => {
    expect(terms.length).toBeGreaterThan(30);
    expect(terms).toEqual([...new Set(terms)].sort());
  });

  it('leads from each term to a notebook or an explanation that is there', () => {
    const entries = glossary.split(/^- /m).slice(1);
    expect(entries).toHaveLength(terms.length);
    expect(entries.filter((entry) => !/\[(?:\d\d|W\d)\]\(\.\.\/notebooks\//.test(entry))).toEqual([]);
    expect(broken(glossary, GLOSSARY)).toEqual([]);
  });

  it('is broken where a file or a term is not there, and only there', () => {
    const from = join(PROJECT, 'notebooks', '00.ipynb');
    const links = ['../docs/glossary.md#seed', '../docs/glossary.md#sead', '../docs/glossarry.md', 'https://a.b/c#d'];
    expect(broken(links.map((link) => `[x](${link})`).join(' '), from)).toEqual([`](${links[1]})`, `](${links[2]})`]);
  });
});

describe('links of the notebooks', () => {
  it.each(notebooks)('%s', (notebook) => {
    expect(broken(proseOf(notebook), join(PROJECT, notebook))).toEqual([]);
  });

  it('lead to each term of the glossary that notebooks use', () => {
    const linked = new Set(
      [
        ...notebooks
          .map(proseOf)
          .join('\n')
          .matchAll(/glossary\.md#([a-z0-9-]+)\)/g),
      ].map(([, term]) => term),
    );
    // A word of the field that the tables show by its opposite.
    expect(terms.filter((term) => !linked.has(term))).toEqual(['sparsity']);
  });
});
