/** A participant's cell compiles before anything is written in it: tslab compiles each cell, and its types reach the next ones. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { EXERCISES } from '../../workshop/dist/exercises';
import { cellsOf, WORKSHOP } from '../../workshop/dist/source';
import { PROJECT, projectFolder } from '../support/temporary';

it('every stub has the types that the cells below it need', async () => {
  const folder = projectFolder('stubs');
  for (const file of readdirSync(join(WORKSHOP, 'source'))) {
    const source = readFileSync(join(WORKSHOP, 'source', file), 'utf8');
    const code = cellsOf(source, 'stub', EXERCISES).filter(({ kind }) => kind === 'code');
    writeFileSync(join(folder, file), code.map(({ text }) => text).join('\n'));
  }
  const tsconfig = {
    extends: join(PROJECT, 'notebooks/tsconfig.json'),
    compilerOptions: { noUnusedParameters: false },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const tsc = join(PROJECT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(stdout).toBe('');
});
