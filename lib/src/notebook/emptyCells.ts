/**
 * Empty cells in danfo 1.2.0, which leaves them out of some statistics, takes them for numbers in others and breaks on them
 * in the rest. Here every one leaves them out, as pandas does, or says that it cannot.
 */
import type { DataFrame, Series } from 'danfojs-node';

type Danfo = typeof import('danfojs-node');
type Axis = 0 | 1;
type Method<Owner> = (this: Owner, ...inputs: unknown[]) => unknown;

/** What danfo has beside its published types. */
interface Groups {
  data: unknown[][];
  colIndex: number[];
}

/** Whether danfo takes a value for a missing one. */
export function isEmptyCell(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

/** Changes danfo's own methods; to be called once. */
export function leaveOutEmptyCells(danfo: Danfo): void {
  const groups = new danfo.DataFrame([[0]], { columns: ['a'] }).groupby(['a']);
  mendSeries(Object.getPrototypeOf(danfo.Series.prototype));
  mendFrames(danfo, Object.getPrototypeOf(danfo.DataFrame.prototype));
  mendGroups(Object.getPrototypeOf(groups));
  // Of sortValues and sortIndex: rows without a value come last, in either direction.
  type Item = { value: unknown };
  mend(danfo.Utils.prototype, ['sortObj'], (former) => {
    return function (items, ascending) {
      const all = items as Item[];
      const present = all.filter(({ value }) => !isEmptyCell(value));
      const sorted = former.call(this, present, ascending) as Item[];
      return [...sorted, ...all.filter(({ value }) => isEmptyCell(value))];
    };
  });
}

const CUMULATED = ['cumSum', 'cumProd', 'cumMin', 'cumMax'];

function mendSeries(series: object): void {
  mend<Series>(series, ['mean', 'median', 'min', 'max', 'std', 'var'], (former) => {
    return function () {
      return this.count() === 0 ? Number.NaN : former.call(this);
    };
  });
  mend<Series>(series, ['nUnique'], () => {
    return function () {
      return distinct(this.values);
    };
  });
  refuse<Series>(series, [...CUMULATED, 'sortValues', 'argSort', 'argMax', 'argMin'], ({ values }) => values);
}

function mendFrames(danfo: Danfo, frames: object): void {
  // These fail on a row or column of empty cells alone.
  mend<DataFrame>(frames, ['median', 'min', 'max', 'std', 'var'], (former) => {
    return function (...inputs) {
      const values = (axis: Axis) => along(this, axis).map(presentOrNaN);
      return former.call(Object.create(this, { $getDataByAxisWithMissingValuesRemoved: { value: values } }), ...inputs);
    };
  });
  mend<DataFrame>(frames, ['nUnique'], () => {
    return function (axis = 1) {
      const counts = along(this, axis as Axis).map(distinct);
      return new danfo.Series(counts, { index: axis === 0 ? this.columns : this.index });
    };
  });
  mend<DataFrame>(frames, ['describe'], () => {
    return function () {
      const columns = this.columns.filter((_, i) => ['int32', 'float32', 'boolean'].includes(this.dtypes[i]));
      if (columns.length === 0) throw new Error('describe: the DataFrame has no column of numbers.');
      const described = columns.map((name) => this.column(name).describe());
      const rows = described[0].index.map((_, i) => described.map(({ values }) => values[i] as number));
      return new danfo.DataFrame(rows, { columns, index: described[0].index });
    };
  });
  mend<DataFrame>(frames, ['dropNa'], (former) => {
    return function (options) {
      const { axis = 1, inplace = false } = (options ?? {}) as { axis?: Axis; inplace?: boolean };
      if (axis === 1) return former.call(this, options);
      const empty = this.columns.filter((_, i) => along(this, 0)[i].some(isEmptyCell));
      return this.drop({ columns: empty, inplace });
    };
  });
  refuse<DataFrame>(frames, CUMULATED, (frame) => along(frame, 1).flat());
}

function mendGroups(groups: object): void {
  mend<Groups>(groups, ['groupMathLog'], (former) => {
    return function (cells, operation) {
      const present = (cells as unknown[]).filter((cell) => !isEmptyCell(cell));
      if ((operation as string).startsWith('cum') && present.length < (cells as unknown[]).length) {
        throw refusal(operation as string);
      }
      if (present.length === 0) return [operation === 'count' || operation === 'sum' ? 0 : Number.NaN];
      return former.call(this, present, operation);
    };
  });
  mend<Groups>(groups, ['group'], (former) => {
    return function () {
      const names = new Map<string, string>();
      for (const row of this.data) {
        const keys = this.colIndex.map((i) => row[i]);
        const [name, exact] = [keys.join('-'), JSON.stringify(keys)];
        const other = names.get(name) ?? exact;
        if (other !== exact) {
          throw new Error(
            `groupby: danfo would take the groups ${other} and ${exact} for one, as it joins them with "-": change one of the values.`,
          );
        }
        names.set(name, exact);
      }
      return former.call(this);
    };
  });
}

/** Puts methods in the place of those of these names, each made of the former one. */
function mend<Owner>(
  prototype: object,
  names: readonly string[],
  make: (former: Method<Owner>) => Method<Owner>,
): void {
  const methods = prototype as Record<string, Method<Owner>>;
  for (const name of names) methods[name] = make(methods[name]);
}

/** Makes methods refuse empty cells. */
function refuse<Owner>(prototype: object, names: readonly string[], valuesOf: (owner: Owner) => unknown[]): void {
  for (const name of names) {
    mend<Owner>(prototype, [name], (former) => {
      return function (...inputs) {
        if (valuesOf(this).some(isEmptyCell)) throw refusal(name);
        return former.call(this, ...inputs);
      };
    });
  }
}

function refusal(method: string): Error {
  return new Error(`danfo's ${method} cannot leave out empty cells: take dropNa() or fillNa() first.`);
}

/** The values of a frame, column by column (0) or row by row (1). */
function along(frame: DataFrame, axis: Axis): unknown[][] {
  return (axis === 0 ? frame.getColumnData : frame.values) as unknown[][];
}

function presentOrNaN(values: unknown[]): unknown[] {
  const present = values.filter((value) => !isEmptyCell(value));
  return present.length > 0 ? present : [Number.NaN];
}

function distinct(values: unknown[]): number {
  return new Set(values.filter((value) => !isEmptyCell(value))).size;
}
