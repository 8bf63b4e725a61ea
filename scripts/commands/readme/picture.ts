/** The README's picture: figure 2 of the paper, published and ours. */

import { chartImage } from '../../../lib/dist/charts/chartImage.js';
import { axes, charts, op, tables } from '../../../lib/dist/index.js';

export const PICTURE = 'docs/data-efficiency.png';

export async function curvePicture(): Promise<Buffer> {
  const lines = ['subnetwork', 'full model', 'random init', 'sampled control'];
  const points = tables
    .curves({ layers: [2, 12], conditions: lines })
    .filter((d) => d.source !== 'ours, as described')
    .groupby('layers', 'condition', 'whose', 'n')
    .rollup({ accuracy: op.mean('accuracy') })
    .derive({ depth: (d) => `${d.layers} layers` });
  const spec = charts.lines(points, {
    title: 'Test accuracy on "a^2 + ab"',
    subtitle: 'dashed: published; solid: ours (2 layers: mean over seeds; 12 layers: one run a point)',
    x: axes.samples,
    y: axes.accuracy,
    color: 'condition',
    dash: 'whose',
    facet: 'depth',
    columns: 2,
    height: 200,
  });
  return (await chartImage(spec)).png;
}
