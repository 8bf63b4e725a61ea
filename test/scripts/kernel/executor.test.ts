import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runInCell } from '../../../scripts/kernel/cell.mjs';
import { cellExecutor } from '../../../scripts/kernel/executor.mjs';
import { PROJECT } from '../../support/temporary';

const said: string[] = [];
const shown: unknown[] = [];
let executor: ReturnType<typeof cellExecutor>;

/** Runs a cell; gives what is said of its mistake, if there is one, and what it shows. */
async function run(source: string) {
  said.length = 0;
  shown.length = 0;
  const cell = { write: (text: string) => said.push(text) };
  const passed = await runInCell(cell, () => executor.execute(source));
  return { passed, error: said.join('\n'), shown: [...shown] };
}

// The tests' own way to print stacks does not know the names of cells.
const errors = Error as { prepareStackTrace?: unknown };
const { prepareStackTrace } = errors;

beforeAll(() => {
  errors.prepareStackTrace = undefined;
  executor = cellExecutor({ folder: PROJECT, error: (text) => said.push(text) });
  vi.spyOn(console, 'log').mockImplementation((value) => void shown.push(value));
});
afterAll(() => {
  executor.close();
  errors.prepareStackTrace = prepareStackTrace;
  vi.restoreAllMocks();
});

describe('what is said of a typical mistake', () => {
  const mistakes: [name: string, source: string, text: string][] = [
    ['an unknown name', 'const a = 1;\na + bb;', "Cannot find name 'bb'.\n  in line 2: a + bb;"],
    [
      'a typo in an import',
      "import { chart } from 'subtask-induction';",
      `'"subtask-induction"' has no exported member named 'chart'. Did you mean 'charts'?
  in line 1: import { chart } from 'subtask-induction';`,
    ],
    [
      'null, in a function on the third line of five',
      'const list = [1, 2];\n\nfunction second(v: any) { return v.x.y; }\n\nsecond(list);',
      `TypeError: Cannot read properties of undefined (reading 'y')
  in line 3 (second): function second(v: any) { return v.x.y; }
  in line 5: second(list);`,
    ],
    [
      'a wrong shape',
      "import { tf } from 'subtask-induction';\n\nconst pair = tf.ones([2, 3]);\nawait null;\npair.matMul(pair);",
      'Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3] 0 0\n  in line 5: pair.matMul(pair);',
    ],
    [
      'an error of the library',
      "import { experiments } from 'subtask-induction';\nexperiments.chainSettings({ preset: 'small' as any });",
      `Unknown preset "small": use one of paper, quick, tiny, smoke.
  in line 2: experiments.chainSettings({ preset: 'small' as any });
  in the library: chainSettings, experiments/settings.js:1`,
    ],
    [
      'a forgotten await',
      'const later = async () => ({ base: 1 });\nlater().base;',
      `Property 'base' does not exist on type 'Promise<{ base: number; }>'.
  in line 2: later().base;
This is a promise, not yet its value: write await before the call that gives it.`,
    ],
    [
      "Python's print",
      'print(3)',
      "Cannot find name 'print'.\n  in line 1: print(3)\nIn TypeScript, console.log(…) prints.",
    ],
    [
      "Python's way to name a value",
      'newName = 5',
      `Cannot find name 'newName'.
  in line 1: newName = 5
A new name begins with const, or with let where its value will change: const newName = 5`,
    ],
    [
      'a magic of IPython',
      '%time 3 + 3',
      `Expression expected.
  in line 1: %time 3 + 3
Lines that begin with % are IPython's: in TypeScript, const start = performance.now() begins to time.`,
    ],
    [
      "a shell's command",
      '!ls',
      `Cannot find name 'ls'.
  in line 1: !ls
Lines that begin with ! are IPython's: the terminal (File, New, Terminal) runs commands.`,
    ],
    [
      "Python's loop",
      'for i in range(3):\n  print(i)',
      `'(' expected.
  in line 1: for i in range(3):
In TypeScript, for (let i = 0; i < n; i++) { … } counts.`,
    ],
    ['an own error', "// first\nthrow new Error('my own');", "my own\n  in line 2: throw new Error('my own');"],
    ['what is no error', "throw 'words';", 'Thrown, though it is no Error: words'],
  ];
  it.each(mistakes)('%s', async (_, source, text) => {
    const { passed, error } = await run(source);
    expect(passed).toBe(false);
    // Compiled without source maps, the library's lines are those of its JavaScript.
    expect(error.replace(/[jt]s:\d+$/, 'js:1')).toBe(text);
    expect(error.split('\n').length).toBeLessThanOrEqual(4);
  });
});

