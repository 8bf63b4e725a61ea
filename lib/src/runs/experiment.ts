/** An experiment, declared once: its runs, the rows that they make, and what is missing of them. */
import type { Table } from './columns';
import type { RowsObserver } from './observer';
import { projectStore, tablesFolder } from './project';
import type { RunStore } from './runStore';
import { type Found, type Gathered, isFound, Runner, type Stage, stagesBelow } from './stage';

/** How the rows of an experiment are drawn while they come in: points of these columns, as lines over x or dots beside y. */
export interface Drawing<Row> {
  kind: 'lines' | 'dots';
  x: string;
  y: string;
  color: string;
  facet?: string;
  points(row: Row): Record<string, string | number | null>[];
}

/** A run that an experiment asks for: the columns that its rows share, and its settings (first attempts where it may be stuck). */
export interface Wanted<Row = object, Settings = object> {
  key: Partial<Row>;
  settings: Settings;
}

// biome-ignore lint/suspicious/noExplicitAny: experiments of all rows stand beside each other
export interface Declaration<Asked extends object = any, Row extends object = any, Settings extends object = any> {
  name: string;
  /** Above its bar and chart; by default its name. */
  title?: string;
  /** What it is about, in a few words. */
  about: string;
  stage: Stage<Settings>;
  /** A run whose rows are in this table is done. */
  table: Table<Row>;
  /** Other tables that its runs fill. */
  more?: readonly Table[];
  /** The first is the one whose tables lie in data/results. */
  presets: readonly string[];
  /** What is computed where nothing else is asked for, and all that may be asked for; undefined: as the preset says. */
  asked: Asked;
  /** Throws a sentence where what is asked for is not known. */
  runs(asked: Asked & { preset: string }): Iterable<Wanted<Row, Settings>>;
  rows(run: Found<Settings>, key: Partial<Row>): Row[];
  gather?(run: Found<Settings>, key: Partial<Row>): Gathered;
  /** What the runs of a key have in common beside their seed, such as "2 layers". */
  chain(key: Partial<Row>): string;
  drawing?: Drawing<Row>;
}

/** Where rows are looked for and put, and who watches. */
export interface Place<Row = object> {
  preset?: string;
  store?: RunStore;
  /** Folder of the tables; by default that of the preset. `null`: none, runs are known by the store alone. */
  tables?: string | null;
  observer?: RowsObserver<Row>;
  folders?: object;
}

export interface Experiment<Asked extends object, Row extends object, Settings extends object>
  extends Declaration<Asked, Row, Settings> {
  /**
   * Makes what is missing of the runs that are asked for, and all that those start from. Returns all their rows; stopped by
   * the person, those that are there.
   */
  compute(options?: Partial<Asked> & Place<Row>): Promise<Row[]>;
  /** Every row of its table. */
  rowsOf(options?: Pick<Place, 'preset' | 'tables'>): Row[];
  /** The runs that are asked for, each with its rows in the table: none where it is missing. */
  wanted(options?: Partial<Asked> & Place<Row>): (Wanted<Row, Settings> & { rows: Row[] })[];
  /** Makes one run with the rows that it puts into tables; undefined where the person stopped it. */
  make(wanted: Wanted<Row, Settings>, runner: Runner): Promise<Row[] | undefined>;
}

/** In a notebook: what watches an experiment that nobody else watches. */
let watching: ((experiment: Declaration, preset: string, runs: number) => RowsObserver<never> | undefined) | undefined;
export function watchWith(watch: NonNullable<typeof watching>): void {
  watching = watch;
}

