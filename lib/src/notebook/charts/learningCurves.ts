/** Curves of training runs over their steps, beside published points and the plateaus that theory predicts. */
import type { TopLevelSpec } from 'vega-lite';
import type { LayerSpec } from 'vega-lite/build/src/spec';
import { lineLegend, palette } from '../../charts/theme';
import { assertRows } from './assertRows';
import { conditionColours } from './conditions';

export interface LearningCurvePoint {
  /** Name of the run, as the legend shows it; one named as a condition (`conditionLabel`) takes that one's colour. */
  run: string;
  /** Optimizer steps so far. */
  step: number;
  value: number;
}

export interface PlateauLine {
  value: number;
  /** What a model on this plateau knows; written beside its line. */
  label: string;
}

export interface LearningCurvesOptions {
  title: string;
  subtitle?: string;
  /** What the values are: sets the axis (accuracy always spans 0 to 1). */
  measure: 'loss' | 'accuracy';
  points: readonly LearningCurvePoint[];
  /** Drawn dashed and black. */
  published?: readonly LearningCurvePoint[];
  plateaus?: readonly PlateauLine[];
  /** Last step on the axis; a live chart gives it so that the axis stands still. */
  lastStep?: number;
  width?: number;
  height?: number;
}

const runColours = [palette.blue, palette.vermilion, palette.green, palette.purple, palette.orange, palette.sky];
const publishedGreys = [palette.black, palette.grey];

/** Loss or accuracy of several runs over training steps. */
export function learningCurves({
  title,
  subtitle,
  measure,
  points,
  published = [],
  plateaus = [],
  lastStep,
  width = 520,
  height = 280,
}: LearningCurvesOptions): TopLevelSpec {
  assertRows('learningCurves', [...points, ...published], { text: ['run'], finite: ['step', 'value'] });
  assertRows('learningCurves', plateaus, { text: ['label'], finite: ['value'] });
  const runs = [...new Set(points.map(({ run }) => run))];
  const publishedRuns = [...new Set(published.map(({ run }) => run))];
  const names = [...runs, ...publishedRuns];

  const conditions = conditionColours();
  const colours = [
    ...runs.map((run, i) => conditions.get(run) ?? runColours[i % runColours.length]),
    ...publishedRuns.map((_, i) => publishedGreys[i % publishedGreys.length]),
  ];
  // Rows of equal length look tidier than a full one and a single name below it.
  const legend = { ...lineLegend, columns: names.length > 4 ? 3 : 4 };
  const dashes = [...runs.map(() => [1, 0]), ...publishedRuns.map(() => [5, 4])];

  const plateauLayer: LayerSpec<string> = {
    encoding: { y: { field: 'value', type: 'quantitative' } },
    layer: [
      {
        data: { values: plateaus.map(({ value }) => ({ value })) },
        mark: { type: 'rule', color: palette.grey, strokeDash: [2, 3], strokeWidth: 1 },
      },
      {
        data: { values: plateauLabels(plateaus, [...points, ...published]) },
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: 11, color: palette.grey },
        encoding: { x: { value: 'width' }, text: { field: 'label' } },
      },
    ],
  };

  return {
    title: subtitle ? { text: title, subtitle } : title,
    width,
    height,
    layer: [
      ...(plateaus.length > 0 ? [plateauLayer] : []),
      {
        data: { values: [...points, ...published] },
        mark: { type: 'line', strokeWidth: 2, point: published.length > 0 || points.length < 60 },
        encoding: {
          x: {
            field: 'step',
            type: 'quantitative',
            title: 'training step',
            axis: { format: ',d', tickCount: 6 },
            scale: lastStep === undefined ? { zero: true, nice: false } : { domain: [0, lastStep], nice: false },
          },
          y: {
            field: 'value',
            type: 'quantitative',
            title: measure === 'loss' ? 'evaluation loss (nats)' : 'evaluation accuracy',
            scale: measure === 'loss' ? { zero: false, nice: true } : { domain: [0, 1] },
            axis: { format: '.1f' },
          },
          color: { field: 'run', type: 'nominal', scale: { domain: names, range: colours }, legend },
          strokeDash: { field: 'run', type: 'nominal', scale: { domain: names, range: dashes }, legend },
          tooltip: [
            { field: 'run', title: 'run' },
            { field: 'step', format: ',d' },
            { field: 'value', title: measure, format: '.4f' },
          ],
        },
      },
    ],
  };
}

/** One label for plateaus that lie so close together that theirs would overlap. */
function plateauLabels(plateaus: readonly PlateauLine[], points: readonly LearningCurvePoint[]): PlateauLine[] {
  const values = [...plateaus, ...points].map(({ value }) => value);
  const span =
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) -
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const labels: PlateauLine[] = [];
  for (const plateau of [...plateaus].sort((a, b) => a.value - b.value)) {
    const below = labels.at(-1);
    if (below && plateau.value - below.value < 0.04 * span) below.label += ` or ${plateau.label}`;
    else labels.push({ ...plateau });
  }
  return labels;
}
