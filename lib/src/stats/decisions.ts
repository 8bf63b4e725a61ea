import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { notANumber, numberOf, readCsvText, writeCsv } from '../files/csv';
import { dataFiles } from '../files/dataFiles';
import { withLock } from '../files/lock';
import { CATEGORIES, isCategory, labelOf } from '../images/categories';
import { parseStimulusName } from '../images/stimuli';

/** What a person or a network said about one cue-conflict image. Categories are indices into CATEGORIES. */
export interface Decision {
  /** In a table of several runs: the run whose model it was. */
  run?: string;
  subject: string;
  session: number;
  trial: number;
  /** Seconds; null for networks and where there was no answer. */
  reactionTime: number | null;
  /** The category that was named; -1 where there was no answer in time. */
  response: number;
  shape: number;
  texture: number;
  condition: string;
  /** As in the source: its end, behind the last "_", is the stimulus' file ("cat1-airplane1.png"). */
  imageName: string;
}

/** The columns of Geirhos et al.'s raw data. */
const COLUMNS = ['subj', 'session', 'trial', 'rt', 'object_response', 'category', 'condition', 'imagename'] as const;
const NO_RESPONSE = 'na';

/** Cells that hold nothing, as the source (na, NaN), R (NA) and pandas (empty) write them. */
const NOTHING = /^(na|nan)?$/i;

/**
 * Reads a table of decisions in the columns of the source, and in a column `run` where there is one; errors name the row,
 * counted from 1 below the header. The same subject, session and trial twice (in a run) is an error.
 */
export function readDecisions(path: string, { absent }: { absent?: 'empty' } = {}): Decision[] {
  if (absent === 'empty' && !existsSync(path)) return [];
  return readInto(new Map(), path);
}

