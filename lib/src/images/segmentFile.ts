import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFiles } from '../files/dataFiles';
import { readJson } from '../files/json';
import { readImage } from './imageFile';
import { decodeRunLength, type RunLengthMask } from './runLength';

/** The segments of an image, each row-major [height, width] of 0 and 1; without any, the size is not known and 0 x 0. */
export interface Segments {
  height: number;
  width: number;
  masks: Uint8Array[];
}

/**
 * Reads segments as Segment Anything's automatic mask generator (scripts/amg.py) writes them: JSON with run-length output, or
 * its folder of an image, with masks in 0.png, 1.png, ... The JSON is a list of masks, each with "segmentation": {"size":
 * [height, width], "counts": a list or COCO's compressed text}; whatever else is said of them (area, bbox, predicted_iou,
 * ...) is not needed. A file of its data set, which has the list under "annotations", is read as well.
 */
export async function readSegments(path: string): Promise<Segments> {
  return existsSync(path) && statSync(path).isDirectory() ? readMaskFolder(path) : parseSegments(readJson(path), path);
}

async function readMaskFolder(folder: string): Promise<Segments> {
  const names = dataFiles(folder).filter((name) => /^\d+\.png$/.test(name));
  if (names.length === 0 && !existsSync(join(folder, 'metadata.csv'))) {
    throw new Error(
      `${folder} holds no masks of an image: amg.py writes them as 0.png, 1.png, ... beside metadata.csv.`,
    );
  }
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const images = await Promise.all(names.map((name) => readImage(join(folder, name))));
  return sameSize(
    images.map(({ image, height, width }, i) => ({
      name: join(folder, names[i]),
      size: [height, width],
      mask: Uint8Array.from({ length: height * width }, (_, pixel) => Number(image[3 * pixel] > 127)),
    })),
  );
}

/** The segments in a value read from JSON; `where` names it in errors. */
export function parseSegments(value: unknown, where: string): Segments {
  const list = Array.isArray(value) ? value : (value as { annotations?: unknown } | null)?.annotations;
  if (!Array.isArray(list)) {
    const masks = (value as { masks?: unknown } | null)?.masks;
    throw new Error(
      Array.isArray(masks)
        ? `${where} holds "masks" as Hugging Face's pipeline returns them: write a list of {"segmentation": ...} with the masks in run-length encoding.`
        : `${where} holds no list of masks: it must be what Segment Anything's mask generator returns.`,
    );
  }
  return sameSize(
    list.map((entry, i) => {
      const name = `Mask ${i + 1} of ${where}`;
      const segmentation = (entry as { segmentation?: unknown } | null)?.segmentation;
      if (!isRunLength(segmentation)) {
        throw new Error(
          isPolygon(segmentation)
            ? `${name} is a polygon: write the masks with run-length output (annToRLE of pycocotools makes it of a polygon).`
            : `${name} lacks "segmentation" with "size" and "counts": write the masks with run-length output.`,
        );
      }
      return { name, size: segmentation.size, mask: decodeRunLength(segmentation, name) };
    }),
  );
}

function sameSize(masks: { name: string; size: [height: number, width: number]; mask: Uint8Array }[]): Segments {
  const [height, width] = masks[0]?.size ?? [0, 0];
  const odd = masks.find(({ size }) => size[0] !== height || size[1] !== width);
  if (odd) {
    throw new Error(
      `${odd.name} is of ${odd.size[1]} x ${odd.size[0]} pixels, and the first one of ${width} x ${height}.`,
    );
  }
  return { height, width, masks: masks.map(({ mask }) => mask) };
}

function isRunLength(value: unknown): value is RunLengthMask {
  const { size, counts } = (value ?? {}) as Partial<RunLengthMask>;
  return Array.isArray(size) && (Array.isArray(counts) || typeof counts === 'string');
}

function isPolygon(value: unknown): boolean {
  return Array.isArray(value) && Array.isArray(value[0]) && typeof value[0][0] === 'number';
}
