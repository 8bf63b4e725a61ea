/**
 * How far a participant is: a file for each notebook in runs/workshop. Nothing leaves the machine, unless SUBTASK_CLASS names
 * a folder of the class, which then gets a copy under the participant's seat number.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../../lib/dist/files/json';
import { say } from '../../lib/dist/notebook/show';
import { PROJECT } from '../../lib/dist/runs/project';
import { notebookOf } from './exercise';
import { whatIs } from './verdict';

/** How far one exercise is. Times in ISO format. */
export interface Record {
  attempts: number;
  hints: number;
  passed?: string;
  /** The solution was opened. */
  opened?: string;
  /** What was predicted before the picture, and when; of a plan its claim, and all of it as text. */
  predicted?: { guess: number | string; at: string; plan?: string };
  /** What was handed in for the whole class to see. */
  value?: number;
}

/** A seat of a class folder; `broken`: its files cannot be read. */
export interface Seat {
  seat: number;
  progress: Progress;
  broken?: true;
}

/** By exercise. */
export type Progress = { [exercise: string]: Record };

const NONE: Record = { attempts: 0, hints: 0 };

/** The folder of a class, or undefined where there is none. */
export const classFolder = (): string | undefined => process.env.SUBTASK_CLASS || undefined;

/** The folder of what this participant has come to: runs/workshop, or what the environment variable SUBTASK_WORKSHOP names. */
const folder = (): string => process.env.SUBTASK_WORKSHOP || join(PROJECT, 'runs/workshop');

/** How far an exercise is. */
export function recordOf(exercise: string): Record {
  return progressOf(exercise)[exercise] ?? NONE;
}

/** Writes how far an exercise is, whole or not at all. */
export function record(exercise: string, change: Partial<Record>): void {
  const before = progressOf(exercise);
  keep(fileOf(exercise), { ...before, [exercise]: { ...NONE, ...before[exercise], ...change } });
}

/** Writes a file here, and for the class. */
function keep(file: string, progress: Progress): void {
  for (const path of [folder(), seatFolder()]) {
    if (!path) continue;
    mkdirSync(path, { recursive: true });
    writeJson(join(path, file), progress);
  }
}

/** All of a plan as text, its functions too: two plans of one text are the same. */
export const planText = (plan: object): string =>
  JSON.stringify(plan, (_, value) => (typeof value === 'function' ? String(value) : value));

/** Everything in a folder of progress files. */
export function readProgress(path: string = folder()): Progress {
  if (!existsSync(path)) return {};
  return Object.assign({}, ...filesIn(path).map((name) => readJson(join(path, name))));
}

/**
 * Keeps the number of the seat, a name that says nothing about a person. What is there already is copied to the class folder; the
 * seat that one had there before is free again.
 *
 * @throws Error where it is no whole number from 1 to 999, or somebody else sits there.
 */
export function sit(seat: number): void {
  if (!Number.isInteger(seat) || seat < 1 || seat > 999) {
    throw new Error(`The seat is a whole number from 1 to 999, written without quotes, and this is ${whatIs(seat)}.`);
  }
  const id = seated()?.id ?? randomUUID();
  const shared = classFolder();
  if (shared) {
    const owner = join(shared, seatName(seat), OWNER);
    if (existsSync(owner) && readJson(owner) !== id) {
      throw new Error(`Somebody else sits on seat ${seat}: take another number.`);
    }
    const former = seatFolder();
    if (former) rmSync(former, { recursive: true, force: true });
    mkdirSync(join(shared, seatName(seat)), { recursive: true });
    writeJson(owner, id);
  }
  mkdirSync(folder(), { recursive: true });
  writeJson(join(folder(), SEAT), { seat, id });
  for (const file of filesIn(folder())) keep(file, readFile(file));
  say(`You are on seat **${seat}**.`);
}

/** What every seat of the class has handed in for an exercise; without a class, what you have. */
export function handedIn(exercise: string): { seat: number; value: number }[] {
  const shared = classFolder();
  const seats = shared ? seatsOf(shared) : [{ seat: seat() ?? 0, progress: readProgress() }];
  return seats.flatMap(({ seat, progress }) => {
    const { value } = progress[exercise] ?? NONE;
    return value === undefined ? [] : [{ seat, value }];
  });
}

/** How far each seat of a class folder is. */
export function seatsOf(shared: string): Seat[] {
  if (!existsSync(shared))
    throw new Error(`There is no class folder ${shared}: make it, and let everybody write there.`);
  return readdirSync(shared)
    .filter((name) => /^seat-\d+$/.test(name))
    .map((name) => ({ seat: Number(name.slice(5)), ...readable(join(shared, name)) }))
    .sort((a, b) => a.seat - b.seat);
}

/** One seat's progress; a file that cannot be read (half written, say) shall not hide the others. */
function readable(path: string): Omit<Seat, 'seat'> {
  try {
    return { progress: readProgress(path) };
  } catch {
    return { progress: {}, broken: true };
  }
}

/** The seat number that was given, or undefined. */
export const seat = (): number | undefined => seated()?.seat;

const SEAT = 'seat.json';
/** In a seat's folder: whose it is, a random name. */
const OWNER = 'owner.json';

function seated(): { seat: number; id: string } | undefined {
  const path = join(folder(), SEAT);
  return existsSync(path) ? (readJson(path) as { seat: number; id: string }) : undefined;
}

const seatName = (seat: number): string => `seat-${String(seat).padStart(3, '0')}`;

const seatFolder = (): string | undefined => {
  const [shared, number] = [classFolder(), seat()];
  return shared && number !== undefined ? join(shared, seatName(number)) : undefined;
};

/** "W3.1" is in the file of W3. */
const fileOf = (exercise: string): string => `${notebookOf(exercise)}.json`;

const filesIn = (path: string): string[] => readdirSync(path).filter((name) => /^W\d\.json$/.test(name));

const progressOf = (exercise: string): Progress => readFile(fileOf(exercise));

function readFile(file: string): Progress {
  const path = join(folder(), file);
  return existsSync(path) ? (readJson(path) as unknown as Progress) : {};
}
