import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBench, speedSection, timesSection } from '../../scripts/commands/readme/speed';
import { durationText } from '../../scripts/lib/duration.mjs';
import { command } from '../support/run';
import { projectFolder } from '../support/temporary';

describe('npm run readme', () => {
  it('finds README.md, its picture, docs/channels.md and docs/speed.md as the tables in data/ make them', async () => {
    const { status, stdout } = await command('readme', '--check');
    expect(stdout).toBe(
      'README.md, its picture, docs/channels.md and docs/speed.md are as the tables in data/ make them.\n',
    );
    expect(status).toBe(0);
  });
});

describe('times and speed', () => {
  it('lists measured times in the order of the story', () => {
    const times = timesSection([
      { stage: 'curve', n_layers: 2, seconds: 6100, machine: '2 cores, tested' },
      { stage: '01 quick', n_layers: null, seconds: 70.4, machine: 'laptop' },
      { stage: 'base', n_layers: 12, seconds: 3.21, machine: 'laptop' },
      { stage: 'setup', n_layers: null, seconds: 119, machine: 'laptop' },
    ]);
    expect(times.split('\n').slice(2)).toEqual([
      '| `npm start` in a fresh clone, until JupyterLab answers | 2 min | laptop |',
      '| notebook 01, quick preset, everything computed | 70 s | laptop |',
      '| training a base model (12 layers) | 3.2 s | laptop |',
      '| a whole curve: base model, mask, every condition and n, one seed (2 layers) | 1 h 42 min | 2 cores, tested |',
    ]);
    expect([9.96, 59, 100, 5970, 6000, 7170].map(durationText)).toEqual([
      '10.0 s',
      '59 s',
      '2 min',
      '1 h 40 min',
      '1 h 40 min',
      '2 h 0 min',
    ]);
  });

  it('shows the speeds that were measured', () => {
    const bench = {
      layers2: { eagerMs: 60, graphMs: 11, compiledMs: 8, pytorchMs: null, torchCompileMs: null, firstStepMs: 4321 },
      twoProcesses: { compiledMs: 6, pytorchMs: null },
    };
    const speed = speedSection(bench, [{ stage: 'bench', n_layers: null, seconds: 300, machine: '2 quiet cores' }]);
    expect(speed.split('\n').slice(0, 4)).toEqual([
      '| ms a step | eager | graph | compiled | compiled / eager |',
      '| --- | ---: | ---: | ---: | ---: |',
      '| 2 layers | 60.0 | 11.0 | 8.0 | 0.13 |',
      '| 2 layers, two processes of one thread | – | – | 6.0 | – |',
    ]);
    expect(speed).toContain('2 quiet cores');
    expect(speed).toContain('4.3 s (2 layers)');
    const path = join(projectFolder('bench'), 'bench.json');
    writeFileSync(path, '{"layers2": 8}');
    expect(() => readBench(path)).toThrow(/is not what the benchmark prints/);
  });
});
