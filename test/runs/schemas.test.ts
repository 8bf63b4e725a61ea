import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  additionalTargetsSchema,
  type BaseModelRow,
  baseModelsSchema,
  type DataEfficiencyRow,
  dataEfficiencySchema,
  type SubnetworkRow,
  settingVariantsSchema,
  subnetworksSchema,
  transferDetailsSchema,
} from '../../lib/dist/experiments';
import {
  publishedAdditionSamplesSchema,
  publishedAdditionVariantsSchema,
  publishedBaseAccuracySchema,
  publishedBaseLossSchema,
  publishedDepthSchema,
  publishedDifficultySchema,
  publishedDistillationSchema,
  publishedEasyFeaturesSchema,
  publishedFigure2Schema,
  publishedFigure4Schema,
  publishedFrozenOrTrainableSchema,
  publishedGrokkingBorderSchema,
  publishedGrokkingRunSchema,
  publishedRichFeaturesSchema,
  publishedShapeBiasSchema,
} from '../../lib/dist/runs/publishedSchemas';
import type { TableSchema } from '../../lib/dist/runs/resultsTable';
import { appendRows, readTable } from '../../lib/dist/runs/resultsTable';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  path = join(folder, 'table.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

const BASE = 'base-0123456789ab';
const MASK = 'mask-0123456789ab';

describe('published tables', () => {
  it('fit their schemas', () => {
    expect(readTable('data/published/fig2.csv', publishedFigure2Schema).length).toBe(132);
    expect(readTable('data/published/fig_depth_breakdown.csv', publishedDepthSchema).length).toBe(480);
    expect(readTable('data/published/fig_frozen_vs_trainable.csv', publishedFrozenOrTrainableSchema).length).toBe(96);
    expect(readTable('data/published/fig4.csv', publishedFigure4Schema).length).toBe(1161);
    expect(readTable('data/published/base-accuracy.csv', publishedBaseAccuracySchema).length).toBe(8);
    expect(readTable('data/published/base-loss.csv', publishedBaseLossSchema).length).toBe(2);
    expect(readTable('data/published/shape-bias.csv', publishedShapeBiasSchema).length).toBe(5);
    expect(readTable('data/published/easy-features.csv', publishedEasyFeaturesSchema).length).toBe(3);
    expect(readTable('data/published/rich-features.csv', publishedRichFeaturesSchema).length).toBe(38);
    expect(readTable('data/published/grokking-border.csv', publishedGrokkingBorderSchema).length).toBe(1);
    expect(readTable('data/published/grokking-run.csv', publishedGrokkingRunSchema).length).toBe(3);
    expect(readTable('data/published/task-difficulty.csv', publishedDifficultySchema).length).toBe(20);
    expect(readTable('data/published/addition-samples.csv', publishedAdditionSamplesSchema).length).toBe(57);
    expect(readTable('data/published/addition-variants.csv', publishedAdditionVariantsSchema).length).toBe(8);
    expect(readTable('data/published/distillation-mistakes.csv', publishedDistillationSchema).length).toBe(32);
  });
});

describe('dataEfficiencySchema', () => {
  const run = (changes: Partial<DataEfficiencyRow> = {}): DataEfficiencyRow => ({
    inherit_from: 'subnet',
    sampler: null,
    subnetwork: 'frozen',
    n_layers: 2,
    n_disambiguation: 640,
    seed: 1,
    test_accuracy: 0.933,
    best_epoch: 77,
    base_run: BASE,
    mask_run: MASK,
    ...changes,
  });
  const sampled = run({ inherit_from: 'subnet_sampled', sampler: 'described' });
  const original = run({ inherit_from: 'original', subnetwork: null, mask_run: null });
  const fresh = run({ inherit_from: 'random', subnetwork: null, base_run: null, mask_run: null });
  const untrained = run({ inherit_from: 'subnet_untrained' });

  it('takes a run of every condition', () => {
    const rows = [fresh, original, untrained, sampled, { ...sampled, sampler: 'released' as const }, run()];
    expect(appendRows(path, dataEfficiencySchema, rows).added).toBe(6);
    expect(readTable(path, dataEfficiencySchema)).toEqual([...rows].reverse().sort((a, b) => rank(a) - rank(b)));
    function rank({ inherit_from, sampler }: DataEfficiencyRow): number {
      const order = ['subnet', 'subnet_sampled', 'subnet_untrained', 'original', 'random'];
      return order.indexOf(inherit_from) + (sampler === 'released' ? 0.5 : 0);
    }
  });

  it('refuses columns that do not belong to the condition', () => {
    const refused = (row: DataEfficiencyRow, because: string) =>
      expect(() => appendRows(path, dataEfficiencySchema, [row])).toThrow(because);
    refused({ ...sampled, sampler: null }, 'with inherit_from subnet_sampled, sampler must be given');
    refused(run({ sampler: 'released' }), 'with inherit_from subnet, sampler must be empty');
    refused({ ...original, subnetwork: 'frozen' }, 'with inherit_from original, subnetwork must be empty');
    refused({ ...fresh, base_run: BASE }, 'with inherit_from random, base_run must be empty');
    refused(run({ mask_run: null }), 'with inherit_from subnet, mask_run must be given');
    refused(run({ mask_run: 'somewhere' }), 'column "mask_run": "somewhere" does not look like');
    refused(run({ n_disambiguation: -1 }), 'column "n_disambiguation": -1 is below 0');
  });
});

describe('the tables in data/results', () => {
  it('fit their schemas', () => {
    const rowsOf = <Row>(name: string, schema: TableSchema<Row>) =>
      readTable(`data/results/${name}.csv`, schema, { absent: 'empty' });
    const curves = rowsOf('data-efficiency', dataEfficiencySchema);
    expect(curves.length).toBeGreaterThan(0);
    for (const row of curves) expect(row.test_accuracy).toBeLessThanOrEqual(1);
    rowsOf('base-models', baseModelsSchema);
    rowsOf('subnetworks', subnetworksSchema);
    rowsOf('setting-variants', settingVariantsSchema);
    rowsOf('additional-targets', additionalTargetsSchema);
    const details = rowsOf('transfer-details', transferDetailsSchema);
    const key = (row: object) =>
      JSON.stringify(dataEfficiencySchema.key.map((name) => (row as DataEfficiencyRow)[name]));
    const known = new Set(curves.map(key));
    expect(details.filter((row) => !known.has(key(row)))).toEqual([]);
    // Each run that was made again is there once more.
    const again = rowsOf('again/data-efficiency', dataEfficiencySchema);
    expect(again.length).toBeGreaterThan(0);
    expect(again.filter((row) => !known.has(key(row)))).toEqual([]);
    expect(rowsOf('again/transfer-details', transferDetailsSchema).map(key)).toEqual(again.map(key));
    rowsOf('again/base-models', baseModelsSchema);
    rowsOf('again/subnetworks', subnetworksSchema);
  });
});

describe('baseModelsSchema and subnetworksSchema', () => {
  it('take runs, and refuse contradictions', () => {
    const base: BaseModelRow = {
      n_layers: 2,
      seed: 3,
      attempt: 1,
      run: BASE,
      stuck: false,
      best_epoch: 7,
      steps: 68000,
      solved_at_step: 24000,
      eval_loss: 2.3042,
      eval_accuracy: 1,
      trained_with: 'tensorflow',
    };
    const stuck = { ...base, attempt: 2, stuck: true, solved_at_step: null };
    appendRows(path, baseModelsSchema, [stuck, base]);
    expect(readTable(path, baseModelsSchema)).toEqual([base, stuck]);
    const add = (row: BaseModelRow) => () => appendRows(path, baseModelsSchema, [row]);
    expect(add({ ...base, stuck: true })).toThrow('a run is stuck exactly where solved_at_step is empty');
    expect(add({ ...base, solved_at_step: 70000 })).toThrow('solved_at_step 70000 is above the 68000 steps taken');

    const layer: SubnetworkRow = {
      n_layers: 2,
      seed: 3,
      base: 'trained',
      expression: 'ab',
      temperature_schedule: 'released',
      run: MASK,
      base_run: BASE,
      best_epoch: 50,
      eval_accuracy: 1,
      block: 0,
      map: 'attn.c_attn',
      kept: 2691,
      total: 49152,
    };
    const file = join(folder, 'subnetworks.csv');
    const rows = [layer, { ...layer, map: 'mlp.c_proj' as const }, { ...layer, block: 1 }];
    appendRows(file, subnetworksSchema, [...rows].reverse());
    expect(readTable(file, subnetworksSchema)).toEqual(rows);
    expect(() => appendRows(file, subnetworksSchema, [{ ...layer, block: 2 }])).toThrow(
      'there is no block 2 in 2 layers',
    );
    expect(() => appendRows(file, subnetworksSchema, [{ ...layer, kept: 49153 }])).toThrow(
      '49153 weights are kept of 49152',
    );
  });
});
