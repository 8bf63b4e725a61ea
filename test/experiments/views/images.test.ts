import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { from } from 'arquero';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ShapeBiasRow } from '../../../lib/dist/experiments';
import {
  decisions,
  figure4,
  imageSubnetworks,
  publishedDecisions,
  publishedShapeBias,
  realStimuli,
  shapeBias,
} from '../../../lib/dist/experiments/views/images';
import { op } from '../../../lib/dist/tables/op';
import { projectFolder } from '../../support/temporary';
import { rowOf } from './imageRow';

afterEach(() => void vi.unstubAllEnvs());

describe('tables.shapeBias', () => {
  it('holds the runs of one chain, with names as people read them', () => {
    const vit = shapeBias({ architecture: 'vit' });
    const last = vit.filter((d) => d.run === 'image-transfer-755a989ec5f3' && d.step === 1200).objects();
    expect(last).toMatchObject([
      {
        model: 'ViT',
        condition: 'subnetwork',
        variant: '',
        frozen: true,
        normalization: '–',
        shapes: 'seen',
        plain: 0.9,
      },
      {
        model: 'ViT',
        condition: 'subnetwork',
        shapes: 'held out',
        conflict: 960,
        shape: 29,
        texture: 742,
        kept: 60727,
      },
    ]);
    expect(new Set(shapeBias().array('model'))).toEqual(new Set(['ResNet']));
    const plainBase = shapeBias({ basePooledShare: 0 });
    expect(new Set(plainBase.array('basePooledShare'))).toEqual(new Set([0]));
  });

  it('takes rows of runs that go on, and leaves out those of other chains', () => {
    const rows = [rowOf({}), rowOf({ model: 'vit' }), rowOf({ images: 'photographs' })];
    expect(shapeBias({ rows }).numRows()).toBe(1);
    expect(shapeBias({ rows, preset: 'quick' }).numRows()).toBe(0);
    expect(shapeBias({ rows: [] }).columnNames()).toEqual(shapeBias().columnNames());
  });

  it.each<[Partial<ShapeBiasRow>, object]>([
    [{}, { condition: 'subnetwork', start: 'subnetwork', variant: '', frozen: true, normalization: 'eval' }],
    [{ trained: 'subnetwork' }, { start: 'subnetwork', variant: 'trained, rest frozen' }],
    [
      { inherit_from: 'original', trained: null, pooled_share: 0.5 },
      { condition: 'full model, augmented', start: 'full model', variant: 'augmented', frozen: false },
    ],
    [
      { inherit_from: 'subnet_untrained', kept_share: 0.06 },
      { condition: 'mask of an untrained network, 6 % kept', variant: '6 % kept' },
    ],
    [
      { stage: 'base', inherit_from: null, pooled_share: 0.25, normalization: null, trained: null },
      { condition: 'base', start: 'base', variant: '', normalization: '–' },
    ],
    [{ stage: 'mask', pooled_share: 1, normalization: null, trained: null }, { condition: 'subnetwork' }],
  ])('names the run %o', (row, names) => {
    expect(shapeBias({ rows: [rowOf(row)] }).objects()).toMatchObject([names]);
  });
});

it('tables.realStimuli holds what was named, and no texture where there is none', () => {
  const base = realStimuli().filter((d) => d.stage === 'base' && d.seed === 1);
  expect(base.objects()).toMatchObject([
    { condition: 'base', stimuli: 'silhouettes', shown: 160, shape: 27, texture: null },
    { condition: 'base', stimuli: 'edges', shown: 160, shape: 31, texture: null },
    { condition: 'base', stimuli: 'cue-conflict', shown: 1200, shape: 169, texture: 39 },
  ]);
});

it('tables.imageSubnetworks names layers shortly', () => {
  const layers = (architecture: 'resnet' | 'vit') =>
    imageSubnetworks({ architecture }).filter((d) => d.condition === 'subnetwork' && d.seed === 1);
  expect(layers('resnet').objects()[0]).toMatchObject({
    model: 'ResNet',
    position: 0,
    layer: 'stem',
    kept: 230,
    total: 432,
  });
  expect(layers('resnet').array('layer').slice(4, 7)).toEqual(['1.2 conv 2', '2.1 shortcut', '2.1 conv 1']);
  const vit = layers('vit').array('layer') as string[];
  expect([...vit.slice(0, 2), ...vit.slice(11, 13), vit[19]]).toEqual([
    ...['patches', '1 query', '2 MLP in', '2 MLP out', 'classifier'],
  ]);
});

