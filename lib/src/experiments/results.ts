/** The tables of data/results: one row a run, written by the runs themselves. */
import { appendRows, readTable } from '../runs/resultsTable';
import type { RunStore } from '../runs/runStore';
import {
  type BaseModelRow,
  baseModelsSchema,
  type DataEfficiencyRow,
  dataEfficiencySchema,
  type SubnetworkRow,
  subnetworksSchema,
} from '../runs/schemas';
import { type BaseModel, baseModel } from './baseModel';
import { type Transfer, transferRun, transferSettings } from './dataEfficiency';
import type { Observer } from './observer';
import { type ChainSettings, type Condition, CURVE_CONDITIONS } from './settings';
import { type Discovery, discoverSubnetwork } from './subnetworkDiscovery';

/** Where runs are kept, where their rows go, and who watches. */
export interface Workshop {
  store: RunStore;
  observer?: Observer;
  /** Folder of the tables; without one (a quick preset) rows are not gathered, and runs are known by the store alone. */
  tables?: string;
}

/** A finished chain up to the mask. */
export interface Chain {
  settings: ChainSettings;
  base: BaseModel;
  discovery: Discovery;
}

/** The base model and the mask of a chain; their rows go into the tables. Undefined where the person stopped a run. */
export async function chainOf(settings: ChainSettings, workshop: Workshop): Promise<Chain | undefined> {
  const { base, attempts } = await baseModel(settings.base, workshop);
  gatherBaseModels(attempts, workshop);
  if (!base.id) return undefined;
  const discovery = await discoverSubnetwork(base, settings.discovery, workshop);
  if (!discovery.id) return undefined;
  gatherSubnetwork(base, discovery, workshop);
  return { settings, base, discovery };
}

/** Puts the rows of finished base runs into base-models.csv. */
export function gatherBaseModels(models: BaseModel[], { tables }: Workshop): void {
  if (tables) appendRows(`${tables}/base-models.csv`, baseModelsSchema, baseModelRows(models));
}

/** The rows of finished base runs; an interrupted run has none. */
export function baseModelRows(models: Pick<BaseModel, 'id' | 'settings' | 'result'>[]): BaseModelRow[] {
  return models
    .filter(({ id }) => id)
    .map(({ id, settings, result }) => {
      const { layers, seed, attempt } = settings;
      return { n_layers: layers, seed, attempt, run: id as string, ...result };
    });
}

/** Puts the rows of a finished mask into subnetworks.csv: one for each masked weight. */
export function gatherSubnetwork(base: BaseModel, discovery: Discovery, { tables }: Workshop): void {
  if (tables) appendRows(`${tables}/subnetworks.csv`, subnetworksSchema, subnetworkRows(base, discovery));
}

/** The rows of a finished mask, one for each masked weight. */
export function subnetworkRows(base: BaseModel, { id, settings, result, subnetwork }: Discovery): SubnetworkRow[] {
  return Object.entries(subnetwork).map(([parameter, { keep }]) => {
    const [, block, map] = /^transformer\.h\.(\d+)\.(.+)\.weight$/.exec(parameter) as RegExpExecArray;
    return {
      n_layers: base.settings.layers,
      seed: settings.seed,
      expression: settings.expression,
      temperature_schedule: settings.temperatureSchedule,
      run: id as string,
      base_run: base.id as string,
      best_epoch: result.best_epoch,
      eval_accuracy: result.eval_accuracy,
      block: Number(block),
      map: map as SubnetworkRow['map'],
      kept: result.layers[parameter],
      total: keep.length,
    };
  });
}

/**
 * The rows of a data-efficiency curve: each from the table where it is there, else from the store, else computed now.
 * Base model and mask are only needed (and, if need be, made) for rows that are missing.
 *
 * Stopped by the person, it returns the rows that are finished.
 */
export async function dataEfficiencyRows(
  settings: ChainSettings,
  {
    conditions = CURVE_CONDITIONS,
    sizes = settings.sizes,
    onRow,
    ...workshop
  }: Workshop & {
    conditions?: Condition[];
    sizes?: number[];
    onRow?: (row: DataEfficiencyRow, done: number, of: number) => void;
  },
): Promise<DataEfficiencyRow[]> {
  const table = workshop.tables && `${workshop.tables}/data-efficiency.csv`;
  const known = new Map(
    (table ? readTable(table, dataEfficiencySchema, { absent: 'empty' }) : []).map((row) => [keyOf(row), row]),
  );
  const rows: DataEfficiencyRow[] = [];
  let chain: Chain | undefined;
  const runs = sizes.flatMap((n) => conditions.map((condition) => ({ n, condition })));
  for (const { n, condition } of runs) {
    let row = known.get(keyOf(rowOf(settings, condition, n)));
    if (!row) {
      chain ??= await chainOf(settings, workshop);
      if (!chain) break;
      const transfer = await transferRun(transferSettings(settings, condition, n, chain), chain, workshop);
      if (!transfer.id) break;
      row = rowOf(settings, condition, n, { transfer, chain });
      if (table) appendRows(table, dataEfficiencySchema, [row]);
    }
    rows.push(row);
    onRow?.(row, rows.length, runs.length);
  }
  return rows;
}

/** The row of a run; without the run, one with its key alone. */
function rowOf(
  settings: ChainSettings,
  { inheritFrom, sampler, subnetwork }: Condition,
  n: number,
  run?: { transfer: Transfer; chain: Chain },
): DataEfficiencyRow {
  return {
    inherit_from: inheritFrom,
    sampler: sampler ?? null,
    subnetwork: subnetwork ?? null,
    n_layers: settings.base.layers,
    n_disambiguation: n,
    seed: settings.transfer.seed,
    test_accuracy: run?.transfer.result.test_accuracy ?? Number.NaN,
    best_epoch: run?.transfer.result.best_epoch ?? Number.NaN,
    base_run: run && inheritFrom !== 'random' ? (run.chain.base.id as string) : null,
    mask_run: run && inheritFrom.startsWith('subnet') ? (run.chain.discovery.id as string) : null,
  };
}

function keyOf(row: DataEfficiencyRow): string {
  return dataEfficiencySchema.key.map((name) => row[name]).join();
}
