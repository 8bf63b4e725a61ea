/** The rows that runs put into the tables of data/results: one row a run (for a mask, one for each masked weight). */
import { appendRows } from '../runs/resultsTable';
import {
  type BaseModelRow,
  baseModelsSchema,
  type DataEfficiencyRow,
  type SubnetworkRow,
  subnetworksSchema,
  type TransferDetailsRow,
} from '../runs/schemas';
import type { Expression } from '../tasks/expressions';
import { type BaseModel, isUntrained } from './baseModel';
import type { StartsFrom } from './chain';
import type { Transfer } from './dataEfficiency';
import { type ChainSettings, type Condition, originOf } from './settings';
import type { Discovery } from './subnetworkDiscovery';

/** The tables' folder; without one, nothing is gathered. */
export interface Tables {
  tables?: string;
}

/** Puts the rows of finished base runs into base-models.csv. */
export function gatherBaseModels(models: BaseModel[], { tables }: Tables): void {
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
export function gatherSubnetwork(base: BaseModel, discovery: Discovery, { tables }: Tables): void {
  if (tables) appendRows(`${tables}/subnetworks.csv`, subnetworksSchema, subnetworkRows(base, discovery));
}

/** The rows of a finished mask, one for each masked weight. */
export function subnetworkRows(base: BaseModel, { id, settings, result, subnetwork }: Discovery): SubnetworkRow[] {
  return Object.entries(subnetwork).map(([parameter, { keep }]) => {
    const [, block, map] = /^transformer\.h\.(\d+)\.(.+)\.weight$/.exec(parameter) as RegExpExecArray;
    return {
      n_layers: base.settings.layers,
      seed: settings.seed,
      base: isUntrained(base.settings) ? 'untrained' : 'trained',
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

/** What every table of transfer runs says of a run's origin. */
export function originColumns(
  condition: Condition,
  { base, discovery }: StartsFrom,
): Pick<DataEfficiencyRow, 'base_run' | 'mask_run'> {
  const origin = originOf(condition);
  return {
    base_run: origin === 'none' ? null : (base?.id as string),
    mask_run: origin === 'none' || origin === 'base' ? null : (discovery?.id as string),
  };
}

/** What tells the runs of a data-efficiency curve apart: the key of data-efficiency.csv. */
export function curveKey(settings: ChainSettings, { inheritFrom, sampler, subnetwork }: Condition, n: number) {
  return {
    inherit_from: inheritFrom,
    sampler: sampler ?? null,
    subnetwork: subnetwork ?? null,
    n_layers: settings.base.layers,
    n_disambiguation: n,
    seed: settings.transfer.seed,
  };
}

/** What tells the runs on other targets apart: the key of additional-targets.csv. */
export function targetKey(settings: ChainSettings, { inheritFrom }: Condition, target: Expression, n: number) {
  return {
    inherit_from: inheritFrom,
    target,
    n_layers: settings.base.layers,
    n_samples: n,
    seed: settings.transfer.seed,
  };
}

/** The row of a transfer run in data-efficiency.csv. */
export function dataEfficiencyRow(
  settings: ChainSettings,
  condition: Condition,
  { settings: { n }, result }: Transfer,
  startsFrom: StartsFrom,
): DataEfficiencyRow {
  return {
    ...curveKey(settings, condition, n),
    test_accuracy: result.test_accuracy,
    best_epoch: result.best_epoch,
    ...originColumns(condition, startsFrom),
  };
}

/** The row of the same run in transfer-details.csv. */
export function transferDetailsRow(
  settings: ChainSettings,
  condition: Condition,
  { id, settings: { n }, result }: Transfer,
): TransferDetailsRow {
  return {
    ...curveKey(settings, condition, n),
    run: id as string,
    best_eval_accuracy: result.best_eval_accuracy,
    test_is_2a2: result.test_is_2a2,
    test_is_2b2: result.test_is_2b2,
    last_train_loss: result.last_train_loss,
    transferred_weights: result.transferred_weights,
  };
}
