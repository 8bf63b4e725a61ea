/** The kinds of run that a sweep carries out: how each is made, known to be done, and named in the run store. */
import { join } from 'node:path';
import { readTable } from '../../runs/resultsTable';
import { runId } from '../../runs/runStore';
import { additionalTargetsSchema, dataEfficiencySchema, settingVariantsSchema } from '../../runs/schemas';
import type { TableSchema } from '../../runs/tableSchema';
import type { Expression } from '../../tasks/expressions';
import { targetSettings } from '../additionalTargets';
import { baseOf, chainOf, type StartSettings, untrainedChainOf, type Workshop } from '../chain';
import { conditionTitle } from '../conditionNames';
import { transferSettings } from '../dataEfficiency';
import { curveKey, targetKey } from '../resultRows';
import { additionalTargetRows, dataEfficiencyRows, variantRows } from '../results';
import type { ChainSettings, Condition, Origin, TransferSettings } from '../settings';
import { VARIANTS, type Variant } from '../variants';

/** A run that fills a row of a table, given the settings of its chain. */
export interface RowRequest {
  kind: 'curve' | 'variant' | 'target';
  condition: Condition;
  /** Number of disambiguation samples (for a target: of training samples). */
  n: number;
  /** Of the kind "variant": the setting that is changed. */
  variant?: Variant;
  /** Of the kind "target": the expression that is trained on. */
  target?: Expression;
}

/** A run that others start from. */
export interface OriginRequest {
  kind: Exclude<Origin, 'none'>;
  /** Whose chain it belongs to, where a variant changes that. */
  variant?: Variant;
}

export function isOrigin(request: RowRequest | OriginRequest): request is OriginRequest {
  return !('condition' in request);
}

interface RowKind<Row> {
  table: string;
  schema: TableSchema<Row>;
  /** The key of the run's row. */
  key(settings: ChainSettings, request: RowRequest): Partial<Row>;
  /** Stage and settings in the run store. */
  stage: string;
  settings(settings: ChainSettings, request: RowRequest, startsFrom: StartSettings): TransferSettings;
  /** Makes the run and puts its row into the workshop's table; no row where the person stopped it. */
  make(settings: ChainSettings, request: RowRequest, workshop: Workshop): Promise<Row[]>;
}

const curve: RowKind<unknown> = rowKind({
  table: 'data-efficiency.csv',
  schema: dataEfficiencySchema,
  key: (settings, { condition, n }) => curveKey(settings, condition, n),
  stage: 'transfer',
  settings: (settings, { condition, n }, startsFrom) => transferSettings(settings, condition, n, startsFrom),
  make: (settings, { condition, n }, workshop) =>
    dataEfficiencyRows(settings, { ...workshop, conditions: [condition], sizes: [n] }),
});

const variant: RowKind<unknown> = rowKind({
  table: 'setting-variants.csv',
  schema: settingVariantsSchema,
  key: (settings, request) => ({
    variant: variantOf(request),
    ...curveKey(settings, request.condition, request.n),
  }),
  stage: 'transfer',
  settings: (settings, request, startsFrom) =>
    transferSettings(changedChain(settings, request), request.condition, request.n, startsFrom),
  make: (settings, request, workshop) =>
    variantRows(settings, {
      ...workshop,
      variant: variantOf(request),
      conditions: [request.condition],
      sizes: [request.n],
    }),
});

const target: RowKind<unknown> = rowKind({
  table: 'additional-targets.csv',
  schema: additionalTargetsSchema,
  key: (settings, request) => targetKey(settings, request.condition, targetOf(request), request.n),
  stage: 'target',
  settings: (settings, request, startsFrom) =>
    targetSettings(settings, request.condition, targetOf(request), request.n, startsFrom),
  make: (settings, request, workshop) =>
    additionalTargetRows(settings, {
      ...workshop,
      targets: [targetOf(request)],
      conditions: [request.condition],
      sizes: [request.n],
    }),
});

const ROW_KINDS: Record<RowRequest['kind'], RowKind<unknown>> = { curve, variant, target };

function rowKind<Row>(kind: RowKind<Row>): RowKind<unknown> {
  return kind as RowKind<unknown>;
}

const variantOf = (request: RowRequest) => request.variant as Variant;
const targetOf = (request: RowRequest) => request.target as Expression;

/** The settings of the chain that a run belongs to: with the variant's change, where it is of one. */
export function changedChain(settings: ChainSettings, { variant }: { variant?: Variant }): ChainSettings {
  return variant ? VARIANTS[variant].change(settings) : settings;
}

/** Tells whether a run's row is in the tables of a folder, which are read once. */
export function doneIn(tables: string): (settings: ChainSettings, request: RowRequest) => boolean {
  const known = new Map<string, Set<string>>();
  return (settings, request) => {
    const { table, schema, key } = ROW_KINDS[request.kind];
    const keyText = (row: object) => JSON.stringify(schema.key.map((name) => (row as Record<string, unknown>)[name]));
    if (!known.has(table)) {
      const rows = readTable(join(tables, table), schema, { absent: 'empty' });
      known.set(table, new Set(rows.map((row) => keyText(row as object))));
    }
    return (known.get(table) as Set<string>).has(keyText(key(settings, request) as object));
  };
}

/** Stage and settings of a run in the run store, given the settings of what it starts from. */
export function storedAs(
  settings: ChainSettings,
  request: RowRequest,
  startsFrom: StartSettings,
): { stage: string; settings: TransferSettings; id: string } {
  const { stage, settings: settingsOf } = ROW_KINDS[request.kind];
  const of = settingsOf(settings, request, startsFrom);
  return { stage, settings: of, id: runId(stage, of) };
}

/** Makes a run, or takes it from the store, and puts its rows into the workshop's tables. False where it was stopped. */
export async function makeRun(
  settings: ChainSettings,
  request: RowRequest | OriginRequest,
  workshop: Workshop,
): Promise<boolean> {
  if (!isOrigin(request)) return (await ROW_KINDS[request.kind].make(settings, request, workshop)).length > 0;
  const make = { base: baseOf, mask: chainOf, 'untrained mask': untrainedChainOf }[request.kind];
  return (await make(changedChain(settings, request), workshop)) !== undefined;
}

/** A run in words. */
export function nameOf(settings: ChainSettings, request: RowRequest | OriginRequest): string {
  const { layers, seed } = settings.base;
  const chain = `${layers} layer${layers > 1 ? 's' : ''}, seed ${seed}`;
  const changed = request.variant ? `, ${request.variant.replaceAll('_', ' ')}` : '';
  if (isOrigin(request)) {
    const what = { base: 'base model', mask: 'mask', 'untrained mask': 'mask of an untrained model' }[request.kind];
    return `${what} (${chain}${changed})`;
  }
  const { condition, n, target } = request;
  return `${target ? `"${target}" from ` : ''}${conditionTitle(condition)}, n = ${n} (${chain}${changed})`;
}