/** Without what is undefined, so that spreading it replaces nothing. */
const defined = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Declares an experiment. */
export function experiment<Asked extends object, Row extends object, Settings extends object>(
  declared: Declaration<Asked, Row, Settings>,
): Experiment<Asked, Row, Settings> {
  const { presets, asked, table, stage } = declared;
  const presetOf = (preset = presets[0]): string => {
    if (presets.includes(preset)) return preset;
    throw new Error(`Unknown preset ${JSON.stringify(preset)}: use one of ${presets.join(', ')}.`);
  };
  const folderOf = ({ preset, tables }: Pick<Place, 'preset' | 'tables'>) =>
    tables === null ? undefined : (tables ?? tablesFolder(presetOf(preset)));

  return {
    ...declared,
    wanted(options = {}) {
      const all = { ...defined(asked), ...defined(options), preset: presetOf(options.preset) } as Asked & {
        preset: string;
      };
      const folder = folderOf(options);
      const rowsFor = rowsByKey(folder === undefined ? [] : table.read(folder));
      return [...declared.runs(all)].map((wanted) => ({ ...wanted, rows: rowsFor(wanted.key) }));
    },
    async compute(options = {}) {
      const wanted = this.wanted(options);
      const { store = projectStore(), folders } = options;
      const own = options.observer ? undefined : watching?.(declared, presetOf(options.preset), wanted.length);
      const observer = options.observer ?? (own as RowsObserver<Row> | undefined);
      const runner = new Runner({ store, tables: folderOf(options), observer, folders });
      const rows: Row[] = [];
      try {
        for (const [index, run] of wanted.entries()) {
          const made = run.rows.length > 0 ? run.rows : await this.make(run, runner);
          if (!made) break;
          rows.push(...made);
          observer?.onRows?.(made, index + 1, wanted.length);
        }
      } finally {
        await own?.finish?.();
      }
      return rows;
    },
    rowsOf: (options = {}) => {
      const folder = folderOf(options);
      return folder === undefined ? [] : table.read(folder);
    },
    async make({ key, settings }, runner) {
      const made = await runner.run(stage, settings, key);
      if (!isFound(made)) return undefined;
      const run = made as Found<Settings>;
      const rows = declared.rows(run, key);
      runner.gather([...(declared.gather?.(run, key) ?? []), [table, rows]]);
      return rows;
    },
  };

  function rowsByKey(rows: Row[]): (key: Partial<Row>) => Row[] {
    const known = new Map<string, Map<string, Row[]>>();
    const text = (row: Partial<Row>, names: string[]) => JSON.stringify(names.map((name) => row[name as keyof Row]));
    return (key) => {
      const names = Object.keys(key);
      let own = known.get(names.join());
      if (!own) {
        own = new Map();
        for (const row of rows) own.set(text(row, names), [...(own.get(text(row, names)) ?? []), row]);
        known.set(names.join(), own);
      }
      return own.get(text(key, names)) ?? [];
    };
  }
}

/** Every table that an experiment's runs fill: those of the stages below its own first. */
export function tablesOf({ stage, table, more = [] }: Declaration): Table[] {
  return [...stagesBelow(stage).flatMap(({ tables = [] }) => tables), table, ...more];
}

/**
 * Those of all values that are asked for, themselves or by one of their names.
 *
 * @throws a sentence where a name is none of theirs.
 */
export function chosen<T extends object>(
  asked: readonly (T | string)[],
  all: readonly T[],
  namesOf: (value: T) => readonly string[],
): T[] {
  return [
    ...new Set(
      asked.flatMap((one) => {
        if (typeof one !== 'string') return [one];
        const named = all.filter((value) => namesOf(value).includes(one));
        if (named.length > 0) return named;
        const known = [...new Set(all.map((value) => namesOf(value)[0]))];
        throw new Error(`There is no ${JSON.stringify(one)} here: use some of ${known.join(', ')}.`);
      }),
    ),
  ];
}

/** Every combination of values, the last changing fastest. */
export function combinations<Of extends Record<string, readonly unknown[]>>(
  of: Of,
): { [Name in keyof Of]: Of[Name][number] }[] {
  return Object.entries(of).reduce<object[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as { [Name in keyof Of]: Of[Name][number] }[];
}
