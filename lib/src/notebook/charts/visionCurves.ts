/** Validation accuracy of image models while they are trained: on plain images, and on images without texture. */
import type { TopLevelSpec } from 'vega-lite';
import { lineLegend, palette } from '../../charts/theme';
import type { PublishedFigure4 } from '../../runs/publishedSchemas';
import { assertRows } from './assertRows';

/** A point of Fig 4's panels; a model that is not the paper's is called by its name. */
export type VisionCurvePoint = Omit<PublishedFigure4, 'model'> & { model: string };

const modelNames: Record<string, string> = { resnet18: 'ResNet-18', vit_base_patch16: 'ViT-B/16' };
const starts: Record<PublishedFigure4['init'], string> = { subnet: 'transferred subnetwork', random: 'random init' };
const imageSets: Record<PublishedFigure4['eval_set'], string> = {
  imagenet16: 'plain images',
  mean_pooled_imagenet16: 'mean-pooled images (no texture)',
};

/** A panel for each model: colour tells where training started, dashes the images it is tested on. */
export function visionCurves(options: {
  title: string;
  subtitle?: string;
  rows: readonly VisionCurvePoint[];
}): TopLevelSpec {
  const { title, subtitle, rows } = options;
  assertRows('visionCurves', rows, { text: ['model', 'init', 'eval_set'], finite: ['step', 'accuracy'] });
  return {
    title: subtitle ? { text: title, subtitle } : title,
    data: {
      values: rows.map(({ model, init, eval_set, step, accuracy }) => ({
        model: modelNames[model] ?? model,
        start: starts[init],
        images: imageSets[eval_set],
        step,
        accuracy,
      })),
    },
    facet: { field: 'model', type: 'nominal', title: null, header: { labelAnchor: 'start' } },
    columns: 2,
    resolve: { scale: { x: 'independent' } },
    spec: {
      width: 300,
      height: 220,
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: {
          field: 'step',
          type: 'quantitative',
          title: 'training step',
          axis: { format: ',d', tickCount: 4 },
          scale: { nice: false },
        },
        y: {
          field: 'accuracy',
          type: 'quantitative',
          title: 'validation accuracy',
          scale: { domain: [0, 1] },
          axis: { format: '.1f' },
        },
        color: {
          field: 'start',
          type: 'nominal',
          scale: { domain: Object.values(starts), range: [palette.blue, palette.grey] },
          legend: lineLegend,
        },
        strokeDash: {
          field: 'images',
          type: 'nominal',
          scale: {
            domain: Object.values(imageSets),
            range: [
              [1, 0],
              [4, 3],
            ],
          },
          legend: lineLegend,
        },
      },
    },
  };
}
