import { describe, expect, it } from 'vitest';
import { keptByLayer } from '../../../lib/dist/notebook/charts/keptByLayer';
import { shapeBiasPaths } from '../../../lib/dist/notebook/charts/shapeBiasPaths';
import { trainingRun } from '../../../lib/dist/notebook/charts/trainingRun';
import { imagePresetCaption, imagePresetNote, imagePresetOf } from '../../../lib/dist/notebook/imagePreset';
import {
  biasAtPlainAccuracy,
  imageConditionLabel,
  imagePoints,
  imageTransferTable,
  lastImagePoints,
  ourVisionCurves,
} from '../../../lib/dist/notebook/points/imageTransfers';
import { draw } from '../charts/draw';
import { rowOf } from './imageRow';

describe('imageConditionLabel', () => {
  it('tells apart what is trained, on what, and how much was kept', () => {
    const labels = [
      rowOf({}),
      rowOf({ trained: 'subnetwork' }),
      rowOf({ inherit_from: 'original', trained: null, pooled_share: 0.5 }),
      rowOf({ inherit_from: 'subnet_untrained', kept_share: 0.3 }),
      rowOf({ stage: 'base', inherit_from: null, pooled_share: 0.25 }),
    ].map(imageConditionLabel);
    expect(labels).toEqual([
      'subnetwork',
      'subnetwork, trained, rest frozen',
      'full model, augmented',
      'mask of an untrained network, 30 % kept',
      'base',
    ]);
  });
});

describe('imagePoints', () => {
  it('pools the decisions of the seeds, and takes the interval over them', () => {
    const rows = [rowOf({}), rowOf({ seed: 2, shape_decisions: 10, plain_accuracy: 0.6 })];
    const [point, ...others] = imagePoints(rows);
    expect(others).toEqual([]);
    expect(point).toMatchObject({ condition: 'subnetwork', seeds: 2, texture: 0.1, kept: 0.25 });
    expect(point.plain).toBeCloseTo(0.7, 12);
    expect(point.bias).toBeCloseTo(40 / 60, 12);
    expect([point.low, point.high]).toEqual([0.5, 0.75]); // each seed alone
  });

  it('keeps modes of normalisation, times and drawings apart, and knows conditions without a decision', () => {
    const rows = [
      rowOf({}),
      rowOf({ normalization: 'train' }),
      rowOf({ epoch: 2, step: 200, shape_decisions: 0, texture_decisions: 0 }),
      rowOf({ shapes: 'held out', shape_decisions: 5 }),
    ];
    expect(imagePoints(rows)).toHaveLength(3);
    expect(imagePoints(rows, { shapes: 'held out' }).map(({ bias }) => bias)).toEqual([1 / 3]);
    const last = lastImagePoints(imagePoints(rows)).find(({ normalization }) => normalization === 'eval');
    expect(last).toMatchObject({ epoch: 2, bias: Number.NaN, low: 0, high: 1 });
    expect(imageTransferTable(imagePoints(rows))).toHaveLength(2);
  });
});

describe('ourVisionCurves', () => {
  it('has the subnetwork and random initialisation, on both kinds of images', () => {
    const points = imagePoints([
      rowOf({}),
      rowOf({ inherit_from: 'random', trained: null }),
      rowOf({ kept_share: 0.5 }),
    ]);
    const curves = ourVisionCurves(points, 'ours');
    expect(curves.map(({ init, eval_set, accuracy }) => [init, eval_set, accuracy])).toEqual([
      ['subnet', 'imagenet16', 0.8],
      ['subnet', 'mean_pooled_imagenet16', 0.2],
      ['random', 'imagenet16', 0.8],
      ['random', 'mean_pooled_imagenet16', 0.2],
    ]);
  });
});

describe('biasAtPlainAccuracy', () => {
  it('interpolates where a seed first reaches the accuracy, and counts those that do', () => {
    const of = (seed: number, epoch: number, plain: number, shape: number) =>
      rowOf({
        seed,
        epoch,
        step: 100 * epoch,
        plain_accuracy: plain,
        shape_decisions: shape,
        texture_decisions: 100 - shape,
      });
    const rows = [of(1, 0, 0, 80), of(1, 1, 0.8, 60), of(1, 2, 0.9, 20), of(2, 0, 0.1, 50), of(2, 1, 0.3, 50)];
    expect(biasAtPlainAccuracy(rows, 0.6)).toEqual([
      {
        condition: 'subnetwork',
        normalisation: 'eval',
        'seeds that reach 60 %': '1 of 2',
        'shape bias, %': expect.closeTo(65, 10),
        'seed by seed': '65.0',
      },
    ]);
    expect(biasAtPlainAccuracy(rows, 0.95)).toEqual([]);
  });
});

describe('charts of transferred image models', () => {
  it('draws a panel for each mode and a line for each condition, without points that have no bias', async () => {
    const point = { condition: 'subnetwork', normalization: 'eval', step: 0, plain: 0.1, bias: Number.NaN };
    const rows = [point, { ...point, step: 10, bias: 0.5 }, { ...point, step: 20, plain: 0.7, bias: 0.6 }];
    for (const over of ['step', 'plain accuracy'] as const) {
      const both = [...rows, ...rows.map((row) => ({ ...row, normalization: 'train' }))];
      const { items, texts, warnings } = await draw(shapeBiasPaths({ title: 'x', rows: both, over }));
      expect(warnings).toEqual([]);
      expect(items.filter(({ mark }) => mark === 'symbol' || mark === 'line').length).toBeGreaterThanOrEqual(8);
      expect(texts).toContain('batch normalisation: eval');
    }
  });

  it.each(['image-base', 'image-mask', 'image-transfer'])(
    'draws a run of the stage %s while it goes on',
    async (stage) => {
      const log = [1, 2].map((epoch) => ({
        epoch,
        step: 10 * epoch,
        train_loss: 1,
        plain_accuracy: 0.5,
        pooled_accuracy: 0.25,
      }));
      const { texts, warnings } = await draw(trainingRun({ stage, title: 'x', log, steps: 30 }));
      expect(warnings).toEqual([]);
      expect(texts).toEqual(expect.arrayContaining(['plain images', 'mean-pooled images']));
    },
  );

  it('draws what masks keep, weight by weight', async () => {
    const rows = ['a', 'b'].flatMap((mask) =>
      [0, 1, 2].map((position) => ({ mask, position, parameter: `w${position}`, share: 0.1 * position })),
    );
    const { items, warnings } = await draw(keptByLayer({ title: 'x', rows }));
    expect(warnings).toEqual([]);
    expect(items.filter(({ mark, datum }) => mark === 'symbol' && datum?.parameter)).toHaveLength(6);
  });
});

describe('the presets of vision notebooks', () => {
  it('say that their numbers are not the paper’s', () => {
    expect(imagePresetOf('paper')).toBe('laptop');
    expect(imagePresetNote(imagePresetOf('quick'))).toContain("its numbers are not the paper's");
    expect(imagePresetCaption('laptop')).toBe('ours on drawn images of 64 pixels, preset laptop');
    expect(imagePresetCaption('paper')).toContain('photographs');
  });
});
