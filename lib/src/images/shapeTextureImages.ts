import { type Random, random } from '../tasks/random';
import { CATEGORIES } from './categories';
import { BAND, REACH } from './distanceField';
import { meanPool } from './meanPooling';
import { projectShapes, type Shape, type ShapeSet, shapesByCategory } from './shapes';
import { normals, TEXELS_PER_PIXEL, textureTile } from './textures';

/**
 * plain: the texture family is the category's, so that shape and texture both give the label away.
 * conflict: another category's; the 240 pairs take turns. pooled: the plain image, mean-pooled through its exact mask.
 * silhouette: the same shape in black on white.
 */
export type ImageKind = 'plain' | 'conflict' | 'pooled' | 'silhouette';

/** Smallest and largest value of a uniform draw. */
export type ValueRange = readonly [low: number, high: number];

/** Images of shapes filled with textures; category and texture labels are indices into CATEGORIES. */
export interface ShapeTextureImages {
  /** Row-major [count, y, x, 3], 0..255. */
  images: Uint8Array;
  count: number;
  size: number;
  /** Category of the shape. */
  shapes: Int32Array;
  /** Category to which the texture belongs; -1 where there is none (silhouettes). */
  textures: Int32Array;
  /** Row-major [count, y, x]: 1 on the object, 0 on the background. */
  masks: Uint8Array;
}

/** How the images vary; the defaults are those of the project's laptop-scale experiment. */
export interface ImageVariation {
  /** Standard deviation of the texture in colour space, of 0..1: what makes textures easier or harder to see. */
  contrast?: ValueRange;
  /** Turn of the shape, degrees either way. */
  rotation?: number;
  /** Zoom out of the shape: 1 lets its longer side fill three quarters of the image. */
  zoom?: ValueRange;
  /** Shift, either way, as a share of half the image. */
  shift?: number;
  /** Largest displacement of an elastic bend, as a share of half the image. */
  bend?: number;
  /** Standard deviation of Gaussian pixel noise, of 0..1. */
  noise?: number;
}

/** Turn of the texture, degrees either way, and its period. */
const TEXTURE_ROTATION = 7;
const TEXTURE_PERIOD: ValueRange = [0.9, 1.1];
/** Share of the image's side that a shape's longer side takes at zoom 1. */
const FILL = 0.75;
/** Control points of the bend on a side. */
const KNOTS = 4;
const NOISE_LENGTH = 2 ** 18;
let noiseTable: Float32Array | undefined;

/**
 * Draws the first `count` images of a seed. Image i shows category i mod 16 and depends on the seed, i and the options
 * alone, whatever else is drawn with it; kinds of one seed share shapes, placement and colours.
 */
export function shapeTextureImages(
  options: {
    kind: ImageKind;
    count: number;
    seed: number;
    size?: number;
    /** Which drawings: those of the project for training (default) or validation, or any others. */
    shapes?: ShapeSet | readonly Shape[];
  } & ImageVariation,
): ShapeTextureImages {
  const { kind, count, seed, size = 64, shapes = 'training', ...variation } = options;
  checkWhole(count, 0, 'The number of images');
  checkWhole(size, 8, "An image's size");
  const groups = shapesByCategory(typeof shapes === 'string' ? projectShapes(shapes) : shapes);
  const result: ShapeTextureImages = {
    images: new Uint8Array(count * size * size * 3),
    count,
    size,
    shapes: new Int32Array(count),
    textures: new Int32Array(count),
    masks: new Uint8Array(count * size * size),
  };
  const draw = painter(size, variation);
  const classes = CATEGORIES.length;
  for (let i = 0; i < count; i++) {
    const label = i % classes;
    const source = random(seed, `shape-texture image ${i}`);
    const other = (label + 1 + (Math.floor(i / classes) % (classes - 1))) % classes;
    const texture = kind === 'silhouette' ? -1 : kind === 'conflict' ? other : label;
    const shape = groups[label][source.integer(groups[label].length)];
    result.shapes[i] = label;
    result.textures[i] = texture;
    const image = result.images.subarray(i * size * size * 3, (i + 1) * size * size * 3);
    const mask = result.masks.subarray(i * size * size, (i + 1) * size * size);
    draw({ source, shape, texture, image, mask });
    if (kind === 'pooled') image.set(meanPool({ image, height: size, width: size, masks: [mask] }));
  }
  return result;
}

