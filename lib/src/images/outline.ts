/** A closed polygon: x0, y0, x1, y1, ... */
export type Polygon = Float64Array;

/**
 * The outlines of a shape, holes included: what an odd number of them encloses is inside.
 * They fill the square from (-1, -1) to (1, 1) along its longer side and are centred in it; y points down.
 */
export type Outline = Polygon[];

/**
 * Reads an outline from SVG path data of closed polygons in absolute coordinates ("M0 0L10 0L10 5Z"), at any scale.
 * `where` names it in errors.
 */
export function parseOutline(path: string, where: string): Outline {
  const polygons = path
    .split('Z')
    .map((part) => part.trim())
    .filter(Boolean);
  const outline = polygons.map((part) => {
    if (!/^M\s*-?[\d.]+ -?[\d.]+(\s*L\s*-?[\d.]+ -?[\d.]+){2,}$/.test(part)) {
      throw new Error(`${where} is not a path of closed polygons: every part must look like M0 0L10 0L10 5Z.`);
    }
    return Float64Array.from(part.match(/-?[\d.]+/g) ?? [], Number);
  });
  if (outline.length === 0) throw new Error(`${where} is an empty path: give at least one polygon.`);
  return centred(outline);
}

/** Share of a picture's longer side. */
const TOLERANCE = 0.003;

/** The outline as path data on a square of 0..`size`, in whole numbers. */
export function formatOutline(outline: Outline, size = 1000): string {
  const place = (value: number) => Math.round(((value + 1) / 2) * size);
  return outline
    .map((polygon) => {
      const points: string[] = [];
      for (let i = 0; i < polygon.length; i += 2) {
        const point = `${place(polygon[i])} ${place(polygon[i + 1])}`;
        if (point !== points.at(-1)) points.push(point);
      }
      return points.length >= 3 ? `M${points.join('L')}Z` : '';
    })
    .join('');
}

/**
 * The outline of a picture's dark or opaque part: the lines at which `coverage` (row-major [height, width], 0 outside to
 * 1 inside) passes one half, with points left out that matter less than TOLERANCE.
 */
export function traceOutline(options: {
  coverage: ArrayLike<number>;
  width: number;
  height: number;
  where?: string;
}): Outline {
  const { coverage, width, height, where = 'The picture' } = options;
  const loops = contours(coverage, width, height);
  const longest = Math.max(width, height);
  // Specks of a few pixels are no part of a shape.
  const kept = loops
    .map((loop) => simplified(loop, TOLERANCE * longest))
    .filter((loop) => loop.length >= 6 && Math.abs(area(loop)) > (0.01 * longest) ** 2);
  if (kept.length === 0) throw new Error(`${where} shows no shape: nothing in it is darker or lighter than the rest.`);
  return centred(kept);
}

/** Moves and scales to the square -1..1, and leaves the proportions. */
function centred(outline: Outline): Outline {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const polygon of outline) {
    polygon.forEach((value, i) => {
      low[i % 2] = Math.min(low[i % 2], value);
      high[i % 2] = Math.max(high[i % 2], value);
    });
  }
  const scale = 2 / Math.max(high[0] - low[0], high[1] - low[1]);
  return outline.map((polygon) => polygon.map((value, i) => (value - (low[i % 2] + high[i % 2]) / 2) * scale));
}

/** Marching squares: the closed lines at one half, as if the picture were surrounded by zeros. */
function contours(coverage: ArrayLike<number>, width: number, height: number): Polygon[] {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : coverage[y * width + x]);
  // Edges between neighbouring pixels are named by the left or upper pixel, with a border of one.
  const stride = width + 2;
  const horizontal = (x: number, y: number) => 2 * ((y + 1) * stride + x + 1);
  const vertical = (x: number, y: number) => horizontal(x, y) + 1;
  const next = new Map<number, number>(); // edge -> edge, in the direction that has the inside on one side
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const inside = at(x, y) >= 0.5;
      if (inside === at(x + 1, y) >= 0.5 && inside === at(x, y + 1) >= 0.5 && inside === at(x + 1, y + 1) >= 0.5)
        continue;
      const corners = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)].map((value) => value >= 0.5);
      const edges = [horizontal(x, y), vertical(x + 1, y), horizontal(x, y + 1), vertical(x, y)];
      // A line enters a cell where a step around it goes inside, and leaves where the next step goes outside.
      for (let i = 0; i < 4; i++) {
        if (corners[i] || !corners[(i + 1) % 4]) continue;
        let out = i + 1;
        while (corners[(out + 1) % 4]) out++;
        next.set(edges[i], edges[out % 4]);
      }
    }
  }
  const point = (edge: number): [number, number] => {
    const cell = edge >> 1;
    const x = (cell % stride) - 1;
    const y = Math.floor(cell / stride) - 1;
    const [toX, toY] = edge % 2 === 0 ? [x + 1, y] : [x, y + 1];
    const from = at(x, y);
    const part = (0.5 - from) / (at(toX, toY) - from);
    return [x + part * (toX - x), y + part * (toY - y)];
  };
  const loops: Polygon[] = [];
  for (const start of next.keys()) {
    const points: number[] = [];
    let edge: number | undefined = start;
    while (edge !== undefined) {
      const following = next.get(edge);
      if (following === undefined) break; // back at the start
      next.delete(edge);
      points.push(...point(edge));
      edge = following;
    }
    if (points.length >= 6) loops.push(Float64Array.from(points));
  }
  return loops;
}

/** Douglas-Peucker on a closed line: of every piece, the point farthest from its chord stays if it is farther than that. */
function simplified(loop: Polygon, tolerance: number): Polygon {
  const count = loop.length / 2;
  let farthest = 0; // from the first point, so that both stay
  for (let i = 1; i < count; i++) if (distance(loop, i, 0, 0) > distance(loop, farthest, 0, 0)) farthest = i;
  const stays = new Uint8Array(count + 1);
  stays[0] = 1;
  stays[farthest] = 1;
  const pieces: [number, number][] = [
    [0, farthest],
    [farthest, count],
  ];
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const [from, to] = piece;
    let best = -1;
    let most = tolerance;
    for (let i = from + 1; i < to; i++) {
      const away = distance(loop, i, from, to % count);
      if (away > most) {
        most = away;
        best = i;
      }
    }
    if (best < 0) continue;
    stays[best] = 1;
    pieces.push([from, best], [best, to]);
  }
  return loop.filter((_, i) => stays[i >> 1] === 1);
}

/** Distance of a loop's point from the segment between two others. */
function distance(loop: Polygon, point: number, from: number, to: number): number {
  const [x, y] = [loop[2 * point] - loop[2 * from], loop[2 * point + 1] - loop[2 * from + 1]];
  const [dx, dy] = [loop[2 * to] - loop[2 * from], loop[2 * to + 1] - loop[2 * from + 1]];
  const length = dx * dx + dy * dy;
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length));
  return Math.hypot(x - part * dx, y - part * dy);
}

function area(polygon: Polygon): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i += 2) {
    const j = (i + 2) % polygon.length;
    twice += polygon[i] * polygon[j + 1] - polygon[j] * polygon[i + 1];
  }
  return twice / 2;
}
