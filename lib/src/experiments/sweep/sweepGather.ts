/** Gathers the tables of a sweep's jobs into one folder. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { appendRows, readTable } from '../../runs/resultsTable';
import {
  additionalTargetsSchema,
  baseModelsSchema,
  dataEfficiencySchema,
  settingVariantsSchema,
  subnetworksSchema,
  transferDetailsSchema,
} from '../../runs/schemas';
import type { TableSchema } from '../../runs/tableSchema';

/** Every table that runs write, by its file's name. */
const TABLES: Record<string, TableSchema<unknown>> = {
  'base-models.csv': schemaOf(baseModelsSchema),
  'subnetworks.csv': schemaOf(subnetworksSchema),
  'transfer-details.csv': schemaOf(transferDetailsSchema),
  'data-efficiency.csv': schemaOf(dataEfficiencySchema),
  'setting-variants.csv': schemaOf(settingVariantsSchema),
  'additional-targets.csv': schemaOf(additionalTargetsSchema),
};

function schemaOf<Row>(schema: TableSchema<Row>): TableSchema<unknown> {
  return schema as TableSchema<unknown>;
}

/** What gathering did with the rows of a table. */
export interface Gathered {
  table: string;
  added: number;
  /** Rows that are there with other values, and were left as they are. */
  differing: number;
}

/**
 * Adds the rows in the tables of the folders `from` to the tables in `into`, which is made if need be. Tables are sorted,
 * so their bytes depend on the rows alone; gathering twice changes nothing.
 */
export function gatherTables(from: string[], into: string): Gathered[] {
  mkdirSync(into, { recursive: true });
  return Object.entries(TABLES).flatMap(([table, schema]) => {
    const parts = from.map((folder) => join(folder, table)).filter((path) => existsSync(path));
    if (parts.length === 0) return [];
    const rows = parts.flatMap((path) => readTable(path, schema));
    const { added, differing } = appendRows(join(into, table), schema, rows);
    return [{ table, added, differing: differing.length }];
  });
}