describe('after a cell that failed half-way', () => {
  it('what it came to is known, with its type, and what it did not come to is not', async () => {
    await run("import { masks } from 'subtask-induction';\nconst kept = 5; (undefined as any).x; const lost = 6;");
    expect((await run('kept.toFixed(1) + typeof masks.softMask')).shown).toEqual(['5.0function']);
    expect((await run('kept.nothing')).error).toMatch(/^Property 'nothing' does not exist on type '5'/);
    expect((await run('lost')).error).toBe("Cannot find name 'lost'.\n  in line 1: lost");
  });

  it('a name that was there before keeps its value and type where the new one did not come about', async () => {
    await run("const word = 'before', number = 1;");
    await run('(undefined as any).x; const word = 3;');
    expect((await run('word.toUpperCase() + number')).shown).toEqual(['BEFORE1']);
    await run('const word = 7; (undefined as any).x;');
    expect((await run('word.toFixed(1) + number')).shown).toEqual(['7.01']);
  });
});

it('the shorthand of a name of an earlier cell is its value', async () => {
  await run("const preset = 'quick';");
  const { passed, shown } = await run('const size = 3;\n({ preset, size, nested: { preset } })');
  expect(passed).toBe(true);
  expect(shown).toEqual([{ preset: 'quick', size: 3, nested: { preset: 'quick' } }]);
  expect((await run('let one = 1, two = 2;\n({ one, two = 5 } = { one: 3 } as any);\n[one, two]')).shown).toEqual([
    [3, 5],
  ]);
});

it('properties of a value of an earlier cell can be taken apart', async () => {
  await run('const rows = [{ n: 3, below: { least: 4 } }];');
  const { passed, shown } = await run(
    'const sums = rows.map(({ n: first, below: { least: second = 5 } }) => first + second);\n' +
      'const [{ n: own, ...rest }] = rows;\n[sums, own, rest]',
  );
  expect(passed).toBe(true);
  expect(shown).toEqual([[[7], 3, { below: { least: 4 } }]]);
});

it('the whole library can be imported by an expression, since each type in a public signature is exported', async () => {
  const { error } = await run("const library = await import('subtask-induction');");
  expect(error).toBe('');
  expect((await run('typeof library.masks.softMask')).shown).toEqual(['function']);
});

describe('an interrupt', () => {
  it('ends a loop that awaits, which does not run on, nor its finally twice', async () => {
    const counter = globalThis as unknown as { turns: number; ends: number };
    Object.assign(counter, { turns: 0, ends: 0 });
    const running = run(`const wait = () => new Promise((resolve) => setTimeout(resolve, 5));
async function loop() { try { for (;;) { await wait(); (globalThis as any).turns++; } } finally { (globalThis as any).ends++; } }
await loop();`);
    await vi.waitFor(() => expect(counter.turns).toBeGreaterThan(3));
    executor.interrupt();
    expect(await running).toMatchObject({ passed: false, error: 'Interrupted' });
    const { turns } = counter;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(counter).toMatchObject({ turns, ends: 1 });
  });

  it('ends a loop over something asynchronous, and one that swallows errors', async () => {
    const counter = globalThis as unknown as { turns: number };
    for (const loop of [
      'for await (const _ of endless()) (globalThis as any).turns++;',
      'for (;;) { try { await wait(); (globalThis as any).turns++; } catch {} }',
    ]) {
      counter.turns = 0;
      const running = run(`const wait = () => new Promise((resolve) => setTimeout(resolve, 5));
async function* endless() { for (;;) { await wait(); yield 1; } }
await null; ${loop}`);
      await vi.waitFor(() => expect(counter.turns).toBeGreaterThan(3));
      executor.interrupt();
      expect((await running).error).toBe('Interrupted');
      const { turns } = counter;
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(counter.turns).toBe(turns);
    }
  });
});

describe('the value at the end of a cell', () => {
  it('a promise asks for await', async () => {
    const { shown } = await run('Promise.resolve(3)');
    expect(shown).toEqual(['A promise, not yet its value: write await before it.']);
  });

  it('a table of arquero is shown as a table', async () => {
    const { shown } = await run("import * as aq from 'arquero';\naq.table({ a: [1, 2], b: ['x', 'y'] })");
    expect(shown).toEqual(['a  b\n-  -\n1  x\n2  y']);
  });

  it('a DataFrame of danfo is shown as a table', async () => {
    const { shown } = await run("import { DataFrame } from 'danfojs-node';\nnew DataFrame([{ a: 1, b: 'x' }])");
    expect(shown).toEqual(['a  b\n-  -\n1  x']);
  });
});
