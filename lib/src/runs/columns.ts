/** The kinds of columns that the tables have. */
import type { Column } from './tableSchema';

/** Ids of runs in the run store. */
const RUN = /^[a-z][a-z0-9-]*-[0-9a-f]{12}$/;

/** A whole number. */
export const count = <Name extends string>(name: Name, min = 0) => ({ name, type: 'integer', min }) as const;
/** A number from 0 to 1. */
export const share = <Name extends string>(name: Name) => ({ name, type: 'number', min: 0, max: 1 }) as const;
/** One of some texts, in the order in which rows are sorted. */
export const oneOf = <Name extends string>(name: Name, values: readonly string[]) =>
  ({ name, type: 'text', values }) as const;
/** The id of a run. */
export const runOf = <Name extends string>(name: Name) => ({ name, type: 'text', pattern: RUN }) as const;
/** The same, or empty. */
export const optional = <Name extends string>(column: Column<Name>): Column<Name> => ({ ...column, optional: true });
