import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readData } from '../../scripts/readme/data.mjs';
import { fillIn } from '../../scripts/readme/fillIn.mjs';
import { curveSpec } from '../../scripts/readme/picture.mjs';
import { sections } from '../../scripts/readme/sections.mjs';
import { durationText } from '../../scripts/readme/times.mjs';
import { draw } from '../support/draw';
import { command } from '../support/run';
import { PROJECT } from '../support/temporary';

const BASES = `n_layers,seed,attempt,run,stuck,best_epoch,steps,solved_at_step,eval_loss,eval_accuracy
2,1,1,base-111111111111,true,3,60000,,2.9,0.29
2,1,2,base-222222222222,false,5,60000,16000,2.304,1
2,2,1,base-333333333333,false,5,60000,12000,2.304,0.998
`;
const MASKS = `n_layers,seed,base,expression,temperature_schedule,run,base_run,best_epoch,eval_accuracy,block,map,kept,total
2,1,trained,ab,released,mask-111111111111,base-222222222222,50,1,0,attn.c_attn,10,100
2,1,trained,ab,released,mask-111111111111,base-222222222222,50,1,1,mlp.c_fc,20,100
2,2,trained,ab,released,mask-222222222222,base-333333333333,50,0.99,0,attn.c_attn,30,100
`;
const TRANSFERS = `inherit_from,sampler,subnetwork,n_layers,n_disambiguation,seed,test_accuracy,best_epoch,base_run,mask_run
subnet,,frozen,2,0,1,0.3,9,base-222222222222,mask-111111111111
subnet,,frozen,2,0,2,0.4,9,base-333333333333,mask-222222222222
subnet,,frozen,2,640,1,0.925,9,base-222222222222,mask-111111111111
subnet_sampled,described,frozen,2,0,1,0.306,9,base-222222222222,mask-111111111111
subnet_sampled,released,frozen,2,0,1,0.406,9,base-222222222222,mask-111111111111
random,,,12,10,1,0.5,9,,
`;

const TARGETS = `inherit_from,target,n_layers,n_samples,seed,test_accuracy,best_epoch,unambiguous_selection_accuracy,run,base_run,mask_run
subnet,ab,2,100,1,0.9,9,0.9,target-111111111111,base-222222222222,mask-111111111111
random,ab,2,100,1,0.4,9,0.4,target-222222222222,,
`;

/** A data folder with the published tables and these of ours. */
function dataFolder(results: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(PROJECT, 'data/published'), join(folder, 'published'), { recursive: true });
  mkdirSync(join(folder, 'results'));
  for (const [name, text] of Object.entries(results)) writeFileSync(join(folder, 'results', name), text);
  return folder;
}

const made = (results: Record<string, string>) => sections(readData(dataFolder(results)));

