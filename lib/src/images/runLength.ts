/**
 * A binary mask in COCO's run-length encoding: the lengths of runs of equal pixels, read column by column from the top
 * left, the first run being zeros. `counts` is a list, or COCO's compressed text of it. `size` is [height, width].
 */
export interface RunLengthMask {
  size: [height: number, width: number];
  counts: number[] | string;
}

/** The mask as row-major [height, width] of 0 and 1. `where` names it in errors. */
export function decodeRunLength({ size, counts }: RunLengthMask, where = 'The run-length mask'): Uint8Array {
  const [height, width] = size;
  if (size.length !== 2 || !size.every((side) => Number.isInteger(side) && side >= 1 && side <= 2 ** 15)) {
    throw new Error(`${where} has the size ${JSON.stringify(size)}: it must be [height, width] in whole pixels.`);
  }
  const runs = typeof counts === 'string' ? decompressed(counts, where) : counts;
  const pixels = height * width;
  const mask = new Uint8Array(pixels);
  let at = 0;
  runs.forEach((run, i) => {
    if (!Number.isInteger(run) || run < 0) {
      throw new Error(`${where} has a run of ${run} pixels (run ${i + 1}): runs are whole numbers from 0.`);
    }
    const end = at + run;
    if (end > pixels) throw filled(where, runs, size);
    if (i % 2 === 1) {
      let column = Math.floor(at / height);
      let row = at - column * height;
      for (; at < end; at++) {
        mask[row * width + column] = 1;
        if (++row === height) {
          row = 0;
          column++;
        }
      }
    }
    at = end;
  });
  if (at !== pixels) throw filled(where, runs, size);
  return mask;
}

/** The run-length encoding of a mask, row-major [height, width], 0 outside; `compressed` writes COCO's text. */
export function encodeRunLength(
  { mask, height, width }: { mask: Uint8Array; height: number; width: number },
  { compressed = false }: { compressed?: boolean } = {},
): RunLengthMask {
  const runs: number[] = [];
  let [value, run] = [0, 0];
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < height; row++) {
      const pixel = mask[row * width + column] === 0 ? 0 : 1;
      if (pixel !== value) {
        runs.push(run);
        [value, run] = [pixel, 0];
      }
      run++;
    }
  }
  runs.push(run);
  return { size: [height, width], counts: compressed ? compressedText(runs) : runs };
}

function filled(where: string, runs: number[], [height, width]: [number, number]): Error {
  const total = runs.reduce((sum, run) => sum + run, 0);
  return new Error(
    `${where} has runs of ${total} pixels in all, but its size of ${width} x ${height} has ${height * width}: the runs must fill it exactly.`,
  );
}

// Each run (from the fourth on its difference from the run before the last) in groups of five bits, lowest first; bit 6
// says that another group follows, and the highest bit of the last group is the sign.
const OFFSET = 48;
const MOST_GROUPS = 7; // 35 bits: more than any number of pixels takes

function decompressed(text: string, where: string): number[] {
  if (text.startsWith("b'")) {
    throw new Error(`${where} has counts of bytes as Python's str() shows them: write counts.decode("ascii").`);
  }
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    for (let group = 0; ; group++) {
      const bits = text.charCodeAt(at) - OFFSET; // NaN behind the end
      if (!(bits >= 0 && bits < 64) || group >= MOST_GROUPS) {
        throw new Error(`${where} is no compressed run-length text: it cannot be read at character ${at + 1}.`);
      }
      at++;
      value += (bits & 31) * 32 ** group;
      if (bits & 32) continue;
      if (bits & 16) value -= 32 ** (group + 1);
      break;
    }
    runs.push(runs.length > 2 ? value + runs[runs.length - 2] : value);
  }
  return runs;
}

function compressedText(runs: number[]): string {
  let text = '';
  runs.forEach((run, i) => {
    let rest = i > 2 ? run - runs[i - 2] : run;
    for (let more = true; more; ) {
      const bits = ((rest % 32) + 32) % 32;
      rest = (rest - bits) / 32;
      more = bits & 16 ? rest !== -1 : rest !== 0;
      text += String.fromCharCode((bits | (more ? 32 : 0)) + OFFSET);
    }
  });
  return text;
}
