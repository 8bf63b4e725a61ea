import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { uniqueName } from '../files/atomicWrite';
import { graphSegments } from './graphSegmentation';
import { readImage, writePng } from './imageFile';
import { meanPool, meanPoolLabels } from './meanPooling';
import { readSegments } from './segmentFile';

/**
 * Mean-pools an image file into a PNG file: through the masks in `segments`, a JSON file of Segment Anything's (made of the
 * image at its own size), or, without one, through graph-based segments of the image with its shorter side at
 * `shorterSide` pixels, for which the settings of graphSegments can be given.
 */
export async function meanPoolFile(options: {
  path: string;
  out: string;
  segments?: string;
  shorterSide?: number;
  scale?: number;
  sigma?: number;
  minSize?: number;
}): Promise<void> {
  const { path, out, segments, shorterSide = 256, ...graph } = options;
  const source = await readImage(path, segments === undefined ? { shorterSide } : {});
  const pooled = { ...source };
  if (segments === undefined) {
    pooled.image = meanPoolLabels({ ...source, labels: graphSegments({ ...source, ...graph }).labels });
  } else {
    const { height, width, masks } = readSegments(segments);
    if (height !== source.height || width !== source.width) {
      throw new Error(
        `The masks in ${segments} are of ${width} x ${height} pixels, and ${path} has ${source.width} x ${source.height}: make them of this image.`,
      );
    }
    pooled.image = meanPool({ ...source, masks });
  }
  mkdirSync(dirname(out), { recursive: true });
  const beside = `${out}.${uniqueName('partial')}`;
  try {
    await writePng(beside, pooled);
    renameSync(beside, out);
  } finally {
    rmSync(beside, { force: true });
  }
}
