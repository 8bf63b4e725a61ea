/** The table of the workshop's notebooks in its README, from the exercises themselves. */
import { basename, join } from 'node:path';
import { readText } from '../../lib/dist/files/text';
import { notebookOf } from './exercise';
import { EXERCISES } from './exercises';
import { type Product, products } from './notebook';
import { WORKSHOP } from './source';

const BEGIN = '<!-- exercises: npm run workshop -- build -->';
const END = '<!-- /exercises -->';

export const README = join(WORKSHOP, 'README.md');

/** The README with its table as the exercises are now. */
export function readmeNow(made: readonly Product[] = products()): string {
  const text = readText(README);
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${README} has no place for the table of exercises (${BEGIN} … ${END}).`);
  return `${before}${BEGIN}\n\n${table(made)}\n\n${END}${after}`;
}

function table(made: readonly Product[]): string {
  const rows = made
    .filter(({ version }) => version === 'stub')
    .map(({ id, title, path }) => {
      const own = Object.entries(EXERCISES).filter(([exercise]) => notebookOf(exercise) === id);
      const names = own.map(([exercise, { title, minutes, importance }]) => {
        const name = `${exercise.split('.')[1]} ${title} (${minutes})`;
        return importance === 'core' ? `**${name}**` : name;
      });
      const minutes = own.reduce((sum, [, one]) => sum + one.minutes, 0);
      return `| [${id} ${title}](exercises/${basename(path)}) | ${minutes} | ${names.join(' · ')} |`;
    });
  const head = ['| notebook | minutes | exercises (minutes each); bold: for all |', '| --- | ---: | --- |'];
  return [...head, ...rows].join('\n');
}
