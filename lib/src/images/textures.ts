import { random } from '../tasks/random';

/** A texture as a tile that repeats in both directions, with mean 0 and standard deviation 1, cut at -2 and 2. */
export interface TextureTile {
  /** Row-major [side, side]; side is a power of two. */
  values: Float32Array;
  side: number;
}

/** Texels for a pixel, so that a turned texture is not blurred. */
export const TEXELS_PER_PIXEL = 2;

/** Position in a tile, 0..1 on both axes, to the pattern's value at any scale. */
type Pattern = (u: number, v: number) => number;

const TURN = 2 * Math.PI;
/** Pixels on a side of a tile; 21 periods of a pattern are 6.1 pixels each. */
const TILE_PIXELS = 128;
const SIDE = TILE_PIXELS * TEXELS_PER_PIXEL;

const stripes =
  (across: number, down: number): Pattern =>
  (u, v) =>
    clamp(2 * Math.sin(TURN * (across * u + down * v)), 1);

/** Distance from the nearest of `count` x `count` points, in their spacing. */
function fromNearest(u: number, v: number, count: number): number {
  const offset = (value: number) => value * count - Math.floor(value * count) - 0.5;
  return Math.hypot(offset(u), offset(v));
}

function bricks(u: number, v: number): number {
  const row = Math.floor(v * 16);
  const [across, down] = [u * 8 + (row % 2) / 2, v * 16 - row];
  const mortar = across - Math.floor(across) < 0.14 || down < 0.28;
  return mortar ? 1 : -1;
}

function hatching(u: number, v: number): number {
  const line = (turns: number) => Math.max(0, Math.cos(TURN * turns) - 0.4);
  return Math.max(line(12 * (u + v)), line(12 * (u - v)));
}

/**
 * The 16 texture families. As the order of CATEGORIES is that of their names, family i is the texture of category i in
 * images whose shape and texture agree.
 */
const FAMILIES: { name: string; make: () => TextureTile }[] = [
  { name: 'vertical stripes', make: () => regular(stripes(21, 0)) },
  { name: 'horizontal stripes', make: () => regular(stripes(0, 21)) },
  { name: 'rising stripes', make: () => regular(stripes(15, 15)) },
  { name: 'falling stripes', make: () => regular(stripes(15, -15)) },
  { name: 'checks', make: () => regular((u, v) => clamp(4 * Math.sin(TURN * 12 * u) * Math.sin(TURN * 12 * v), 1)) },
  { name: 'dots', make: () => regular((u, v) => clamp(8 * (0.28 - fromNearest(u, v, 18)), 1)) },
  { name: 'white noise', make: () => noise('white', coarse) },
  { name: '1/f noise', make: () => noise('1/f', octaves) },
  {
    name: 'band-pass noise', // peak at 0.17 cycles a pixel
    make: () => noise('band-pass', (white) => difference(blurred(white, 2.2), blurred(white, 3.1))),
  },
  {
    name: 'waves',
    make: () => regular((u, v) => clamp(2 * Math.sin(TURN * (18 * v + 0.6 * Math.sin(TURN * 8 * u))), 1)),
  },
  { name: 'hatching', make: () => regular(hatching) },
  { name: 'rings', make: () => regular((u, v) => clamp(2 * Math.cos(TURN * 4.5 * fromNearest(u, v, 4)), 1)) },
  { name: 'bricks', make: () => regular(bricks) },
  {
    name: 'blobs',
    make: () => noise('blobs', (white) => standardised(blurred(white, 5)).map((x) => clamp(4 * x, 1))),
  },
  { name: 'horizontal streaks', make: () => noise('horizontal', (white) => blurred(white, 9, 0.9)) },
  { name: 'vertical streaks', make: () => noise('vertical', (white) => blurred(white, 0.9, 9)) },
];

/** Names of the texture families, in the order of the categories to which they belong. */
export const TEXTURES: readonly string[] = FAMILIES.map(({ name }) => name);

const tiles: (TextureTile | undefined)[] = [];

/** The tile of a texture family; made once, always with the same values. */
export function textureTile(family: number): TextureTile {
  if (!FAMILIES[family]) throw new Error(`There is no texture family ${family}: they are counted from 0 to 15.`);
  tiles[family] ??= FAMILIES[family].make();
  return tiles[family] as TextureTile;
}

function regular(pattern: Pattern): TextureTile {
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    // The mean over four places in the texel: edges of patterns are not ragged.
    let sum = 0;
    for (const [du, dv] of [
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ]) {
      sum += pattern(((i % SIDE) + du) / SIDE, (Math.floor(i / SIDE) + dv) / SIDE);
    }
    return sum / 4;
  });
  return { values: finished(values), side: SIDE };
}

function noise(name: string, shape: (white: Float32Array) => Float32Array): TextureTile {
  return { values: finished(shape(normals(SIDE * SIDE, `texture ${name}`))), side: SIDE };
}

/** Independent numbers of the standard normal distribution. */
export function normals(count: number, purpose: string): Float32Array {
  const source = random(0, purpose);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - source.uniform()));
    const angle = TURN * source.uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** One value for the texels of each pixel. */
function coarse(white: Float32Array): Float32Array {
  const keep = ~(TEXELS_PER_PIXEL - 1);
  return white.map((_, i) => white[(Math.floor(i / SIDE) & keep) * SIDE + ((i % SIDE) & keep)]);
}

/** Octaves of equal strength: power falls with the square of the frequency, amplitude with the frequency. */
function octaves(white: Float32Array): Float32Array {
  const sum = new Float32Array(white.length);
  let finer = blurred(white, 1);
  for (let width = 2; width <= 32; width *= 2) {
    const coarser = blurred(white, width);
    standardised(difference(finer, coarser)).forEach((value, i) => {
      sum[i] += value;
    });
    finer = coarser;
  }
  return sum;
}

/** Gaussian blur with these standard deviations (texels), around the edges of the tile. */
function blurred(values: Float32Array, across: number, down = across): Float32Array {
  return blurredRows(blurredRows(values, across, 1, SIDE), down, SIDE, 1);
}

function blurredRows(values: Float32Array, deviation: number, step: number, row: number): Float32Array {
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const out = new Float32Array(values.length);
  for (let r = 0; r < SIDE; r++) {
    for (let i = 0; i < SIDE; i++) {
      let sum = 0;
      for (let j = -reach; j <= reach; j++) {
        sum += weights[j + reach] * values[r * row + ((i + j + SIDE) & (SIDE - 1)) * step];
      }
      out[r * row + i * step] = sum;
    }
  }
  return standardised(out);
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value - b[i]);
}

function finished(values: Float32Array): Float32Array {
  return standardised(values).map((value) => clamp(value, 2));
}

function standardised(values: Float32Array): Float32Array {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(squares / values.length - mean * mean);
  return values.map((value) => (value - mean) / deviation);
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