describe('npm run readme', () => {
  it('finds README.md and its picture as the tables in data/ make them', async () => {
    const { status, stdout } = await command('readme', '--check');
    expect(stdout).toBe('README.md and its picture are as the tables in data/ make them.\n');
    expect(status).toBe(0);
  });

  it('without any run says so, and says what is missing', () => {
    const { results, missing, times, speed } = made({});
    expect(results).toBe('No run is finished yet.');
    expect(missing).toMatch(/^- \*\*Data efficiency at 2, 4, 6, 8, 10 and 12 layers\*\*: no run yet/);
    expect([times, speed]).toEqual(['', '']);
  });

  it('puts the means of the runs beside the published values', () => {
    const tables = { 'base-models.csv': BASES, 'subnetworks.csv': MASKS, 'data-efficiency.csv': TRANSFERS };
    const { results } = made(tables);
    for (const line of [
      // Published: 1.000 in the end, solved at the evaluation after 8,000 steps.
      '| 2 | accuracy on "a + ab" | 1.000 | 0.999 (0.998 to 1.000) | −0.001 | 1, 2 |',
      '| 2 | steps until accuracy 0.9 | 8,000 | 14,000 (12,000 to 16,000) | +6,000 | 1, 2 |',
      '| 2 | attempts that got stuck | – | 1 of 3 | – | 1, 2 |',
      '| 2 | mask for "ab", temperature as released: weights kept | – | 22.5 % (15.0 % to 30.0 %) | – | 1, 2 |',
      // Published: 0.318 and 0.825.
      '| starts from | test accuracy, 2 layers | n = 0 | n = 640 |',
      '| subnetwork | published | 0.318 | 0.825 |',
      '|  | ours | 0.350 | 0.925 |',
      '|  | difference | +0.032 | +0.100 |',
      // Published: 0.406 and 0.475.
      '| sampled control | published | 0.406 | 0.475 |',
      '|  | ours, as described | 0.306 | – |',
      '|  | difference | −0.100 | – |',
      '|  | ours, as released | 0.406 | – |',
      '|  | difference | 0.000 | – |',
      // Deep models have a table of their own; what it rests on follows.
      '| starts from | test accuracy, 12 layers | n = 10 |',
      '| random init | published | 0.319 |',
      'Ours is one run a point. It rests on 1 run (1 condition, n = 10) with seed 1.',
      // Published n50: between 640 (0.475) and 1,000 (0.591).
      '| 2 | sampled control, as described | 705 | > 0 | 0.100 | 0.100 | 1 | 1 |',
      // n = 0 and 640 only: too wide a gap for an n50 of ours.
      '| 2 | subnetwork | 175 | – | 0.066 | 0.100 | 2 | 2 |',
      '; 1 run (1 condition, n = 0) with seed 2;',
    ]) {
      expect(results).toContain(line);
    }
    expect(results).toContain('rests on 4 runs (3 conditions, n from 0 to 640) with seed 1; 1 run');
    expect(results).toMatch(/\| 12 \| random init \| \d+ \| – \| 0\.181 \| 0\.181 \| 1 \| 1 \|/);
  });

  it('says how far the subnetwork is ahead, in bold where chance does not explain it', () => {
    const random = [0, 640].map((n) => `random,,,2,${n},1,0.2,9,,\n`).join('');
    const { results } = made({ 'data-efficiency.csv': TRANSFERS + random });
    // The full model is published as ahead at 2 layers; seed 1 has 0.3 and 0.925, the control as described 0.306 at n = 0.
    expect(results).toMatch(/^\| 2 \| published \| \*\*−0\.043\*\* \| \*\*\+0\.138\*\* \|/m);
    expect(results).toContain('|  | ours | – | **+0.413** (2 n) | −0.006 (1 n) | **−0.106** (1 n) | – | – |');
    expect(results).toContain('In ours the subnetwork is not compared with everything else at any depth yet.');
    // At 12 layers there is no subnetwork of ours yet.
    expect(results).toMatch(/^\| 12 \| published .*\n\| {2}\| ours( \| –){6} \|$/m);
  });

  it('answers what the published curves leave open, with the runs that it rests on', () => {
    const random = 'random,,,2,0,1,0.2,9,,\nrandom,,,2,0,2,0.2,9,,\nrandom,,,2,640,1,0.2,9,,\n';
    const trainable = 'subnet,,trainable,2,640,1,0.325,9,base-222222222222,mask-111111111111\n';
    const untrained = 'subnet_untrained,,frozen,2,0,2,0.25,9,base-444444444444,mask-444444444444\n';
    const variants = `variant,${TRANSFERS.split('\n')[0]}
uniform_rows,subnet,,frozen,2,0,1,0.3,9,base-222222222222,mask-111111111111
`;
    const { results } = made({
      'data-efficiency.csv': TRANSFERS + random + trainable + untrained,
      'setting-variants.csv': variants,
      'additional-targets.csv': TARGETS,
    });
    expect(results).toMatch(/^\| frozen − trainable \| 2 layers, discovered \| \*\*\+0\.600\*\* \(.*\) \| 1 \| 1 \|$/m);
    expect(results).toMatch(
      /^\| untrained control \| 2 layers: untrained − random init \| .*\+0\.050.* \| 1 \| 2 \|$/m,
    );
    expect(results).toMatch(/^\| {2}\| 2 layers: subnetwork − random init \| \*\*\+0\.200\*\* .* \| 1 \| 2 \|$/m);
    expect(results).toMatch(/^\| as described − as released \| 2 layers, subnetwork: samples \| 0\.000 /m);
    expect(results).toContain('mean over six depths: frozen − trainable −0.005 (discovered) and −0.134 (sampled).');
    expect(results).toContain('for 1 of 1 targets: "ab". It is lower for none.');
    expect(results).toContain('There are no runs yet to compare the subnetwork with full model.');
  });

  it('counts the published points that have no run', () => {
    const { missing } = made({ 'data-efficiency.csv': TRANSFERS });
    // 16 n for 3 conditions and 2 controls, each drawn twice.
    expect(missing).toContain('**Data efficiency at 2 layers**: no run yet for 108 of 112 points');
    expect(missing).toContain('**Data efficiency at 12 layers**: no run yet for 111 of 112 points');
    expect(missing).toContain('at 4, 6, 8 and 10 layers**');
    expect(missing).toMatch(
      /\*\*Frozen against trainable subnetworks\*\*: .*, 8, 10 and 12 layers, ours have no trainable run yet\./,
    );
    const trainable = TRANSFERS.replace('subnet,,frozen,2,640', 'subnet,,trainable,2,640');
    const other = made({ 'data-efficiency.csv': trainable, 'additional-targets.csv': TARGETS }).missing;
    expect(other).toContain('no run yet for 109 of 112 points');
    expect(other).toMatch(/\*\*Frozen against .*, ours have trainable runs at 2 layers alone\./);
    expect(other).not.toContain('Other targets');
  });

  it('lists measured times in the order of the story, and refuses unknown stages', () => {
    const head = 'stage,n_layers,seconds,machine\n';
    const { times } = made({
      'times.csv': `${head}curve,2,6100,"2 cores, tested"\n01 quick,,70.4,laptop\nbase,12,3.21,laptop\n00 paper,,40,laptop\nsetup,,119,laptop\n`,
    });
    expect(times.split('\n').slice(4)).toEqual([
      '| `npm start` in a fresh clone, until JupyterLab answers | 2 min | laptop |',
      "| notebook 00, the paper's settings, from finished runs | 40 s | laptop |",
      '| notebook 01, quick preset, everything computed | 70 s | laptop |',
      '| training a base model (12 layers) | 3.2 s | laptop |',
      '| a whole curve: base model, mask, every condition and n, one seed (2 layers) | 1 h 42 min | 2 cores, tested |',
    ]);
    expect(() => made({ 'times.csv': `${head}lunch,,1800,laptop\n` })).toThrow(/row 1, column "stage": "lunch"/);
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
    const { speed } = made({
      'bench.json': JSON.stringify(bench),
      'times.csv': 'stage,n_layers,seconds,machine\nbench,,300,2 quiet cores\n',
    });
    expect(speed.split('\n').slice(0, 4)).toEqual([
      '| ms a step | eager | graph | compiled | compiled / eager |',
      '| --- | ---: | ---: | ---: | ---: |',
      '| 2 layers | 60.0 | 11.0 | 8.0 | 0.13 |',
      '| 2 layers, two processes of one thread | – | – | 6.0 | – |',
    ]);
    expect(speed).toContain('2 quiet cores');
    expect(speed).toContain('4.3 s (2 layers)');
    expect(() => made({ 'bench.json': '{"layers2": 8}' })).toThrow(/is not what the benchmark prints/);
  });

  it('draws ours over the published curves of the least and the greatest depth, the sampled control as released', async () => {
    const { items, texts, warnings } = await draw(
      curveSpec(readData(dataFolder({ 'data-efficiency.csv': TRANSFERS }))),
    );
    expect(warnings).toEqual([]);
    expect(texts).toContain('2 layers; ours: mean of up to 2 seeds');
    expect(texts).toContain('12 layers; ours: one run a point');
    const ours = items
      .filter(({ mark }) => mark === 'symbol')
      .map(({ datum }) => [datum.condition, datum.n, datum.accuracy]);
    expect(ours).toEqual([
      ['subnetwork', 0, 0.35],
      ['subnetwork', 640, 0.925],
      ['sampled control', 0, 0.406],
      ['random init', 10, 0.5],
    ]);
  });

  it('shows the mean over depths, where several have runs: in the picture first, in the table of leads last', async () => {
    const [base, mask] = ['base-222222222222', 'mask-111111111111'];
    const runs = [2, 4].flatMap((layers) =>
      [0, 40].flatMap((n) => [
        `subnet,,frozen,${layers},${n},1,0.${2 * layers},9,${base},${mask}`,
        `original,,,${layers},${n},1,0.${2 * layers},9,${base},`,
        `random,,,${layers},${n},1,0.${layers},9,,`,
        `subnet_sampled,released,frozen,${layers},${n},1,0.${layers},9,${base},${mask}`,
      ]),
    );
    const data = readData(dataFolder({ 'data-efficiency.csv': [TRANSFERS.split('\n')[0], ...runs, ''].join('\n') }));
    const { items, texts } = await draw(curveSpec(data));
    const names = ['mean over 2 and 4 layers', '2 layers; ours: one run a point', '12 layers'];
    expect(texts.filter((text) => /layers/.test(text))).toEqual(names);
    const ours = items.filter(({ mark }) => mark === 'symbol').map(({ datum }) => [datum.panel, datum.accuracy]);
    const means = ours
      .filter(([panel]) => panel === names[0])
      .map(([, accuracy]) => Number(Number(accuracy).toFixed(6)));
    expect(means).toEqual([0.6, 0.6, 0.6, 0.6, 0.3, 0.3, 0.3, 0.3]);
    const { results } = sections(data);
    expect(results).toMatch(/^\| mean \| published .*\n\| {2}\| ours \| 0\.000 [^|]*\| \*\*\+0\.300\*\* /m);
    expect(results).toContain('Mean: over 2 and 4 layers.');
  });
});

