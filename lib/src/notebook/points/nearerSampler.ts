/** Which way to draw a sampled control reproduces its published curve. */

import type { DataEfficiencyRow } from '../../experiments';
import type { CurvePoint } from '../../stats/dataEfficiency';
import { nearerCurve } from '../../stats/nearerCurve';
import { conditionLabel, PUBLISHED } from '../charts/conditions';
import { plural, signed } from '../words';
import { ourPoints, type PublishedPoint, sourceOf } from './dataEfficiency';

/**
 * Which kind of a sampled control lies nearer to its published curve, in a sentence; none where ours lacks one of them, or
 * no n is shared.
 */
export function nearerSampler(
  condition: 'subnet_sampled' | 'subnet_sampled_complement' | 'subnet_sampled_trainable',
  rows: readonly DataEfficiencyRow[],
  published: readonly PublishedPoint[],
): string | undefined {
  const curve = (points: readonly (CurvePoint & { condition: string; source: string })[], source: string) =>
    points.filter((point) => point.condition === condition && point.source === source);
  const ours = ourPoints(rows);
  const [described, released] = (['described', 'released'] as const).map((sampler) =>
    curve(ours, sourceOf({ sampler })),
  );
  const ofPaper = curve(published, PUBLISHED);
  const shared = ofPaper.filter(({ n }) => [described, released].every((points) => points.some((p) => p.n === n)));
  if (shared.length === 0) return undefined;
  const fit = nearerCurve({ first: described, second: released, published: shared });
  const verdict =
    fit.nearer === undefined
      ? 'Over all n together, ours do not tell which of the two the paper drew'
      : `Over all n together, the control as ${fit.nearer === 'first' ? 'described' : 'released'} is nearer`;
  return (
    `**${conditionLabel(condition)}.** ${verdict}: the root mean square difference from the published accuracy is ` +
    `${fit.first.toFixed(3)} as described and ${fit.second.toFixed(3)} as released (difference of the mean squares ` +
    `${signed(fit.excess, 4)}, 95 % interval ${signed(fit.low, 4)} to ${signed(fit.high, 4)}). As released is nearer at ` +
    `${fit.secondAt.length} of ${plural(fit.sizes.length, 'number')} of samples (n = ${fit.secondAt.join(', ') || 'none'}).`
  );
}
