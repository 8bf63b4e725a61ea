import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readJson, writeJson } from '../../lib/dist/files/json.js';
import { classTable } from '../../workshop/dist/classTable.js';
import { RELEASED } from '../../workshop/dist/desk.js';
import { notebookOf } from '../../workshop/dist/exercise.js';
import { EXERCISES } from '../../workshop/dist/exercises/index.js';
import { products } from '../../workshop/dist/notebook.js';
import { README, readmeNow } from '../../workshop/dist/overview.js';
import { seatsOf } from '../../workshop/dist/progress.js';
import { readArguments } from '../lib/arguments.mjs';
import { copyWorkshop } from '../lib/copies.mjs';
import { Failure, runScript } from '../lib/failure.mjs';
import { readText, writeWhole } from '../lib/files.mjs';
import { ROOT } from '../lib/project.mjs';
import { slides } from './workshop/slides.js';

const USAGE = `npm run workshop -- mine | build [--check] | class FOLDER [--once] | release W3 ... --class FOLDER | slides

mine     copies the exercises to notebooks/mine/workshop, where git does not see what you change (npm start does that too)
build    makes notebooks/workshop/exercises and solutions from notebooks/workshop/source; --check changes nothing and fails
         where they differ
class    shows who has passed which exercise, by seat number, from the class folder, every 10 seconds; --once shows it once
release  opens the solutions of notebooks (W3) or exercises (W3.1) for everybody in the class folder
slides   makes slides of the cells with the tag "slide"; more with -- slides --help

A class folder is one in which all can write: start JupyterLab with SUBTASK_CLASS=FOLDER. Without one nothing leaves a machine.`;

/** Between two looks at the class folder. */
const REFRESH_MS = 10_000;

runScript(async () => {
  // It has options of its own.
  if (process.argv[2] === 'slides') {
    slides(process.argv.slice(3));
    return 0;
  }
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        check: { type: 'boolean' },
        once: { type: 'boolean' },
        class: { type: 'string' },
        help: { type: 'boolean' },
      },
    },
    USAGE,
  );
  const [command, ...rest] = positionals;
  if (values.help) console.log(USAGE);
  else if (command === 'mine') mine();
  else if (command === 'build') return build(values.check === true);
  else if (command === 'class') await watchClass(rest[0] ?? process.env.SUBTASK_CLASS, values.once === true);
  else if (command === 'release') release(rest, values.class ?? process.env.SUBTASK_CLASS);
  else throw new Failure(`Say what to do: mine, build, class, release or slides.\n\n${USAGE}`);
  return 0;
});

function mine(): void {
  const behind = copyWorkshop();
  console.log('Your copies of the exercises are in notebooks/mine/workshop.');
  if (behind.length > 0) console.log(`You have changed ${behind.join(', ')}, so these were left as they are.`);
}

function build(check: boolean): number {
  const made = products();
  const files = made.map(({ path, notebook }) => ({ path, text: `${JSON.stringify(notebook, null, 1)}\n` }));
  files.push({ path: README, text: readmeNow(made) });
  const stale = files.filter(({ path, text }) => readText(path) !== text);
  for (const { path, text } of check ? [] : stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, text);
  }
  for (const { path } of stale) console.log(relative(ROOT, path));
  if (stale.length === 0) console.log('All notebooks of the workshop are what their sources make.');
  else if (check) console.log('These differ from their sources: run npm run workshop -- build.');
  return check && stale.length > 0 ? 1 : 0;
}

async function watchClass(folder: string | undefined, once: boolean): Promise<void> {
  if (!folder) throw new Failure('Say which class folder: npm run workshop -- class FOLDER.');
  if (!existsSync(folder)) throw new Failure(`There is no folder ${folder}: make it, and let everybody write there.`);
  while (true) {
    const table = classTable(seatsOf(folder), EXERCISES);
    if (once) return console.log(table);
    console.log(
      `\x1b[2J\x1b[H${table}\n\n${new Date().toLocaleTimeString()}, every ${REFRESH_MS / 1000} s; Ctrl-C ends it.`,
    );
    await pause(REFRESH_MS);
  }
}

function release(asked: string[], folder: string | undefined): void {
  if (!folder) throw new Failure('Say which class folder: npm run workshop -- release W3 --class FOLDER.');
  const known = Object.keys(EXERCISES).flatMap((id) => [id, notebookOf(id)]);
  const unknown = asked.filter((id) => !known.includes(id));
  if (asked.length === 0 || unknown.length > 0) {
    throw new Failure(
      `Name notebooks or exercises to release${unknown.length > 0 ? `; there is no ${unknown.join(', ')}` : ''}: ${[...new Set(known)].sort().join(', ')}.`,
    );
  }
  if (!existsSync(folder)) throw new Failure(`There is no folder ${folder}.`);
  const path = join(folder, RELEASED);
  const former = existsSync(path) ? (readJson(path) as string[]) : [];
  const open = [...new Set([...former, ...asked])].sort();
  writeJson(path, open);
  console.log(`Open for all: ${open.join(', ')}.`);
}
