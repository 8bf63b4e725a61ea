import { readJson } from '../files/json';
import { decodeRunLength, type RunLengthMask } from './runLength';

/** The segments of an image, each row-major [height, width] of 0 and 1. */
export interface Segments {
  height: number;
  width: number;
  masks: Uint8Array[];
}

/**
 * Reads segments from JSON as Segment Anything's automatic mask generator writes it with run-length output: a list of
 * masks, each with "segmentation": {"size": [height, width], "counts": a list or COCO's compressed text}; whatever else
 * is said of them (area, bbox, predicted_iou, ...) is not needed. A file of its data set, which has the list under
 * "annotations", is read as well.
 */
export function readSegments(path: string): Segments {
  return parseSegments(readJson(path), path);
}

/** The segments in a value read from JSON; `where` names it in errors. */
export function parseSegments(value: unknown, where: string): Segments {
  const list = Array.isArray(value) ? value : (value as { annotations?: unknown } | null)?.annotations;
  if (!Array.isArray(list) || list.length === 0) {
    throw new Error(`${where} holds no list of masks: it must be what Segment Anything's mask generator returns.`);
  }
  let size: [number, number] | undefined;
  const masks = list.map((entry, i) => {
    const name = `Mask ${i + 1} of ${where}`;
    const segmentation = (entry as { segmentation?: unknown } | null)?.segmentation;
    if (!isRunLength(segmentation)) {
      throw new Error(`${name} lacks "segmentation" with "size" and "counts": write the masks with run-length output.`);
    }
    const mask = decodeRunLength(segmentation, name);
    size ??= segmentation.size;
    const [height, width] = segmentation.size;
    if (height !== size[0] || width !== size[1]) {
      throw new Error(`${name} is of ${width} x ${height} pixels, and the first one of ${size[1]} x ${size[0]}.`);
    }
    return mask;
  });
  const [height, width] = size as [number, number];
  return { height, width, masks };
}

function isRunLength(value: unknown): value is RunLengthMask {
  const { size, counts } = (value ?? {}) as Partial<RunLengthMask>;
  return Array.isArray(size) && (Array.isArray(counts) || typeof counts === 'string');
}
