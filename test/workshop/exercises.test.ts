/** Every solution passes its check, every stub is "not begun", every wrong answer fails with its own sentence. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as library from '../../lib/dist';
import { verdictOf } from '../../workshop/dist/desk';
import { EXERCISES } from '../../workshop/dist/exercises';
import {
  type Cell,
  cellsOf,
  solutionOf,
  sourceOf,
  type Version,
  WORKSHOP,
  type WrongAnswer,
  wrongAnswers,
} from '../../workshop/dist/source';
import { NotBegun, todo, type Verdict } from '../../workshop/dist/verdict';

const require = createRequire(import.meta.url);
const folder = join(WORKSHOP, 'source');
const SOURCES = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name.slice(0, 2).toUpperCase(), readFileSync(join(folder, name), 'utf8')] as const);

const checked = ({ text }: Cell) => /^await check\('(W\d\.\d+)'/m.exec(text)?.[1];

/**
 * The verdicts of a version, by exercise: its code runs as in the kernel, up to the check of `asked`, without the kernel and
 * without pictures. What trains is checked in the kernel (kernel.test.ts) and left out here, unless it is asked for.
 */
async function verdicts(source: string, version: Version, asked?: string): Promise<Record<string, Verdict>> {
  const cells = cellsOf(source, version, EXERCISES).filter(({ kind }) => kind === 'code');
  const last = asked ? cells.findIndex((cell) => checked(cell) === asked) : cells.length;
  const code = cells
    .slice(0, last + 1)
    .filter((cell) => {
      const isAsked = asked ? checked(cell) === asked : version === 'stub' && checked(cell);
      return isAsked || !(cell.tags.includes('trains') || (asked && checked(cell)));
    })
    .map(({ text }) => text)
    .join('\n')
    .replace(/^import [^;]*;$/gm, '');
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const seen: Record<string, Verdict> = {};
  const look = async (_: string, what: () => unknown) => {
    try {
      await what();
    } catch (error) {
      if (!(error instanceof NotBegun)) throw error;
    }
  };
  const quiet = () => {};
  const names = {
    ...library,
    ...{
      show: quiet,
      say: quiet,
      predict: quiet,
      sit: quiet,
      progress: quiet,
      hint: quiet,
      solution: quiet,
      keepPlan: quiet,
    },
    // Pictures of a wrong answer say nothing of its check, and load what they show.
    ...{ reveal: asked ? quiet : look, handIn: look, predicted: quiet, seat: quiet, handedIn: () => [], todo },
    require,
    check: async (id: string, answer: unknown) => {
      seen[id] = await verdictOf(id, answer);
    },
  };
  const run = new Function(...Object.keys(names), `return (async () => { ${outputText} })();`);
  await run(...Object.values(names));
  return seen;
}

const ids = (notebook: string) => Object.keys(EXERCISES).filter((id) => id.startsWith(`${notebook}.`));
const about = ({ exercise, number, says }: WrongAnswer) =>
  `${exercise} answers "${says}" to wrong answer ${number + 1}`;

describe.each(SOURCES)('%s', (notebook, source) => {
  it('has solutions that pass', async () => {
    const found = await verdicts(source, 'solution');
    const told = Object.entries(found).map(([id, { state, says }]) => [id, state, says]);
    const trained = cellsOf(source, 'solution', EXERCISES).filter(({ tags }) => tags.includes('trains'));
    const quick = ids(notebook).filter((id) => !trained.some((cell) => checked(cell) === id));
    expect(told).toEqual(quick.map((id) => [id, 'passed', '']));
  });

  it('has stubs that are not begun', async () => {
    const found = await verdicts(source, 'stub');
    expect(Object.entries(found).map(([id, { state }]) => [id, state])).toEqual(
      ids(notebook).map((id) => [id, 'not begun']),
    );
  });

  it.each(wrongAnswers(source).map((wrong) => [about(wrong), wrong] as const))('%s', async (_, wrong) => {
    const { [wrong.exercise]: verdict } = await verdicts(source, wrong, wrong.exercise);
    expect(verdict).toMatchObject({ state: 'not yet', says: expect.stringContaining(wrong.says) });
  });

  it('has two wrong answers or more an exercise, each with a sentence of its own', () => {
    const said = wrongAnswers(source).map(({ exercise, says }) => `${exercise} ${says}`);
    expect(new Set(said).size).toBe(said.length);
    const counts = ids(notebook).map((id) => [
      id,
      wrongAnswers(source).filter(({ exercise }) => exercise === id).length,
    ]);
    expect(counts.filter(([, count]) => (count as number) < 2)).toEqual([]);
  });
});

it.each(Object.keys(EXERCISES))('%s says what must be kept before its pictures as its source does', (id) => {
  const { before = 'predict' } = EXERCISES[id];
  const source = sourceOf(id);
  if (source.includes(`reveal('${id}'`)) expect(source).toContain(`${before}('${id}',`);
});

describe('hints', () => {
  it.each(Object.keys(EXERCISES))('of %s hold no line of the solution', (id) => {
    const lines = solutionOf(id)
      .split('\n')
      .map((line) => line.trim())
      .filter(
        (line) => line.length > 12 && !/^(?:\/\/|\/\*|\*|function|async function|const \w+ = \[\];|\w+:)/.test(line),
      );
    const { hints } = EXERCISES[id];
    expect(lines.filter((line) => hints.some((hint) => hint.includes(line.replace(/;$/, ''))))).toEqual([]);
    expect(new Set(hints).size).toBe(3);
  });
});