describe('fillIn', () => {
  const text = 'a\n<!-- npm run readme: one -->\nold\n<!-- end -->\nb\n<!-- npm run readme: two -->\n<!-- end -->\n';

  it('replaces what stands between the markers, again and again', () => {
    const filled = fillIn(text, { one: 'costs $1 & more', two: '' });
    expect(filled).toBe(
      'a\n<!-- npm run readme: one -->\n\ncosts $1 & more\n\n<!-- end -->\nb\n<!-- npm run readme: two -->\n<!-- end -->\n',
    );
    expect(fillIn(filled, { one: 'costs $1 & more', two: '' })).toBe(filled);
  });

  it('misses a marker, and does not know a strange one', () => {
    expect(() => fillIn(text, { one: '', two: '', three: '' })).toThrow(/must have one place .* readme: three -->/);
    expect(() => fillIn(text + text, { one: '', two: '' })).toThrow(/must have one place .* readme: one -->/);
    expect(() => fillIn(text, { one: '' })).toThrow(/a marker for "two", and there are only one/);
  });
});

describe('the Markdown files', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'data/README.md',
    'lib/README.md',
    'docs/paper-and-code.md',
  ];
  const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

  it.each(files)('%s links to what is there, and names commands that are there', (file) => {
    const links = [...textOf(file).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, path]) => path);
    expect(links.filter((path) => !existsSync(resolve(PROJECT, dirname(file), path)))).toEqual([]);
    const { scripts } = JSON.parse(textOf('package.json'));
    const commands = [...textOf(file).matchAll(/npm run (?:-s )?([a-z]+(?:-[a-z]+)*)/g)].map(([, name]) => name);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('the README lists every notebook', () => {
    const notebooks = readdirSync(join(PROJECT, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
    expect(notebooks.filter((name) => !textOf('README.md').includes(`](notebooks/${name})`))).toEqual([]);
  });
});