/** All decisions in the CSV files of a folder whose names fit, in the order of the names; none may be there twice. */
export function readDecisionFiles(folder: string, name: RegExp = /\.csv$/i): Decision[] {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder}: npm run fetch-data brings the decisions.`);
  const files = dataFiles(folder).filter((file) => /\.csv$/i.test(file) && name.test(file));
  if (files.length === 0) throw new Error(`${folder} has no CSV file of decisions whose name fits ${name.source}.`);
  const places = new Map<string, string>();
  return files.flatMap((file) => readInto(places, join(folder, file)));
}

/** Reads a table; `places` has where each subject, session and trial read so far stands. */
function readInto(places: Map<string, string>, path: string): Decision[] {
  const { columns, rows } = readCsvText(path);
  const runColumn = columns.indexOf('run');
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new Error(`${path} lacks the column ${missing.join(', ')}; decisions need ${COLUMNS.join(', ')}.`);
  }
  return rows.map((cells, i) => {
    const where = `${path}, row ${i + 1}`;
    const cell = (name: (typeof COLUMNS)[number]) => cells[columns.indexOf(name)];
    const whole = (name: 'session' | 'trial') => {
      const text = cell(name);
      if (!/^\d+(\.0+)?$/.test(text))
        throw new Error(`${where}: the ${name} ${JSON.stringify(text)} is no whole number.`);
      return Number(text);
    };
    const [subject, session, trial] = [cell('subj'), whole('session'), whole('trial')];
    const shape = labelOf(cell('category'), `${where}: the category`);
    const image = parsed(where, cell('imagename'));
    if (image.shape !== shape) {
      throw new Error(
        `${where}: the category is ${CATEGORIES[shape]}, but the image ${cell('imagename')} shows another.`,
      );
    }
    const run = runColumn < 0 ? undefined : cells[runColumn];
    const key = JSON.stringify([run, subject, session, trial]);
    const first = places.get(key);
    if (first !== undefined) {
      throw new Error(
        `${where} and ${first} are both about subject ${subject}, session ${session}, trial ${trial}: delete one (a file, if it is a copy), or give the subjects different names.`,
      );
    }
    places.set(key, where);
    const response = cell('object_response');
    const decision: Decision = {
      subject,
      session,
      trial,
      reactionTime: secondsOf(where, cell('rt')),
      response: NOTHING.test(response) ? -1 : labelOf(response, `${where}: the response`),
      shape,
      texture: image.texture,
      condition: cell('condition'),
      imageName: cell('imagename'),
    };
    // A spread of `{ run }` takes ten times as long, and tables have 100,000s of rows.
    if (run !== undefined) decision.run = run;
    return decision;
  });
}

function secondsOf(where: string, text: string): number | null {
  if (NOTHING.test(text)) return null;
  const seconds = numberOf(text);
  if (Number.isNaN(seconds)) throw new Error(`${where}: the reaction time ${notANumber(text)}.`);
  if (seconds < 0) throw new Error(`${where}: the reaction time ${text} is below 0: write NaN where there is none.`);
  return seconds;
}

/** Decisions of one of our models on stimuli, in the form of the source's networks; `responses` are labels. */
export function modelDecisions(options: {
  subject: string;
  stimuli: readonly { name: string; shape: number; texture: number }[];
  responses: ArrayLike<number>;
}): Decision[] {
  const { subject, stimuli, responses } = options;
  if (responses.length !== stimuli.length) {
    throw new Error(`There are ${responses.length} responses to ${stimuli.length} stimuli: give one for each.`);
  }
  return stimuli.map(({ name, shape, texture }, i) => {
    const trial = i + 1;
    const category = CATEGORIES[shape];
    if (!(category && CATEGORIES[responses[i]]))
      throw new Error(`Response ${trial} is ${responses[i]}: a label is 0..15.`);
    const imageName = `${String(trial).padStart(4, '0')}_s5n_dnn_0_${category}_00_${name}.png`;
    return {
      subject,
      session: 1,
      trial,
      reactionTime: null,
      response: responses[i],
      shape,
      texture,
      condition: '0',
      imageName,
    };
  });
}

/** Writes decisions in the columns of the source, and their runs in a column `run` where they have one. */
export function writeDecisions(path: string, decisions: readonly Decision[]): void {
  const withRun = decisions.some(({ run }) => run !== undefined);
  const rows = decisions.map((decision) => ({
    run: decision.run ?? '',
    subj: decision.subject,
    session: decision.session,
    trial: decision.trial,
    rt: decision.reactionTime ?? Number.NaN,
    object_response: CATEGORIES[decision.response] ?? NO_RESPONSE,
    category: CATEGORIES[decision.shape],
    condition: decision.condition,
    imagename: decision.imageName,
  }));
  writeCsv(path, rows, withRun ? ['run', ...COLUMNS] : [...COLUMNS]);
}

/**
 * Puts runs' decisions into a table of several runs, in place of those that it has of the same runs. It is made where it is
 * not there, and sorted, so its bytes do not depend on the order in which runs finish; processes that add at the same time
 * wait for each other. What is there already is not written again.
 */
export function addDecisions(path: string, decisions: readonly (Decision & { run: string })[]): void {
  const own = new Set<string | undefined>(decisions.map(({ run }) => run));
  withLock(path, (requireLock) => {
    const before = readDecisions(path, { absent: 'empty' });
    const others = before.filter(({ run }) => !own.has(run));
    const after = [...others, ...decisions].sort(byRun);
    if (isDeepStrictEqual(before, after)) return;
    requireLock();
    writeDecisions(path, after);
  });
}

function byRun(a: Decision, b: Decision): number {
  const [run, other] = [a, b].map((decision) => decision.run ?? '');
  if (run !== other) return run < other ? -1 : 1;
  if (a.subject !== b.subject) return a.subject < b.subject ? -1 : 1;
  return a.session - b.session || a.trial - b.trial;
}

function parsed(where: string, imageName: string) {
  const stimulus = imageName.slice(imageName.lastIndexOf('_') + 1);
  const named = /^([a-z]+)\d+-([a-z]+)\d+\.\w+$/.exec(stimulus);
  if (!named || !isCategory(named[1]) || !isCategory(named[2])) {
    throw new Error(`${where}: the image name ${JSON.stringify(imageName)} does not end like cat1-airplane1.png.`);
  }
  return parseStimulusName(stimulus);
}
