/** The method in a picture: a network is trained, a mask is trained over it, the masked weights go to a new network. */
import type { TopLevelSpec } from 'vega-lite';
import type { PositionFieldDef } from 'vega-lite/build/src/channeldef';
import { palette } from '../../charts/theme';

const CELL = 16;
const [COLUMNS, ROWS] = [10, 7];
const [WIDTH, TOP] = [240, 62];

interface Panel {
  heading: string;
  task: string;
  /** Colour of weights in the subnetwork, and of the others. */
  kept: string;
  others: string;
  note: string[];
}

const trained = palette.sky;
const panels: Panel[] = [
  {
    heading: '1  Train',
    task: 'base model on a + ab',
    kept: trained,
    others: trained,
    note: ['all weights learn a task', 'that contains the subtask ab'],
  },
  {
    heading: '2  Mask',
    task: 'subnetwork for ab',
    kept: palette.blue,
    others: '#EEEEEE',
    note: ['the weights stand still; a binary', 'mask over them is trained on ab'],
  },
  {
    heading: '3  Transfer',
    task: 'new model on a² + ab',
    kept: palette.blue,
    others: palette.orange,
    note: ['the subnetwork is frozen, all other', 'masked weights start anew and learn'],
  },
];

/** Whether a square of the drawing stands for a weight of the subnetwork: some scattered quarter of them. */
const inSubnetwork = (column: number, row: number): boolean => (37 * column + 61 * row + 13 * column * row) % 29 < 7;

/** Three panels from left to right; every square stands for a weight. */
export function methodDiagram(): TopLevelSpec {
  const weights = panels.flatMap(({ kept, others }, panel) =>
    Array.from({ length: COLUMNS * ROWS }, (_, i) => {
      const [column, row] = [i % COLUMNS, Math.floor(i / COLUMNS)];
      const [x, y] = [panel * WIDTH + column * CELL, TOP + row * CELL];
      return { x, y, x2: x + CELL - 3, y2: y + CELL - 3, colour: inSubnetwork(column, row) ? kept : others };
    }),
  );
  const below = TOP + ROWS * CELL;
  const texts = panels.flatMap(({ heading, task, note }, panel) => {
    const x = panel * WIDTH;
    return [
      { x, y: 16, text: heading, size: 14, weight: 'bold', colour: palette.black },
      { x, y: 38, text: task, size: 12, weight: 'normal', colour: palette.black },
      ...note.map((text, i) => ({
        x,
        y: below + 14 + 15 * i,
        text,
        size: 11,
        weight: 'normal',
        colour: palette.grey,
      })),
    ];
  });
  const middle = TOP + (ROWS * CELL) / 2;
  const arrows = [1, 2].map((panel) => ({ x: panel * WIDTH - 62, x2: panel * WIDTH - 24, y: middle }));

  const end = { width: WIDTH * panels.length, height: below + 36 };
  const channel = (field: string, length: number, reverse = false): PositionFieldDef<string> => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, length], nice: false, zero: false, reverse },
    axis: null,
  });
  const x = channel('x', end.width);
  const y = channel('y', end.height, true);
  const asIs = (field: string) => ({ field, type: 'nominal', scale: null, legend: null }) as const;

  return {
    title: 'Subtask induction',
    ...end,
    layer: [
      {
        data: { values: weights },
        mark: { type: 'rect', cornerRadius: 2 },
        encoding: { x, x2: { field: 'x2' }, y, y2: { field: 'y2' }, color: asIs('colour') },
      },
      {
        data: { values: arrows },
        mark: { type: 'rule', strokeWidth: 2, color: palette.grey },
        encoding: { x, x2: { field: 'x2' }, y },
      },
      {
        data: { values: arrows },
        mark: { type: 'point', shape: 'triangle-right', filled: true, size: 90, opacity: 1, color: palette.grey },
        encoding: { x: { ...x, field: 'x2' }, y },
      },
      ...[
        { size: 14, weight: 'bold' },
        { size: 12, weight: 'normal' },
        { size: 11, weight: 'normal' },
      ].map(({ size, weight }) => ({
        data: { values: texts.filter((text) => text.size === size) },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          fontSize: size,
          fontWeight: weight as 'bold' | 'normal',
        } as const,
        encoding: { x, y, text: { field: 'text' }, color: asIs('colour') },
      })),
    ],
  };
}
