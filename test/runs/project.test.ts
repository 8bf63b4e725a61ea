import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, projectStore } from '../../lib/dist/runs/project';

describe('projectStore', () => {
  it('keeps runs in runs/, or where SUBTASK_RUNS says, seen from the project', () => {
    const folders = [{}, { SUBTASK_RUNS: '' }, { SUBTASK_RUNS: 'test/tmp/runs' }, { SUBTASK_RUNS: '/elsewhere' }].map(
      (environment) => projectStore(environment).folder,
    );
    expect(folders).toEqual([
      join(PROJECT, 'runs'),
      join(PROJECT, 'runs'),
      join(PROJECT, 'test/tmp/runs'),
      '/elsewhere',
    ]);
  });
});

describe('temporaryStore', () => {
  it('is empty, takes runs, and is gone with its process', () => {
    const program = `
      const { temporaryStore } = require(${JSON.stringify(join(PROJECT, 'lib/dist/runs/project'))});
      const { writeFileSync, existsSync } = require('node:fs');
      const store = temporaryStore();
      store.produce('base', { seed: 1 }, async (folder) => writeFileSync(folder + '/result.json', '{}')).then((run) => {
        console.log(JSON.stringify({ path: run.path, found: store.find('base', { seed: 1 }).id === run.id }));
      });`;
    const { path, found } = JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
    expect(found).toBe(true);
    expect(existsSync(path)).toBe(false);
  });
});
