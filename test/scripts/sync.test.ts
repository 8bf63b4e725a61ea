import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { copyPairs, keepReplaced } from '../../scripts/commands/replaced';
import { writeNotebook } from '../support/notebook';
import { command } from '../support/run';
import { PROJECT, projectFolder } from '../support/temporary';
import { Checkout } from './checkout';

describe('npm run sync', () => {
  it('finds every notebook like its .ts file', async () => {
    const { status, stdout } = await command('sync', '--check');
    expect(stdout).toBe('Every notebook matches its .ts file.\n');
    expect(status).toBe(0);
  });

  it('notices a missing and a changed pair, and brings both ways together', async () => {
    const folder = projectFolder('sync');
    const notebook = join(folder, 'a.ipynb');
    const text = join(folder, 'a.ts');
    writeNotebook(notebook, ['const layers = 2;', 'console.log(layers);']);
    expect((await command('sync', '--check', notebook)).stdout).toMatch(
      /a\.ipynb: a\.ts is missing\nRun npm run sync\./,
    );
    await command('sync', notebook);
    expect(readFileSync(text, 'utf8')).toMatch(/\/\/ %%\nconst layers = 2;\n\n\/\/ %%\nconsole\.log\(layers\);\n$/);
    expect((await command('sync', '--check', notebook)).status).toBe(0);

    writeFileSync(text, readFileSync(text, 'utf8').replace('layers = 2', 'layers = 12'));
    const later = Date.now() / 1000 + 10;
    utimesSync(text, later, later);
    const check = await command('sync', '--check', notebook);
    expect(check.stdout).toMatch(/differ:[\s\S]*-const layers = 2;\n\+const layers = 12;/);
    expect(check.status).toBe(1);
    const { stdout } = await command('sync', notebook);
    expect(readFileSync(notebook, 'utf8')).toContain('layers = 12');
    const [, copy] = /^.*a\.ipynb was replaced; what it was is in (.*a\.ipynb)\.$/m.exec(stdout) ?? [];
    expect(readFileSync(join(PROJECT, copy), 'utf8')).toContain('layers = 2');
    rmSync(dirname(dirname(join(PROJECT, copy))), { recursive: true });
    expect((await command('sync', '--check', notebook)).status).toBe(0);
  });

  it('keeps a copy of cells that it replaces, since they may hold changes too', () => {
    const folder = projectFolder('sync');
    const [notebook, text] = ['a.ipynb', 'a.ts'].map((name) => join(folder, name));
    writeNotebook(notebook, ['const layers = 2;']);
    writeFileSync(text, 'const layers = 6;');
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const copies = copyPairs([notebook, join(folder, 'not-there.ipynb')], join(folder, 'replaced'));
    writeFileSync(text, 'const layers = 2;');
    // Another execution of the same cells.
    const other = JSON.parse(readFileSync(notebook, 'utf8'));
    other.cells[0].execution_count = 7;
    other.cells[0].source = ['const layers = 2;'];
    writeFileSync(notebook, JSON.stringify(other));
    keepReplaced(copies);
    const kept = join(folder, 'replaced/0/a.ts');
    expect(log.mock.calls).toEqual([
      [`${relative(PROJECT, text)} was replaced; what it was is in ${relative(PROJECT, kept)}.`],
    ]);
    log.mockRestore();
    expect(readdirSync(join(folder, 'replaced/0'))).toEqual(['a.ts']);
    expect(readFileSync(kept, 'utf8')).toBe('const layers = 6;');
    rmSync(join(folder, 'replaced'), { recursive: true });
    keepReplaced(copyPairs([notebook], join(folder, 'replaced')));
    expect(existsSync(join(folder, 'replaced'))).toBe(false);
  });
});

describe('a notebook that git left half merged', () => {
  const marks = '<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> other\n';
  let checkout: Checkout;
  afterEach(() => checkout.remove());

  it.each(['ipynb', 'ts'])(
    'is refused in one sentence by sync, reproduce and lint, in its .%s file',
    async (extension) => {
      checkout = new Checkout();
      const folder = join(checkout.root, 'notebooks');
      mkdirSync(folder);
      writeNotebook(join(folder, '01-a.ipynb'), ['const a = 1;']);
      writeFileSync(join(folder, `01-a.${extension}`), extension === 'ts' ? marks : `{\n "cells": [\n${marks}`);
      const name = `notebooks/01-a.${extension}`;
      for (const args of [['sync'], ['reproduce', '01'], ['lint']]) {
        expect(await checkout.run(args)).toEqual({
          status: 1,
          output: `${name} holds the marks of an unfinished merge (<<<<<<<): choose what stays (git checkout --ours ${name}, or --theirs, takes one side) and run the command again.\n`,
        });
      }
      expect(checkout.calls()).toEqual([]);
    },
  );

  it('and so is one that is no JSON', async () => {
    checkout = new Checkout();
    mkdirSync(join(checkout.root, 'notebooks'));
    writeFileSync(join(checkout.root, 'notebooks/01-a.ipynb'), '{"cells": [');
    expect((await checkout.run(['sync'])).output).toMatch(
      /^notebooks\/01-a\.ipynb is no notebook, since it is not JSON: /,
    );
  });
});
