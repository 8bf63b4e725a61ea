/**
 * The one source of a workshop notebook: TypeScript in percent format, whose exercise cells have parts. The solution is code; stub
 * and wrong answers are comments:
 *
 *     //> stub
 *     // return todo('Say what to write.');
 *     //> solution
 *     return scores.mul(temperature).sigmoid();
 *     //> wrong "a part of the sentence that the check must say"
 *     // return scores.sigmoid();
 *     //> end
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../lib/dist/runs/project';
import { type Exercises, notebookOf } from './exercise';

export interface Cell {
  kind: 'code' | 'markdown';
  tags: string[];
  /** Without the comment signs of Markdown. */
  text: string;
}

/** A wrong answer, and what the check must say to it. */
export interface WrongAnswer {
  exercise: string;
  /** Counted from 0, within the exercise. */
  number: number;
  says: string;
}

/** Which answers the exercise cells hold. */
export type Version = 'stub' | 'solution' | WrongAnswer;

interface Part {
  kind: 'both' | 'stub' | 'solution' | 'wrong';
  says: string;
  lines: string[];
}

/** The folder of the workshop's notebooks. */
export const WORKSHOP = join(PROJECT, 'notebooks/workshop');

/** The source of the notebook with an exercise, or of a notebook ("W3"). */
export function sourceOf(exercise: string): string {
  return readFileSync(join(WORKSHOP, 'source', `${notebookOf(exercise).toLowerCase()}.ts`), 'utf8');
}

/** The cells of one version of a source; below the heading of an exercise stand its minutes. */
export function cellsOf(source: string, version: Version, exercises: Exercises): Cell[] {
  return rawCells(source).map(({ text, ...cell }) => {
    if (cell.kind === 'markdown') return { ...cell, text: withMinutes(text, exercises) };
    const exercise = idOf(cell.tags);
    return { ...cell, text: chosen(partsOf(text), exercise, version) };
  });
}

/** What the solution cell of an exercise holds. */
export function solutionOf(exercise: string): string {
  const cell = rawCells(sourceOf(exercise)).find(({ tags }) => tags.includes(exercise));
  if (!cell) throw new Error(`The source of ${exercise} has no cell with the tag ${exercise}.`);
  return chosen(partsOf(cell.text), exercise, 'solution');
}

/** All wrong answers of a source. */
export function wrongAnswers(source: string): WrongAnswer[] {
  return rawCells(source).flatMap(({ tags, text }) => {
    const exercise = idOf(tags);
    if (!exercise) return [];
    return partsOf(text)
      .filter(({ kind }) => kind === 'wrong')
      .map(({ says }, number) => ({ exercise, number, says }));
  });
}

/** The exercise of a cell is one of its tags. */
export const idOf = (tags: string[]): string | undefined => tags.find((tag) => /^W\d\.\d+$/.test(tag));

function rawCells(source: string): Cell[] {
  return source
    .split(/^(?=\/\/ %%)/m)
    .filter((cell) => cell.startsWith('// %%'))
    .map((cell) => {
      const [head, ...lines] = cell.trimEnd().split('\n');
      const kind = head.includes('[markdown]') ? 'markdown' : 'code';
      const tags = JSON.parse(/tags=(\[.*\])/.exec(head)?.[1] ?? '[]') as string[];
      return { kind, tags, text: (kind === 'markdown' ? lines.map(uncommented) : lines).join('\n').trim() };
    });
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [{ kind: 'both', says: '', lines: [] }];
  for (const line of text.split('\n')) {
    const mark = /^\s*\/\/> (stub|solution|wrong|end)(?: "(.*)")?$/.exec(line);
    if (mark)
      parts.push({ kind: mark[1] === 'end' ? 'both' : (mark[1] as Part['kind']), says: mark[2] ?? '', lines: [] });
    else parts[parts.length - 1].lines.push(line);
  }
  return parts;
}

function chosen(parts: Part[], exercise: string | undefined, version: Version): string {
  const wrong = typeof version === 'object' && version.exercise === exercise ? version.number : undefined;
  const kind = wrong === undefined ? (version === 'stub' ? 'stub' : 'solution') : 'wrong';
  const wanted = parts.filter((part) => part.kind === kind)[wrong ?? 0];
  return parts
    .filter((part) => part.kind === 'both' || (kind === 'wrong' ? part === wanted : part.kind === kind))
    .flatMap(({ kind, lines }) => (kind === 'stub' || kind === 'wrong' ? lines.map(uncommented) : lines))
    .join('\n')
    .trim();
}

function withMinutes(text: string, exercises: Exercises): string {
  return text.replace(/^## (W\d\.\d+)$/gm, (_, id: string) => {
    const exercise = exercises[id];
    if (!exercise) throw new Error(`The source has a heading ${id}, and there is no such exercise.`);
    const { title, minutes, difficulty, importance } = exercise;
    return `## ${id} ${title}\n\n*${minutes} minutes · ${difficulty} · ${importance}*`;
  });
}

const uncommented = (line: string): string => line.replace(/^(\s*)\/\/ ?/, '$1');
