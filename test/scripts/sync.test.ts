import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNotebook } from '../support/notebook';
import { command } from '../support/run';
import { projectFolder } from '../support/temporary';

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
    await command('sync', notebook);
    expect(readFileSync(notebook, 'utf8')).toContain('layers = 12');
    expect((await command('sync', '--check', notebook)).status).toBe(0);
  });
});
