/** Intrinsic dimension, radius and class distance of the digits: what the model-agnostic difficulty asks of a task's inputs. */
import { readDigits, takeDigits } from '../images/digits';
import { count, positive, type RowIn, runOf, table, text } from '../runs/columns';
import { experiment } from '../runs/experiment';
import type { Stage } from '../runs/stage';
import { type CloudGeometry, cloudGeometry } from '../stats/cloud';
import { random } from '../tasks/random';

interface GeometrySettings {
  /** Digits whose neighbours are looked for, and those among which they are: the first ones. */
  points: number;
  among: number;
  seed: number;
}

export const digitGeometrySchema = table('digit-geometry.csv', {
  row: 'a number of digits, looked at among the digits to train on',
  columns: {
    preset: text(),
    points: count('whose nearest digits were looked for', { min: 1 }),
    among: count('digits among which', { min: 1 }),
    seed: count('of the choice'),
    m: positive('intrinsic dimension, from 5 neighbours'),
    R: positive('largest norm of all digits'),
    delta: positive('smallest distance to a digit of another class'),
    run: runOf(),
  },
  key: ['preset', 'among', 'points', 'seed'],
});
export type DigitGeometryRow = RowIn<typeof digitGeometrySchema>;

export const digitGeometryStage: Stage<GeometrySettings, CloudGeometry> = {
  name: 'digit-geometry',
  title: ({ points, among, seed }) => `${points} of ${among} digits, seed ${seed}`,
  measures: {},
  cost: ({ points, among }) => ({ steps: 0, seconds: 5 + 2.5e-7 * points * among, startSeconds: 3, memoryMb: 2500 }),
  async train({ points, among, seed }) {
    const { rows, pixels, labels } = takeDigits(readDigits('train'), [...Array(among).keys()]);
    const of = random(seed, 'digits looked at').sampleWithoutReplacement(among, points);
    return {
      log: [],
      interrupted: false,
      result: cloudGeometry({ rows, values: pixels, labels, unit: 1 / 255 }, { of }),
    };
  },
};

const SIZES = {
  laptop: { among: 60_000, points: [250, 1000, 4000, 60_000] },
  quick: { among: 10_000, points: [250] },
  smoke: { among: 300, points: [50] },
};

export const digitGeometry = experiment<object, DigitGeometryRow, GeometrySettings>({
  name: 'digit-geometry',
  title: 'Geometry of the digits',
  about: 'intrinsic dimension, radius and class distance',
  stage: digitGeometryStage,
  table: digitGeometrySchema,
  presets: Object.keys(SIZES),
  asked: {},
  *runs({ preset }) {
    const { among, points: all } = SIZES[preset as keyof typeof SIZES];
    for (const points of all) yield { key: { preset, among, points, seed: 1 }, settings: { points, among, seed: 1 } };
  },
  rows: ({ id, result: { m, R, delta } }, key) => [{ ...key, m, R, delta, run: id } as DigitGeometryRow],
  chain: ({ among }) => `${among} digits`,
});
