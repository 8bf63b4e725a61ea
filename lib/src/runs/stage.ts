/** Stages, and the graph of runs: the settings of a run hold the settings of those that it starts from. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeCsv } from '../files/csv';
import { canonicalJson, writeJson } from '../files/json';
import type { EpochRecord } from '../training/fit';
import type { Table } from './columns';
import type { Observer } from './observer';
import { type Run, type RunStore, runId } from './runStore';

// biome-ignore-start lint/suspicious/noExplicitAny: stages of all settings stand beside each other
/** A run: without `id` where the person stopped it, so that it is not stored. The artefact is what its stage loads. */
export type Made<Settings = any, Result = any, Artefact = object> = {
  settings: Settings;
  /** Name in the run store. */
  id?: string;
  log: EpochRecord[];
  result: Result;
} & Artefact;

/** A whole run, and where it lies. */
export interface Found<Settings = any, Result = any> {
  settings: Settings;
  id: string;
  log: EpochRecord[];
  result: Result;
  path: string;
  /** The attempts before it, which got stuck. */
  former: Found<Settings, Result>[];
}

/** What a run of a stage costs on one core. */
export interface Cost {
  /** Optimizer steps (of a base model: usually). */
  steps: number;
  /** When everything is compiled; and what a process takes before its first step. */
  seconds: number;
  startSeconds: number;
  memoryMb: number;
}

export interface Training<Inputs> {
  /** The runs that it starts from, by the field of the settings that holds theirs; loaded. */
  inputs: Inputs;
  /** A file in which to keep what it needs to go on with, should it be cut off. */
  checkpoint: string;
  observer?: Observer;
  /** Where data lie that are no part of the settings. */
  folders?: object;
}

/** What training gives: the artefact with the result, or with what measures it into the run's folder. */
export type Trained<Result, Artefact> = {
  log: EpochRecord[];
  interrupted: boolean;
  result?: Result;
  finish?(folder: string): Promise<Result>;
} & Artefact;

/** Rows that a run puts into tables. */
export type Gathered = [Table, object[]][];

export interface Stage<
  Settings extends object = any,
  Result extends object = any,
  Artefact extends object = any,
  Inputs extends object = any,
> {
  /** In the names of its runs. */
  name: string;
  /** A run in words. */
  title(settings: Settings): string;
  /** The columns of its log that are drawn while it trains, and what they are called: shares from 0 to 1. */
  measures: Readonly<Record<string, string>> | ((settings: Settings) => Readonly<Record<string, string>>);
  /** The fields of the settings that hold the settings of other runs, and the stages of those. */
  startsFrom?: { readonly [Field in keyof Inputs]-?: Stage };
  cost(settings: Settings): Cost;
  train(settings: Settings, training: Training<Inputs>): Promise<Trained<Result, Artefact>>;
  /** Writes the artefact into the run's folder, and loads it. */
  save?(artefact: Artefact, folder: string, settings: Settings): void;
  load?(folder: string, settings: Settings): Artefact;
  /**
   * Why a run counts as failed, and the settings of the next attempt, or the error that there is none. `first` are the
   * settings that were asked for.
   */
  stuck?(
    run: Pick<Found<Settings, Result>, 'settings' | 'result'> & { log?: EpochRecord[] },
    first: Settings,
  ): { reason: string; next: Settings | Error } | undefined;
  /** The tables that its runs fill by themselves, whoever asks for them; `about` is the key of the row that was asked for. */
  tables?: readonly Table[];
  gather?(run: Found<Settings, Result>, inputs: Record<string, Found>, about: any): Gathered;
}
// biome-ignore-end lint/suspicious/noExplicitAny: as above

/** Where runs are kept, where their rows go, and who watches. */
export interface Workshop {
  store: RunStore;
  observer?: Observer;
  /** Folder of the tables; without one, rows are not gathered, and runs are known by the store alone. */
  tables?: string;
  /** Where data lie that are no part of the settings: see Training. */
  folders?: object;
}

/** Thrown inside `produce` where the person stopped a run: nothing is stored, `partial` is what there is of it. */
class Interrupted extends Error {
  constructor(readonly partial: Made) {
    super('The run was stopped before its end; what it had is not stored.');
  }
}

/** Artefacts that stay in memory: those of one chain of runs. */
const MOST_OPEN = 4;

/** Makes runs and all that they start from, each once; equal settings are the same run. */
export class Runner {
  readonly #runs = new Map<string, Promise<Found | Made | undefined>>();
  readonly #open = new Map<string, object>();