it('the published tables are in words', () => {
  const points = figure4();
  expect(points.numRows()).toBe(1161);
  expect(points.objects()[0]).toEqual({
    model: 'ResNet-18',
    condition: 'subnetwork',
    whose: 'published',
    images: 'plain images',
    step: 0,
    accuracy: 0.4454,
  });
  expect(publishedShapeBias().objects()[0]).toEqual({ observer: 'people', published: 0.959 });
});

describe('decisions', () => {
  it('of our models stand beside what was run', () => {
    const own = decisions({ architectures: ['vit'] }).filter((d) => d.run === 'image-transfer-53d4db44b6a2');
    expect(own.numRows()).toBe(960);
    expect(own.objects()[0]).toMatchObject({
      model: 'ViT',
      condition: 'random init',
      ...{ shape: 'airplane', texture: 'bear', response: 'bear' },
    });
    const [{ all }] = own.rollup({ all: (d) => op.decided(d.decision) }).objects() as { all: object }[];
    const [last] = shapeBias({ architecture: 'vit' })
      .filter((d) => d.run === 'image-transfer-53d4db44b6a2' && d.shapes === 'seen' && d.step === 1200)
      .objects() as { shape: number; texture: number }[];
    expect(all).toMatchObject({ decisions: 960, shape: last.shape, texture: last.texture });
  });

  it('of people and networks have the names of observers, in their order', () => {
    const folder = projectFolder('decisions');
    const part = join(folder, 'raw-data/style-transfer-512-nomask-experiment');
    const header = 'subj,session,trial,rt,object_response,category,condition,imagename\n';
    const file = (of: string, subject: string, response: string) => {
      mkdirSync(of, { recursive: true });
      const row = `${subject},1,1,0.5,${response},cat,0,0001_x_cat1-dog1.png\n`;
      writeFileSync(join(of, `${subject}.csv`), header + row);
    };
    file(part, 'alexnet', 'dog');
    file(part, 'subject-01', 'na');
    file(`${part}-trained-CNNs`, 'oidv2-resnet101', 'cat');
    file(`${part}-trained-CNNs`, 'resnet101', 'bear');
    file(`${part}-trained-CNNs`, 'alexnet-train-60-epochs-lr0.001', 'cat');
    vi.stubEnv('TEXTURE_VS_SHAPE', folder);
    const rows = publishedDecisions().objects() as Record<string, unknown>[];
    expect(rows.map(({ observer, training, subject, response }) => [observer, training, subject, response])).toEqual([
      ['people', '–', 'person 01', null],
      ['AlexNet', 'ImageNet', 'alexnet', 'dog'],
      ['AlexNet', 'Stylized-ImageNet', 'alexnet-train-60-epochs-lr0.001', 'cat'],
      ['ResNet-101', 'ImageNet', 'resnet101', 'bear'],
      ['ResNet-101', 'Open Images', 'oidv2-resnet101', 'cat'],
    ]);
    vi.stubEnv('TEXTURE_VS_SHAPE', join(folder, 'absent'));
    expect(publishedDecisions().numRows()).toBe(0);
  });
});

describe('aggregates of image tables', () => {
  it('pool decisions over seeds, with the interval over them', () => {
    const rows = [rowOf({}), rowOf({ seed: 2, shape_decisions: 10 })];
    const [{ of }] = shapeBias({ rows })
      .rollup({ of: (d) => op.bias({ shape: d.shape, texture: d.texture }) })
      .objects() as { of: object }[];
    expect(of).toEqual({ bias: 40 / 60, low: 0.5, high: 0.75 }); // each seed alone
  });

  it('take the samples of shares from the rows', () => {
    const table = from([
      { kind: 'a', share: { share: 0.5, trials: 10 }, pair: { first: 0.5, second: 0.5, trials: 10 } },
      { kind: 'b', share: { share: 0.5, trials: 1000 }, pair: { first: 0.5, second: 0.5, trials: 1000 } },
    ]).groupby('kind');
    const [few, many] = table.rollup({ low: op.low('share'), by: (d) => op.difference(d.pair) }).objects() as {
      low: number;
      by: { low: number };
    }[];
    expect([few.low, many.low].map((value) => value.toFixed(3))).toEqual(['0.237', '0.469']); // Wilson's
    expect([few.by.low, many.by.low].map((value) => value.toFixed(3))).toEqual(['-0.373', '-0.044']); // Newcombe's
  });

  it('hold for a table without rows', () => {
    const none = shapeBias({ rows: [] }).groupby('condition');
    expect(none.rollup({ of: (d) => op.bias({ shape: d.shape, texture: d.texture }) }).numRows()).toBe(0);
  });
});
