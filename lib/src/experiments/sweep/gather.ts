/** Gathers the tables of a sweep's jobs into one folder. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../../runs/columns';
import { tablesOf } from '../../runs/experiment';
import { type AnyExperiment, EXPERIMENTS } from '..';

/** What gathering did with the rows of a table. */
export interface Gathered {
  table: string;
  added: number;
  /** Rows that are there with other values, and were left as they are. */
  differing: number;
}

/** Every table that the runs of experiments fill, by its file's name. */
export function allTables(experiments: readonly AnyExperiment[] = Object.values(EXPERIMENTS)): Map<string, Table> {
  return new Map(experiments.flatMap(tablesOf).map((table) => [table.file, table]));
}

/**
 * Adds the rows in the tables of the folders `from` to the tables in `into`, which is made if need be. Tables are sorted, so
 * their bytes depend on the rows alone; gathering twice changes nothing.
 */
export function gatherTables(from: string[], into: string, experiments?: readonly AnyExperiment[]): Gathered[] {
  mkdirSync(into, { recursive: true });
  return [...allTables(experiments).values()].flatMap((table) => {
    const parts = from.filter((folder) => existsSync(join(folder, table.file)));
    if (parts.length === 0) return [];
    const rows = parts.flatMap((folder) => table.read(folder));
    const { added, differing } = table.add(into, rows);
    return [{ table: table.file, added, differing: differing.length }];
  });
}