/** A function that draws one image into its place. */
function painter(size: number, variation: ImageVariation) {
  const { contrast = [0.15, 0.3], rotation = 15, zoom = [0.85, 1.15], shift = 0.15, bend = 0.08 } = variation;
  const { noise = 0.04 } = variation;
  const spline = knotWeights(size); // [size, KNOTS]
  noiseTable ??= normals(NOISE_LENGTH, 'pixel noise');
  const table = noiseTable;
  // Read for every pixel, and a module's exports are slower than constants.
  const outside = -BAND;
  const reach = REACH;

  return ({ source, shape, texture, image, mask }: Drawing): void => {
    const between = ([low, high]: ValueRange) => low + source.uniform() * (high - low);
    const around = (most: number) => between([-most, most]);
    // Every draw happens for every kind, in this order, so that all kinds of an image share what they show.
    const mirror = source.integer(2) === 0 ? 1 : -1;
    const angle = (around(rotation) * Math.PI) / 180;
    const scale = between(zoom) / FILL;
    const [shiftX, shiftY] = [around(shift), around(shift)];
    const knotsX = Array.from({ length: KNOTS * KNOTS }, () => around(bend));
    const knotsY = Array.from({ length: KNOTS * KNOTS }, () => around(bend));
    const { object, background } = colours(source);
    const direction = unitVector(source);
    const strength = between(contrast);
    const tile = textureTile(Math.max(texture, 0));
    const tileAngle = (around(TEXTURE_ROTATION) * Math.PI) / 180;
    const tileScale = TEXELS_PER_PIXEL / between(TEXTURE_PERIOD);
    const [phaseU, phaseV] = [source.uniform() * tile.side, source.uniform() * tile.side];

    const { values, side } = shape.field;
    const perUnit = side / (2 * reach);
    const pixelsPerUnit = size / 2 / scale;
    const [axx, axy] = [mirror * scale * Math.cos(angle), mirror * scale * Math.sin(angle)];
    const [ayx, ayy] = [-scale * Math.sin(angle), scale * Math.cos(angle)];
    const [stepU, stepV] = [tileScale * Math.cos(tileAngle), tileScale * Math.sin(tileAngle)];
    const texels = tile.values;
    const wrap = tile.side - 1; // -1 too is a position in the tile: its side is a power of two
    const silhouette = texture < 0;
    const rowX = new Float64Array(KNOTS);
    const rowY = new Float64Array(KNOTS);
    for (let y = 0, at = 0; y < size; y++) {
      const v = ((y + 0.5) * 2) / size - 1 - shiftY;
      for (let k = 0; k < KNOTS; k++) {
        rowX[k] = rowY[k] = 0;
        for (let j = 0; j < KNOTS; j++) {
          rowX[k] += spline[y * KNOTS + j] * knotsX[j * KNOTS + k];
          rowY[k] += spline[y * KNOTS + j] * knotsY[j * KNOTS + k];
        }
      }
      let grain = noise > 0 ? source.integer(NOISE_LENGTH) : 0;
      for (let x = 0; x < size; x++, at++) {
        const w = x * KNOTS;
        const w0 = spline[w];
        const w1 = spline[w + 1];
        const w2 = spline[w + 2];
        const w3 = spline[w + 3];
        const bx = ((x + 0.5) * 2) / size - 1 - shiftX + w0 * rowX[0] + w1 * rowX[1] + w2 * rowX[2] + w3 * rowX[3];
        const by = v + w0 * rowY[0] + w1 * rowY[1] + w2 * rowY[2] + w3 * rowY[3];
        // Place in the shape's distance field, between four of its points.
        const fx = (axx * bx + axy * by + reach) * perUnit - 0.5;
        const fy = (ayx * bx + ayy * by + reach) * perUnit - 0.5;
        let distance = outside;
        if (fx >= 0 && fy >= 0 && fx < side - 1 && fy < side - 1) {
          const ix = fx | 0;
          const iy = fy | 0;
          const px = fx - ix;
          const corner = iy * side + ix;
          const top = values[corner] + px * (values[corner + 1] - values[corner]);
          const below = values[corner + side] + px * (values[corner + side + 1] - values[corner + side]);
          distance = top + (fy - iy) * (below - top);
        }
        mask[at] = distance >= 0 ? 1 : 0;
        const covered = Math.min(1, Math.max(0, 0.5 + distance * pixelsPerUnit));
        const to = at * 3;
        if (silhouette) {
          image[to] = image[to + 1] = image[to + 2] = Math.round(255 * (1 - covered));
          continue;
        }
        let pattern = 0;
        if (covered > 0) {
          const tu = phaseU + stepU * x - stepV * y;
          const tv = phaseV + stepV * x + stepU * y;
          const iu = Math.floor(tu);
          const iv = Math.floor(tv);
          const pu = tu - iu;
          const u0 = iu & wrap;
          const u1 = (iu + 1) & wrap;
          const v0 = (iv & wrap) * tile.side;
          const v1 = ((iv + 1) & wrap) * tile.side;
          const top = texels[v0 + u0] + pu * (texels[v0 + u1] - texels[v0 + u0]);
          const below = texels[v1 + u0] + pu * (texels[v1 + u1] - texels[v1 + u0]);
          pattern = strength * (top + (tv - iv) * (below - top));
        }
        for (let channel = 0; channel < 3; channel++) {
          const inside = object[channel] + pattern * direction[channel];
          let value = background[channel] + covered * (inside - background[channel]);
          if (noise > 0) value += noise * table[grain++ & (NOISE_LENGTH - 1)];
          image[to + channel] = value <= 0 ? 0 : value >= 1 ? 255 : (255 * value + 0.5) | 0;
        }
      }
    }
  };
}

