import type { Outline } from './outline';

/** Signed distances from an outline on a square grid: positive inside, in the outline's own unit (its longer side is 2). */
export interface DistanceField {
  /** Row-major [side, side]; distances beyond `BAND` are cut there. */
  values: Float32Array;
  side: number;
}

/** The grid covers -REACH..REACH on both axes; the outline lies within -1..1. */
export const REACH = 1.25;

/** Grid points on a side: more than two a pixel where a shape fills an image of 64 pixels. */
const SIDE = 160;

/** Distances are exact up to here, five grid steps: 2 pixels of an image of 64. */
export const BAND = 5 * ((2 * REACH) / SIDE);

/** The distance field of an outline: sampled at any place, it tells how much of a pixel the shape covers. */
export function distanceField(outline: Outline, side = SIDE): DistanceField {
  const step = (2 * REACH) / side;
  const place = (i: number) => (i + 0.5) * step - REACH; // the grid points are the centres of cells
  const cell = (place: number) => (place + REACH) / step - 0.5;
  const values = new Float32Array(side * side).fill(BAND);
  const crossings: number[][] = Array.from({ length: side }, () => []);
  for (const polygon of outline) {
    for (let i = 0; i < polygon.length; i += 2) {
      const j = (i + 2) % polygon.length;
      const [x0, y0, x1, y1] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
      const [dx, dy] = [x1 - x0, y1 - y0];
      const length = dx * dx + dy * dy;
      const range = (a: number, b: number): [number, number] => [
        Math.max(0, Math.ceil(cell(Math.min(a, b) - BAND))),
        Math.min(side - 1, Math.floor(cell(Math.max(a, b) + BAND))),
      ];
      const [left, right] = range(x0, x1);
      const [top, bottom] = range(y0, y1);
      for (let row = top; row <= bottom; row++) {
        const py = place(row) - y0;
        // A row between the ends is crossed once; the half-open range counts a shared corner once.
        if (place(row) >= Math.min(y0, y1) && place(row) < Math.max(y0, y1)) crossings[row].push(x0 + (py / dy) * dx);
        for (let column = left; column <= right; column++) {
          const px = place(column) - x0;
          const part = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
          const [ex, ey] = [px - part * dx, py - part * dy];
          const distance = Math.sqrt(ex * ex + ey * ey);
          const at = row * side + column;
          if (distance < values[at]) values[at] = distance;
        }
      }
    }
  }
  // Outside unless an odd number of crossings lies to the left.
  for (let row = 0; row < side; row++) {
    const sorted = crossings[row].sort((a, b) => a - b);
    let passed = 0;
    for (let column = 0; column < side; column++) {
      while (passed < sorted.length && sorted[passed] <= place(column)) passed++;
      if (passed % 2 === 0) values[row * side + column] *= -1;
    }
  }
  return { values, side };
}

/** The shape with `by` more on every side (in the outline's unit, less than BAND): lines become bands. */
export function thickened({ values, side }: DistanceField, by: number): DistanceField {
  // What is further away than BAND stays where it is: how far it is, is not known.
  return { values: values.map((value) => (value > -BAND ? Math.min(BAND, value + by) : value)), side };
}
