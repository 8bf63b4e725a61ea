import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage, writePng } from '../../lib/dist/images/imageFile';
import { meanPoolFile } from '../../lib/dist/images/meanPoolFile';
import { encodeRunLength } from '../../lib/dist/images/runLength';
import { readSegments } from '../../lib/dist/images/segmentFile';

const folder = mkdtempSync(join(tmpdir(), 'mean-pool-'));
const path = join(folder, 'image.png');
const out = join(folder, 'pooled/image.png');
const [height, width] = [16, 20];
/** Left half dark with a pattern, right half bright with another. */
const values = Array.from({ length: height * width }, (_, i) => (i % width < 10 ? 20 + (i % 2) * 4 : 200 + (i % 3)));
const bright = values.filter((value) => value > 100);
const mean = Math.floor(bright.reduce((sum, value) => sum + value, 0) / bright.length);
beforeAll(() => writePng(path, { image: Uint8Array.from(values.flatMap((v) => [v, v, v])), height, width }));
afterAll(() => rmSync(folder, { recursive: true }));

describe('meanPoolFile', () => {
  it('pools through masks that Segment Anything wrote', async () => {
    const mask = Uint8Array.from(values, (value) => Number(value > 100));
    const segments = join(folder, 'masks.json');
    const segmentation = encodeRunLength({ mask, height, width }, { compressed: true });
    writeFileSync(segments, JSON.stringify([{ segmentation, area: 160 }]));
    await meanPoolFile({ path, out, segments });
    const pooled = await readImage(out);
    expect([pooled.height, pooled.width]).toEqual([height, width]);
    expect([...pooled.image]).toEqual(values.flatMap((value) => new Array(3).fill(value > 100 ? mean : 22)));
    expect(readdirSync(join(folder, 'pooled'))).toEqual(['image.png']);
    writeFileSync(segments, JSON.stringify([{ segmentation: { size: [2, 2], counts: [4] } }]));
    await expect(meanPoolFile({ path, out, segments })).rejects.toThrow('are of 2 x 2 pixels, and');
  });

  it('turns masks of the upright image back, whatever the EXIF orientation', async () => {
    // As stored: the upper rows red, the lower ones blue, and one red pixel more, so that no turn looks like another.
    for (const [h, w] of [
      [6, 6],
      [4, 7],
    ]) {
      const isRed = (pixel: number) => pixel < 2 * w || pixel === 3 * w;
      const stored = Uint8Array.from(
        { length: h * w * 3 },
        (_, i) => [isRed(Math.floor(i / 3)) ? 200 : 0, 0, 90][i % 3],
      );
      for (let orientation = 1; orientation <= 8; orientation++) {
        const turned = join(folder, 'turned.png');
        await sharp(stored, { raw: { width: w, height: h, channels: 3 } })
          .withMetadata({ orientation })
          .png()
          .toFile(turned);
        const { data, info } = await sharp(turned).autoOrient().raw().toBuffer({ resolveWithObject: true });
        const size = { height: info.height, width: info.width };
        const masks = [0, 200].map((red) =>
          Uint8Array.from({ length: h * w }, (_, i) => Number(data[i * info.channels] === red)),
        );
        const segments = join(folder, 'turned.json');
        writeFileSync(
          segments,
          JSON.stringify(
            masks.map((mask) => ({ segmentation: encodeRunLength({ mask, ...size }, { compressed: true }) })),
          ),
        );
        await meanPoolFile({ path: turned, out, segments });
        const pooled = await readImage(out);
        expect([pooled.height, pooled.width, [...pooled.image]], `orientation ${orientation}`).toEqual([
          h,
          w,
          [...stored],
        ]);
      }
    }
    const wide = join(folder, 'turned.png'); // 7 x 4 as stored, orientation 8
    const segmentation = { size: [4, 7], counts: [28] };
    writeFileSync(join(folder, 'turned.json'), JSON.stringify([{ segmentation }]));
    await expect(meanPoolFile({ path: wide, out, segments: join(folder, 'turned.json') })).rejects.toThrow(
      'are of 7 x 4 pixels, and',
    );
    await expect(meanPoolFile({ path: wide, out, segments: join(folder, 'turned.json') })).rejects.toThrow(
      'has 4 x 7 upright (its EXIF orientation is 8): make them of this image.',
    );
  });

  it('paints an image without masks with its mean', async () => {
    const all = Math.floor(values.reduce((sum, value) => sum + value, 0) / values.length);
    const segments = join(folder, 'none.json');
    const empty = join(folder, 'none');
    mkdirSync(empty);
    writeFileSync(join(empty, 'metadata.csv'), 'id,area\n');
    for (const content of ['[]', '{"image": {}, "annotations": []}']) {
      writeFileSync(segments, content);
      for (const from of [segments, empty]) {
        await meanPoolFile({ path, out, segments: from });
        expect(new Set((await readImage(out)).image)).toEqual(new Set([all]));
      }
    }
  });

  it("reads amg.py's folder of masks as its JSON", async () => {
    const masks = join(folder, 'masks');
    mkdirSync(masks);
    writeFileSync(join(masks, 'metadata.csv'), 'id,area\n');
    for (const [name, isIn] of Object.entries({
      '0.png': (value: number) => value > 100,
      '10.png': (value: number) => value === 24,
      '2.png': () => false,
    })) {
      const image = Buffer.from(values.map((value) => (isIn(value) ? 255 : 0)));
      await sharp(image, { raw: { width, height, channels: 1 } })
        .png()
        .toFile(join(masks, name));
    }
    writeFileSync(join(masks, '._0.png'), 'no image');
    const segments = await readSegments(masks);
    expect([segments.height, segments.width]).toEqual([height, width]);
    expect(segments.masks.map((mask) => mask.reduce((sum, value) => sum + value, 0))).toEqual([160, 0, 80]);
    await meanPoolFile({ path, out, segments: masks });
    const { image } = await readImage(out);
    expect([...image]).toEqual(values.flatMap((value) => new Array(3).fill(value > 100 ? mean : value)));
    await expect(readSegments(folder)).rejects.toThrow('holds no masks of an image: amg.py writes them as 0.png');
  });

  it('finds segments where there are none, at the size that is asked for', async () => {
    await meanPoolFile({ path, out, shorterSide: 16, scale: 300, sigma: 0, minSize: 5 });
    const { image } = await readImage(out);
    expect(new Set(image)).toEqual(new Set([22, mean]));
  });
});
