import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pictures, picturesImage } from '../../lib/dist/charts/pictures';
import { show } from '../../lib/dist/notebook/show';
import { inCell } from '../notebook/fakeKernel';

const filled = (red: number, green: number, blue: number, side = 4) => ({
  image: Uint8Array.from({ length: side * side * 3 }, (_, i) => [red, green, blue][i % 3]),
  height: side,
  width: side,
});
const sheet = {
  title: 'Two colours',
  columns: ['first', 'second'],
  rows: [{ label: 'row', images: [filled(250, 0, 0), filled(0, 0, 250, 8)], captions: ['red', 'blue & more'] }],
};

describe('pictures', () => {
  it('shows every picture as large as asked, in its colours, on white', async () => {
    const { png, width, height } = await picturesImage({ ...sheet, side: 40 });
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([2 * width, 2 * height]);
    const count = (colour: number[]) => {
      let pixels = 0;
      for (let i = 0; i < data.length; i += 3) {
        if (colour.every((value, channel) => Math.abs(data[i + channel] - value) < 3)) pixels++;
      }
      return pixels;
    };
    // 40 CSS pixels are 80 of the picture's; an edge between two pixels is mixed.
    for (const colour of [
      [250, 0, 0],
      [0, 0, 250],
    ]) {
      expect(count(colour)).toBeGreaterThan(78 * 78);
      expect(count(colour)).toBeLessThanOrEqual(81 * 81);
    }
    expect(count([255, 255, 255])).toBeGreaterThan((info.width * info.height) / 4);
  });

  it('need as many captions as images', () => {
    const [row] = sheet.rows;
    expect(() => pictures({ ...sheet, rows: [{ ...row, captions: ['one'] }] })).toThrow(
      'The row "row" has 2 images and 1 captions',
    );
  });

  it('are one output with a picture and a text, or say that there is none', async () => {
    const [output] = await inCell(() => show(pictures(sheet)));
    expect(Object.keys(output.data).sort()).toEqual(['image/png', 'text/plain']);
    expect(output.data['text/plain']).toBe('[Pictures: Two colours]');
    const [none] = await inCell(() => show(pictures({ title: 'Nothing', rows: [{ label: 'row', images: [] }] })));
    expect(none.data['text/plain']).toBe('There is nothing to show yet: Nothing.');
  });
});
