/** The tables of data/results that transfer runs fill: a row that is there counts as done. */
import { appendRows, readTable } from '../runs/resultsTable';
import {
  type AdditionalTargetRow,
  additionalTargetsSchema,
  type DataEfficiencyRow,
  dataEfficiencySchema,
  type SettingVariantRow,
  settingVariantsSchema,
  transferDetailsSchema,
} from '../runs/schemas';
import type { TableSchema } from '../runs/tableSchema';
import { EXPRESSIONS, type Expression } from '../tasks/expressions';
import { TARGET_CONDITIONS, TARGET_SIZES, targetRun, targetSettings } from './additionalTargets';
import { origins, type Workshop } from './chain';
import { transferRun, transferSettings } from './dataEfficiency';
import { curveKey, dataEfficiencyRow, originColumns, targetKey, transferDetailsRow } from './resultRows';
import { type ChainSettings, type Condition, CURVE_CONDITIONS } from './settings';
import { VARIANTS, type Variant } from './variants';

/** Which rows are wanted, and who hears of each as it is there. */
export interface Wanted<Row> {
  conditions?: Condition[];
  sizes?: number[];
  onRow?: (row: Row, done: number, of: number) => void;
}

/**
 * The rows of a data-efficiency curve: each from the table where it is there, else from the store, else computed now.
 * Base model and mask are only needed (and, if need be, made) for rows that are missing.
 *
 * Stopped by the person, it returns the rows that are finished.
 */
export function dataEfficiencyRows(
  settings: ChainSettings,
  { conditions = CURVE_CONDITIONS, sizes = settings.sizes, onRow, ...workshop }: Workshop & Wanted<DataEfficiencyRow>,
): Promise<DataEfficiencyRow[]> {
  const startsFrom = origins(settings, workshop);
  return rowsOf(
    sizes.flatMap((n) => conditions.map((condition) => ({ condition, n }))),
    {
      table: tableOf(workshop, 'data-efficiency.csv'),
      schema: dataEfficiencySchema,
      onRow,
      key: ({ condition, n }) => curveKey(settings, condition, n),
      async make({ condition, n }) {
        const start = await startsFrom(condition);
        if (!start) return undefined;
        const transfer = await transferRun(transferSettings(settings, condition, n, start), start, workshop);
        if (!transfer.id) return undefined;
        const details = tableOf(workshop, 'transfer-details.csv');
        if (details) {
          appendRows(details, transferDetailsSchema, [transferDetailsRow(settings, condition, transfer)]);
        }
        return dataEfficiencyRow(settings, condition, transfer, start);
      },
    },
  );
}

/** The rows of a curve with one setting changed (see VARIANTS), in the manner of dataEfficiencyRows. */
export function variantRows(
  settings: ChainSettings,
  {
    variant,
    conditions = VARIANTS[variant].conditions,
    sizes = settings.sizes,
    onRow,
    ...workshop
  }: Workshop & Wanted<SettingVariantRow> & { variant: Variant },
): Promise<SettingVariantRow[]> {
  const changed = VARIANTS[variant].change(settings);
  const startsFrom = origins(changed, workshop);
  return rowsOf(
    sizes.flatMap((n) => conditions.map((condition) => ({ condition, n }))),
    {
      table: tableOf(workshop, 'setting-variants.csv'),
      schema: settingVariantsSchema,
      onRow,
      key: ({ condition, n }) => ({ variant, ...curveKey(changed, condition, n) }),
      async make({ condition, n }) {
        const start = await startsFrom(condition);
        if (!start) return undefined;
        const transfer = await transferRun(transferSettings(changed, condition, n, start), start, workshop);
        return transfer.id ? { variant, ...dataEfficiencyRow(changed, condition, transfer, start) } : undefined;
      },
    },
  );
}

/** The rows of the other targets (method section 1d), in the manner of dataEfficiencyRows. */
export function additionalTargetRows(
  settings: ChainSettings,
  {
    targets = EXPRESSIONS,
    conditions = TARGET_CONDITIONS,
    sizes = TARGET_SIZES,
    onRow,
    ...workshop
  }: Workshop & Wanted<AdditionalTargetRow> & { targets?: readonly Expression[] },
): Promise<AdditionalTargetRow[]> {
  const startsFrom = origins(settings, workshop);
  return rowsOf(
    targets.flatMap((target) => sizes.flatMap((n) => conditions.map((condition) => ({ condition, target, n })))),
    {
      table: tableOf(workshop, 'additional-targets.csv'),
      schema: additionalTargetsSchema,
      onRow,
      key: ({ condition, target, n }) => targetKey(settings, condition, target, n),
      async make({ condition, target, n }) {
        const start = await startsFrom(condition);
        if (!start) return undefined;
        const made = await targetRun(targetSettings(settings, condition, target, n, start), start, workshop);
        if (!made.id) return undefined;
        return {
          ...targetKey(settings, condition, target, n),
          ...made.result.selected,
          run: made.id,
          ...originColumns(condition, start),
        };
      },
    },
  );
}

function tableOf({ tables }: Workshop, name: string): string | undefined {
  return tables && `${tables}/${name}`;
}

/** The rows of runs: from the table where they are there, else made now and put there. Ends where `make` is stopped. */
async function rowsOf<Run, Row>(
  runs: Run[],
  {
    table,
    schema,
    key,
    make,
    onRow,
  }: {
    table?: string;
    schema: TableSchema<Row>;
    key(run: Run): Partial<Row>;
    make(run: Run): Promise<Row | undefined>;
    onRow?: Wanted<Row>['onRow'];
  },
): Promise<Row[]> {
  const keyText = (row: Partial<Row>) => JSON.stringify(schema.key.map((name) => row[name]));
  const known = new Map((table ? readTable(table, schema, { absent: 'empty' }) : []).map((row) => [keyText(row), row]));
  const rows: Row[] = [];
  for (const run of runs) {
    let row = known.get(keyText(key(run)));
    if (!row) {
      row = await make(run);
      if (!row) break;
      if (table) appendRows(table, schema, [row]);
    }
    rows.push(row);
    onRow?.(row, rows.length, runs.length);
  }
  return rows;
}
