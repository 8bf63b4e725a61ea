/** The real silhouettes and edge drawings as shapes for the image generator, in place of the project's own drawings. */
import { distanceField, thickened } from './distanceField';
import { readImage } from './imageFile';
import { traceOutline } from './outline';
import type { Shape } from './shapes';
import { listStimuli, type StimuliKind, stimuliFolder } from './stimuli';

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