  constructor(readonly workshop: Workshop) {}

  /**
   * The run of these settings, from the store or made now; where it gets stuck, the next attempt. The settings that it
   * starts from may be those of a first attempt: they are replaced by those of the one that succeeded. Interrupted, the run
   * has no id; undefined where one that it starts from was interrupted.
   */
  run<S extends object, R extends object, A extends object>(
    stage: Stage<S, R, A>,
    asked: S,
    about: object = {},
  ): Promise<Found<S, R> | Made<S, R, A> | undefined> {
    const key = `${stage.name} ${canonicalJson(asked)}`;
    const known = this.#runs.get(key) as Promise<Found<S, R> | Made<S, R, A> | undefined> | undefined;
    if (known) return known;
    const made = this.#attempts(stage, asked, about);
    this.#runs.set(key, made);
    made.catch(() => this.#runs.delete(key));
    return made;
  }

  /** The same, with its artefact. */
  async make<S extends object, R extends object, A extends object>(
    stage: Stage<S, R, A>,
    asked: S,
    about: object = {},
  ): Promise<Made<S, R, A> | undefined> {
    const made = await this.run(stage, asked, about);
    return made && isFound(made) ? this.#opened(stage, made) : made;
  }

  /** One run with these settings, stuck or not, with its artefact. */
  async once<S extends object, R extends object, A extends object>(
    stage: Stage<S, R, A>,
    settings: S,
  ): Promise<Made<S, R, A>> {
    const made = await this.#attempt(stage, settings);
    return isFound(made) ? this.#opened(stage, made) : made;
  }

  async #attempts<S extends object, R extends object, A extends object>(
    stage: Stage<S, R, A>,
    asked: S,
    about: object,
  ): Promise<Found<S, R> | Made<S, R, A> | undefined> {
    let settings = asked;
    const inputs: Record<string, Found> = {};
    for (const [field, of] of inputsOf(stage, asked)) {
      const input = await this.run(of, asked[field as keyof S] as object, about);
      if (!input || !isFound(input)) return undefined;
      inputs[field] = input;
      settings = { ...settings, [field]: input.settings };
    }
    const former: Found<S, R>[] = [];
    for (const first = settings; ; ) {
      const made = await this.#attempt(stage, settings);
      if (!isFound(made)) return made;
      this.gather(stage.gather?.(made, inputs, about));
      const stuck = stage.stuck?.(made, first);
      if (!stuck) return { ...made, former };
      this.workshop.observer?.onStuck?.({ title: stage.title(settings), reason: stuck.reason });
      if (stuck.next instanceof Error) throw stuck.next;
      former.push(made);
      settings = stuck.next;
    }
  }

