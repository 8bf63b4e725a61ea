import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { uniqueName } from '../files/heartbeat';
import { graphSegments } from './graphSegmentation';
import { orientationOf, readImage, writePng } from './imageFile';
import { meanPool, meanPoolLabels, type RgbImage } from './meanPooling';
import { readSegments } from './segmentFile';

/**
 * Mean-pools an image file into a PNG file: through the masks in `segments`, Segment Anything's (readSegments) of the whole
 * image at its own size, or, without them, through graph-based segments of the image with its shorter side at `shorterSide`
 * pixels, for which the settings of graphSegments can be given.
 *
 * The PNG file lies as the image is stored, whatever its EXIF orientation, as training reads both. Masks are of the upright
 * image, as Segment Anything's amg.py (cv2.imread) sees it, and are turned back.
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
  const image =
    segments === undefined
      ? meanPoolLabels({ ...source, labels: graphSegments({ ...source, ...graph }).labels })
      : meanPool({ ...source, masks: await masksFor(path, source, segments) });
  mkdirSync(dirname(out), { recursive: true });
  const beside = `${out}.${uniqueName('partial')}`;
  try {
    await writePng(beside, { ...source, image });
    renameSync(beside, out);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** The masks of an image, turned as the image is stored. */
async function masksFor(path: string, stored: RgbImage, segments: string): Promise<Uint8Array[]> {
  const { masks, ...size } = await readSegments(segments);
  const orientation = await orientationOf(path);
  const upright = orientation < 5 ? stored : { height: stored.width, width: stored.height };
  if (masks.length > 0 && (size.height !== upright.height || size.width !== upright.width)) {
    const turned = orientation > 1 ? ` upright (its EXIF orientation is ${orientation})` : '';
    throw new Error(
      `The masks in ${segments} are of ${size.width} x ${size.height} pixels, and ${path} has ${upright.width} x ${upright.height}${turned}: make them of this image.`,
    );
  }
  return orientation > 1 ? masks.map((mask) => asStored(mask, stored, orientation)) : masks;
}

/** A mask of the upright image, row-major, with its pixels where the stored image has them (EXIF orientations 1 to 8). */
function asStored(mask: Uint8Array, { height, width }: RgbImage, orientation: number): Uint8Array {
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const turned = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = fromRight ? width - 1 - x : x;
      const down = fromBelow ? height - 1 - y : y;
      turned[y * width + x] = mask[orientation < 5 ? down * width + across : across * height + down];
    }
  }
  return turned;
}
