import { join } from 'node:path';
import { readJson } from '../files/json';
import { CATEGORIES, labelOf } from './categories';
import { type DistanceField, distanceField } from './distanceField';
import { parseOutline } from './outline';

/** A drawing of one category. */
export interface Shape {
  /** Index into CATEGORIES. */
  label: number;
  /** Where it comes from ("noto:airplane", "own:bear-walking", a file's name). */
  name: string;
  field: DistanceField;
}

/** Which of the project's drawings: six a category for training, two others for validation, or both. */
export type ShapeSet = 'training' | 'validation' | 'all';

interface ShapeFile {
  shapes: { category: string; part: 'training' | 'validation'; source: string; path: string }[];
}

const FILE = join(__dirname, '../../../data/shapes/shapes.json');
let read: { part: string; shape: Shape }[] | undefined;

/** The silhouettes that come with the project, in the order of the categories. */
export function projectShapes(set: ShapeSet = 'training'): Shape[] {
  read ??= (readJson(FILE) as unknown as ShapeFile).shapes.map(({ category, part, source, path }) => ({
    part,
    shape: {
      label: labelOf(category, `The category of "${source}" in ${FILE}`),
      name: source,
      field: distanceField(parseOutline(path, `"${source}" in ${FILE}`)),
    },
  }));
  return read.filter(({ part }) => set === 'all' || part === set).map(({ shape }) => shape);
}

/** The shapes of each category, by label; a category without any is an error. */
export function shapesByCategory(shapes: readonly Shape[]): Shape[][] {
  const groups = CATEGORIES.map((_, label) => shapes.filter((shape) => shape.label === label));
  const missing = CATEGORIES.filter((_, label) => groups[label].length === 0);
  if (missing.length > 0) {
    throw new Error(`There is no shape for ${missing.join(', ')}: every category needs at least one.`);
  }
  return groups;
}