  async #attempt<S extends object, R extends object, A extends object>(
    stage: Stage<S, R, A>,
    settings: S,
  ): Promise<Found<S, R> | Made<S, R, A>> {
    const { store, observer, folders } = this.workshop;
    const { name } = stage;
    const measures = typeof stage.measures === 'function' ? stage.measures(settings) : stage.measures;
    const stored = store.find(name, settings) !== undefined;
    observer?.onRun?.({ stage: name, title: stage.title(settings), stored, measures });
    try {
      const run = await store.produce(name, settings, async (folder, checkpoint) => {
        const inputs = this.#inputs(stage, settings);
        const { interrupted, finish, ...rest } = await stage.train(settings, { inputs, checkpoint, observer, folders });
        if (interrupted) throw new Interrupted({ settings, ...rest } as unknown as Made);
        writeCsv(join(folder, 'log.csv'), rest.log);
        stage.save?.(rest as unknown as A, folder, settings);
        writeJson(join(folder, 'result.json'), finish ? await finish(folder) : rest.result);
      });
      return foundOf(run, settings);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      return error.partial as Made<S, R, A>;
    }
  }

  /** What is known of a run without training anything; undefined while it is open which attempt succeeds. */
  known<S extends object>(stage: Stage<S>, asked: S): { id: string; settings: S; stored?: Run } | undefined {
    let settings = asked;
    for (const [field, of] of inputsOf(stage, asked)) {
      const input = this.known(of, asked[field as keyof S] as object);
      if (!input) return undefined;
      settings = { ...settings, [field]: input.settings };
    }
    for (const first = settings; ; ) {
      const id = runId(stage.name, settings);
      const stored = this.workshop.store.find(stage.name, settings);
      if (!stage.stuck) return { id, settings, stored };
      // biome-ignore lint/suspicious/noExplicitAny: a row of the stage's table has the fields of its result
      const result: any = stored?.result() ?? this.#recorded(stage, id);
      if (!result) return undefined;
      const stuck = stage.stuck({ settings, result }, first);
      if (!stuck) return { id, settings, stored };
      if (stuck.next instanceof Error) return undefined;
      settings = stuck.next;
    }
  }

  /** What the tables have of a run, which may lie elsewhere. */
  #recorded(stage: Stage, id: string): object | undefined {
    const { tables } = this.workshop;
    if (!tables) return undefined;
    for (const table of stage.tables ?? []) {
      const row = table.read(tables).find((one) => one.run === id);
      if (row) return row;
    }
    return undefined;
  }

  /** Puts rows into the workshop's tables. */
  gather(gathered: Gathered | undefined): void {
    const { tables } = this.workshop;
    if (!tables || !gathered) return;
    mkdirSync(tables, { recursive: true });
    for (const [table, rows] of gathered.filter(([, { length }]) => length > 0)) {
      const { differing } = table.add(tables, rows);
      if (differing.length > 0) console.warn(differs(`${tables}/${table.file}`, differing));
    }
  }

  /** A sentence for each table that has other values for a stored run, as one on another kind of processor gives. */
  differing<S extends object>(stage: Stage<S>, settings: S, about: object = {}): string[] {
    const { store, tables } = this.workshop;
    const run = store.find(stage.name, settings);
    if (!run || !tables) return [];
    const inputs = inputsOf(stage, settings).map(([field, of]) => {
      const own = settings[field as keyof S] as object;
      return [field, { settings: own, id: runId(of.name, own) }];
    });
    const gathered = stage.gather?.(foundOf(run, settings), Object.fromEntries(inputs), about);
    return (gathered ?? []).flatMap(([table, rows]) => {
      const differing = table.differing(tables, rows);
      return differing.length > 0 ? [differs(`${tables}/${table.file}`, differing)] : [];
    });
  }

  #opened<S extends object, R extends object, A extends object>(
    stage: Stage<S, R, A>,
    { path, former: _, ...run }: Found<S, R>,
  ): Made<S, R, A> {
    const artefact = this.#open.get(run.id) ?? stage.load?.(path, run.settings) ?? {};
    this.#open.delete(run.id);
    this.#open.set(run.id, artefact);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(oldest);
    }
    return { ...this.#inputs(stage, run.settings), ...run, ...artefact } as unknown as Made<S, R, A>;
  }

  /** The runs that a run starts from, loaded. */
  #inputs<S extends object>(stage: Stage<S>, settings: S): Record<string, Made> {
    const inputs = inputsOf(stage, settings).map(([field, of]) => {
      const own = settings[field as keyof S] as object;
      const run = this.workshop.store.find(of.name, own);
      if (!run)
        throw new Error(`${stage.title(settings)} starts from ${of.title(own)}, which is not in the run store.`);
      return [field, this.#opened(of, foundOf(run, own))];
    });
    return Object.fromEntries(inputs);
  }
}

/** Whether a run is whole. */
export function isFound<S, R, A>(made: Found<S, R> | Made<S, R, A> | undefined): made is Found<S, R> {
  return made !== undefined && 'path' in made;
}

/** The fields of a run's settings that hold other runs' settings, and their stages. */
function inputsOf(stage: Stage, settings: object): [string, Stage][] {
  const fields = Object.entries(stage.startsFrom ?? {}) as [string, Stage][];
  return fields.filter(([field]) => settings[field as keyof typeof settings] !== undefined);
}

function foundOf<S, R>(run: Run, settings: S): Found<S, R> {
  const log = run.log() as EpochRecord[];
  return { settings, id: run.id, log, result: run.result<R>(), path: run.path, former: [] };
}

/** All stages that runs of a stage start from, and itself; those first. */
export function stagesBelow(stage: Stage): Stage[] {
  const below = Object.values(stage.startsFrom ?? {}).flatMap((of) => stagesBelow(of as Stage));
  return [...new Set([...below, stage])];
}

function differs(path: string, rows: { run?: string }[]): string {
  return (
    `${path} has other values for ${rows[0].run ?? 'a run'} than the run in the store (${rows.length} rows): equal settings ` +
    'give equal bytes with one program (trained_with) on one kind of processor only.'
  );
}