interface Drawing {
  source: Random;
  shape: Shape;
  /** Texture family, -1 for a silhouette. */
  texture: number;
  image: Uint8Array;
  mask: Uint8Array;
}

/** Mean colours of object and background, 0.2..0.8 in every channel and at least 0.3 apart. */
function colours(source: Random): { object: number[]; background: number[] } {
  for (;;) {
    const [object, background] = [0, 1].map(() => Array.from({ length: 3 }, () => 0.2 + 0.6 * source.uniform()));
    if (Math.hypot(...object.map((value, i) => value - background[i])) >= 0.3) return { object, background };
  }
}

/** A direction in colour space, every one equally likely. */
function unitVector(source: Random): number[] {
  const z = 2 * source.uniform() - 1;
  const angle = 2 * Math.PI * source.uniform();
  const radius = Math.sqrt(1 - z * z);
  return [radius * Math.cos(angle), radius * Math.sin(angle), z];
}

/** Weights of the control points of a Catmull-Rom spline at each pixel, [size, KNOTS]; the end points count twice. */
function knotWeights(size: number): Float64Array {
  const weights = new Float64Array(size * KNOTS);
  for (let i = 0; i < size; i++) {
    const position = ((i + 0.5) / size) * (KNOTS - 1);
    const knot = Math.min(KNOTS - 2, Math.floor(position));
    const t = position - knot;
    const basis = [
      ((2 - t) * t - 1) * t * 0.5,
      ((3 * t - 5) * t * t + 2) * 0.5,
      ((4 - 3 * t) * t + 1) * t * 0.5,
      (t - 1) * t * t * 0.5,
    ];
    basis.forEach((weight, j) => {
      weights[i * KNOTS + Math.min(KNOTS - 1, Math.max(0, knot + j - 1))] += weight;
    });
  }
  return weights;
}

function checkWhole(value: number, least: number, what: string): void {
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`${what} must be a whole number, at least ${least}, not ${value}.`);
  }
}
