import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { imageNames } from '../files/dataFiles';
import { CATEGORIES, labelOf } from './categories';
import { distanceField, thickened } from './distanceField';
import { readImage } from './imageFile';
import type { LabelledFile } from './imageStream';
import { traceOutline } from './outline';
import type { Shape } from './shapes';

/** A stimulus of the texture-versus-shape experiments. */
export interface Stimulus extends LabelledFile {
  /** File name without extension, such as "cat1-airplane1". */
  name: string;
  /** Category of the shape, an index into CATEGORIES; `label` is the same. */
  shape: number;
  /** Category of the texture; -1 where the stimulus has none (silhouettes, edges). */
  texture: number;
}

/**
 * Where npm run fetch-data puts the texture-versus-shape data, under the names of their source, or the copy that the
 * environment variable TEXTURE_VS_SHAPE names.
 */
const fetched = () => process.env.TEXTURE_VS_SHAPE || join(__dirname, '../../../data/texture-vs-shape');

/** 160 filled silhouettes and 160 edge drawings of the same photographs, and 1,280 cue-conflict images. */
export const STIMULI = ['silhouettes', 'edges', 'cue-conflict'] as const;
export type StimuliKind = (typeof STIMULI)[number];

/** The folder of fetched stimuli. */
export function stimuliFolder(kind: StimuliKind): string {
  const names: Record<StimuliKind, string> = {
    silhouettes: 'filled-silhouettes',
    edges: 'edges',
    'cue-conflict': 'style-transfer-preprocessed-512',
  };
  return join(fetched(), 'stimuli', names[kind]);
}

/**
 * The folder of fetched decisions on the cue-conflict images: of 10 people, AlexNet, GoogLeNet and VGG-16, or of 13 more
 * networks, among them those trained on Stylized-ImageNet.
 */
export function decisionsFolder(of: 'people and networks' | 'trained networks'): string {
  const experiment = 'raw-data/style-transfer-512-nomask-experiment';
  return join(fetched(), of === 'trained networks' ? `${experiment}-trained-CNNs` : experiment);
}

/** Shape and texture of a stimulus by its name: "cat1-airplane1.png" is a cat with an airplane's texture. */
export function parseStimulusName(file: string): { name: string; shape: number; texture: number } {
  const name = basename(file).replace(/\.\w+$/, '');
  const [, shape, texture] = /^([a-z]+)\d+(?:-([a-z]+)\d+)?$/.exec(name) ?? [];
  if (shape === undefined) {
    throw new Error(`${file} is not named as a stimulus: the name must look like cat1-airplane1.png or cat1.png.`);
  }
  return {
    name,
    shape: labelOf(shape, `The shape in ${file}`),
    texture: texture === undefined ? -1 : labelOf(texture, `The texture in ${file}`),
  };
}

/** The stimuli in a folder with one folder a category of shape, in the order of the categories and numbers. */
export function listStimuli(folder: string): Stimulus[] {
  if (!existsSync(folder)) {
    throw new Error(`There is no folder ${folder}: npm run fetch-data brings the texture-versus-shape stimuli.`);
  }
  return CATEGORIES.flatMap((category, label) => {
    const path = join(folder, category);
    if (!existsSync(path)) throw new Error(`${folder} lacks the folder "${category}".`);
    return imageNames(path)
      .sort(byNumbers)
      .map((file) => {
        const stimulus = { path: join(path, file), label, ...parseStimulusName(join(path, file)) };
        if (stimulus.shape !== label) {
          throw new Error(`${stimulus.path} lies among the shapes of ${category}, but its name says otherwise.`);
        }
        return stimulus;
      });
  });
}

/** Names in the order of their numbers: cat2 before cat10. */
function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Stimuli that can be shapes for the image generator, in place of the project's own drawings. */
export type StimulusShapes = Exclude<StimuliKind, 'cue-conflict'>;

/**
 * What every edge gains on either side, where the longer side of a drawing is 2: in an image of 64 pixels an edge is then
 * a band of three, wide enough to show a texture.
 */
const EDGE_MARGIN = 0.05;

/** The shapes of all stimuli of a kind (black on white), in the order of the categories and numbers. */
export async function stimulusShapes(
  kind: StimulusShapes,
  { folder = stimuliFolder(kind) }: { folder?: string } = {},
): Promise<Shape[]> {
  const shapes: Shape[] = [];
  for (const { path, name, label } of listStimuli(folder)) {
    const { image, height, width } = await readImage(path);
    const coverage = Float32Array.from({ length: height * width }, (_, i) => 1 - image[3 * i] / 255);
    const field = distanceField(traceOutline({ coverage, width, height, where: path }));
    shapes.push({ label, name, field: kind === 'edges' ? thickened(field, EDGE_MARGIN) : field });
  }
  return shapes;
}
