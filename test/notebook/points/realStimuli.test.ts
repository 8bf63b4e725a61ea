import { describe, expect, it } from 'vitest';
import { stimuliAccuracyChart } from '../../../lib/dist/notebook/charts/stimuliAccuracy';
import { realStimuliPoints, realStimuliTable } from '../../../lib/dist/notebook/points/realStimuli';
import type { RealStimuliRow } from '../../../lib/dist/runs/imageSchemas';
import { draw } from '../charts/draw';
import { rowOf } from './imageRow';

function stimuliRow(change: Partial<RealStimuliRow>): RealStimuliRow {
  const { preset, model, images, base_pooled_share, seed, run } = rowOf({ seed: change.seed });
  const { inherit_from, normalization, trained, pooled_share, kept_share } = rowOf({});
  const condition = { inherit_from, normalization, trained, pooled_share, kept_share };
  const measured = {
    stimuli: 'silhouettes',
    stimuli_shown: 160,
    shape_decisions: 40,
    texture_decisions: null,
  } as const;
  return {
    ...{ preset, model, images, base_pooled_share, seed, run, stage: 'transfer' },
    ...condition,
    ...measured,
    ...change,
  };
}

const rows = [
  stimuliRow({}),
  stimuliRow({ seed: 2, shape_decisions: 80 }),
  stimuliRow({ stimuli: 'cue-conflict', stimuli_shown: 1200, shape_decisions: 300, texture_decisions: 60 }),
  stimuliRow({ normalization: 'train', shape_decisions: 0 }),
  stimuliRow({ inherit_from: 'random', trained: null, normalization: 'train', shape_decisions: 10 }),
  stimuliRow({ stage: 'base', inherit_from: null, trained: null, normalization: null, pooled_share: 0.25 }),
];

describe('real stimuli', () => {
  it('are points for each model and kind: means and intervals over seeds, or of one seed', () => {
    const points = realStimuliPoints(rows);
    expect(points.map(({ model, stimuli, seeds }) => [model, stimuli, seeds])).toEqual([
      ['subnetwork (eval)', 'silhouettes', 2],
      ['subnetwork (eval)', 'cue-conflict', 1],
      ['subnetwork (train)', 'silhouettes', 1],
      ['random init', 'silhouettes', 1],
      ['base', 'silhouettes', 1],
    ]);
    expect(points[0]).toMatchObject({ accuracy: 0.375, low: 0.25, high: 0.5, texture: Number.NaN });
    expect(points[1]).toMatchObject({ accuracy: 0.25, texture: 0.05 });
    expect(points[2]).toMatchObject({ accuracy: 0, low: 0 });
  });

  it('are a table with a row for each model, and a chart with a point for each', async () => {
    const points = realStimuliPoints(rows);
    const table = realStimuliTable(points);
    expect(table.map(({ model }) => model)).toEqual(['subnetwork (eval)', 'subnetwork (train)', 'random init', 'base']);
    expect(table[0]).toMatchObject({ 'silhouettes: shape, %': 37.5, 'cue-conflict: texture, %': 5 });
    expect(table[0]).not.toHaveProperty(['silhouettes: texture, %']);
    const { items, texts, warnings } = await draw(stimuliAccuracyChart({ title: 'x', rows: points }));
    expect(warnings).toEqual([]);
    expect(items.filter(({ mark, datum }) => mark === 'symbol' && datum?.model)).toHaveLength(points.length);
    expect(texts).toContain('subnetwork (eval)');
  });
});
