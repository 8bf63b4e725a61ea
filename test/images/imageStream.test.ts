import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IMAGENET_COLOURS, normalisePixels, readImage, writePng } from '../../lib/dist/images/imageFile';
import { cropSquare, type PixelBatch, type SkippedFile, streamImages } from '../../lib/dist/images/imageStream';

const folder = mkdtempSync(join(tmpdir(), 'image-stream-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** File i shows the grey value 10 i, 40 x 30 pixels, in a PNG file. */
const files = Array.from({ length: 10 }, (_, i) => ({ path: join(folder, `${i}.png`), label: i % 16 }));
beforeAll(async () => {
  for (const [i, { path }] of files.entries()) {
    await writePng(path, { image: new Uint8Array(40 * 30 * 3).fill(10 * i), height: 30, width: 40 });
  }
});

async function all(options: Partial<Parameters<typeof streamImages>[0]> = {}): Promise<PixelBatch[]> {
  const batches: PixelBatch[] = [];
  for await (const batch of streamImages({ files, batchSize: 4, resize: 16, size: 12, ...options }))
    batches.push(batch);
  return batches;
}

describe('streamImages', () => {
  it('gives every file once, in order, in batches of which only the last is smaller', async () => {
    const batches = await all();
    expect(batches.map(({ count }) => count)).toEqual([4, 4, 2]);
    expect(batches.flatMap(({ indices }) => [...indices])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { images, labels, indices, count } of batches) {
      expect(images).toHaveLength(count * 12 * 12 * 3);
      indices.forEach((index, i) => {
        expect(labels[i]).toBe(files[index].label);
        expect(new Set(images.subarray(i * 432, (i + 1) * 432))).toEqual(new Set([10 * index]));
      });
    }
  });

  it('shuffles and cuts by seed and epoch alone, however far it reads ahead', async () => {
    const options = { shuffle: true, augment: true, seed: 5, epoch: 2 };
    const first = await all({ ...options, prefetch: 1 });
    expect(await all({ ...options, prefetch: 4 })).toEqual(first);
    const order = (batches: PixelBatch[]) => batches.flatMap(({ indices }) => [...indices]);
    expect([...order(first)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(order(await all({ ...options, epoch: 3 }))).not.toEqual(order(first));
  });

  it('leaves out files that cannot be read, names them, and stops at the limit', async () => {
    const bad = ['text.jpg', 'cut.png', 'empty.png'].map((name) => join(folder, name));
    writeFileSync(bad[0], 'this is no image');
    writeFileSync(bad[1], (await import('node:fs')).readFileSync(files[1].path).subarray(0, 60));
    writeFileSync(bad[2], '');
    const mixed = [files[0], ...bad.map((path) => ({ path, label: 0 })), files[1], files[2]];
    const skipped: SkippedFile[] = [];
    const batches = await all({ files: mixed, batchSize: 2, onSkip: (file) => skipped.push(file) });
    expect(batches.map(({ indices }) => [...indices])).toEqual([[0, 4], [5]]);
    expect(skipped.map(({ path }) => path)).toEqual(bad);
    for (const { path, reason } of skipped) expect(reason).toMatch(new RegExp(`^${path} cannot be read as an image`));
    await expect(all({ files: mixed, skipLimit: 2, onSkip: () => {} })).rejects.toThrow(
      `More than 2 of 6 images could not be used; the last: ${bad[2]}`,
    );
  });

  it('says of each file once that it is left out, where nobody listens', async () => {
    const path = join(folder, 'torn.png');
    writeFileSync(path, 'this is no image');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const mixed = [files[0], { path, label: 0 }, files[1]];
    for (const epoch of [1, 2]) {
      const batches = await all({ files: mixed, epoch });
      expect(batches.map(({ indices }) => [...indices])).toEqual([[0, 2]]);
    }
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /torn\.png cannot be read as an image .*take it away\. It is left out, so there is one image less\.$/,
        ),
      ],
    ]);
    warn.mockRestore();
  });

  it('says which image is too small for the cut', async () => {
    await expect(all({ resize: 8, size: 12, skipLimit: 0 })).rejects.toThrow(
      '0.png has 11 x 8 pixels, too few to cut 12 x 12',
    );
  });

  it('reads ahead while a batch is used', async () => {
    const stream = streamImages({ files, batchSize: 2, resize: 16, size: 12, prefetch: 2 });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 1000)); // a training step
    const start = performance.now();
    await stream.next();
    expect(performance.now() - start).toBeLessThan(500);
    await stream.return();
  });
});

describe('images', () => {
  it('are resized along their shorter side and cut from the centre', async () => {
    const source = await readImage(files[3].path, { shorterSide: 15 });
    expect([source.width, source.height]).toEqual([20, 15]);
    const image = Uint8Array.from({ length: 4 * 2 * 3 }, (_, i) => i);
    expect([...cropSquare({ image, height: 2, width: 4 }, 2, 'centre')]).toEqual([
      3, 4, 5, 6, 7, 8, 15, 16, 17, 18, 19, 20,
    ]);
  });

  it('are cut at every place and mirrored every other time', () => {
    const image = Uint8Array.from([1, 2, 3, 4].flatMap((value) => [value, value, value]));
    const cuts = Array.from({ length: 200 }, (_, i) =>
      cropSquare({ image, height: 1, width: 4 }, 1, { seed: 1, purpose: String(i) }).join(),
    );
    expect(new Set(cuts).size).toBe(4);
    const wide = Uint8Array.from({ length: 12 }, (_, i) => i);
    const square = { image: wide, height: 2, width: 2 };
    const mirrored = Array.from({ length: 200 }, (_, i) => cropSquare(square, 2, { seed: 1, purpose: String(i) }));
    const plain = mirrored.filter((cut) => cut.join() === wide.join()).length;
    expect(plain).toBeGreaterThan(70);
    expect(plain).toBeLessThan(130);
    const other = mirrored.find((cut) => cut.join() !== wide.join());
    expect([...(other ?? [])]).toEqual([3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]);
  });

  it('are normalised with mean and standard deviation of each colour', () => {
    const values = normalisePixels(Uint8Array.of(0, 128, 255));
    const { mean, deviation } = IMAGENET_COLOURS;
    [0, 128, 255].forEach((value, i) => expect(values[i]).toBeCloseTo((value / 255 - mean[i]) / deviation[i], 5));
    const half = normalisePixels(Uint8Array.of(0, 255, 255), { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });
    expect([...half]).toEqual([-1, 1, 1]);
  });
});
