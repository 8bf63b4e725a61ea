/** The table of the workshop's notebooks in its README, from the exercises themselves. */

import { join } from 'node:path';
import { readText } from '../../lib/dist/files/text';
import type { Exercises } from './exercise';
import { EXERCISES } from './exercises';
import { WORKSHOP } from './source';

const BEGIN = '<!-- exercises: npm run workshop -- build -->';
const END = '<!-- /exercises -->';

export const README = join(WORKSHOP, 'README.md');

/** The README with its table as the exercises are now; `titles` by notebook ("W3"). */
export function readmeNow(titles: Record<string, { title: string; file: string }>): string {
  const text = readText(README);
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${README} has no place for the table of exercises (${BEGIN} … ${END}).`);
  return `${before}${BEGIN}\n\n${table(EXERCISES, titles)}\n\n${END}${after}`;
}

function table(exercises: Exercises, titles: Record<string, { title: string; file: string }>): string {
  const rows = Object.entries(titles).map(([notebook, { title, file }]) => {
    const own = Object.entries(exercises).filter(([id]) => id.startsWith(`${notebook}.`));
    const names = own.map(([id, { title, minutes, importance }]) => {
      const name = `${id.split('.')[1]} ${title} (${minutes})`;
      return importance === 'core' ? `**${name}**` : name;
    });
    const minutes = own.reduce((sum, [, one]) => sum + one.minutes, 0);
    return `| [${notebook} ${title}](exercises/${file}) | ${minutes} | ${names.join(' · ')} |`;
  });
  return ['| notebook | minutes | exercises (minutes each); bold: for all |', '| --- | ---: | --- |', ...rows].join(
    '\n',
  );
}
