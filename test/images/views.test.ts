import { describe, expect, it } from 'vitest';
import { imageAt, paintLabels } from '../../lib/dist/images/meanPooling';

const images = Uint8Array.from({ length: 2 * 2 * 2 * 3 }, (_, i) => i);

describe('imageAt', () => {
  it('is a copy of one image of many', () => {
    const second = imageAt({ images, size: 2 }, 1);
    expect([second.height, second.width, [...second.image]]).toEqual([2, 2, [...images.slice(12)]]);
    second.image.fill(0);
    expect(images[12]).toBe(12);
  });

  it.each([-1, 2, 0.5])('refuses %d of two', (index) => {
    expect(() => imageAt({ images, size: 2 }, index)).toThrow(`There is no image ${index} among 2`);
  });
});

describe('paintLabels', () => {
  it('gives each segment one colour, the same at every time', () => {
    const labels = Int32Array.from([0, 1, 1, 7]);
    const { image } = paintLabels({ labels, height: 2, width: 2 });
    const colours = [0, 1, 2, 3].map((i) => image.slice(3 * i, 3 * i + 3).join());
    expect(colours[1]).toBe(colours[2]);
    expect(new Set(colours).size).toBe(3);
    expect(paintLabels({ labels, height: 2, width: 2 }).image).toEqual(image);
  });

  it('refuses labels that do not fill the picture', () => {
    expect(() => paintLabels({ labels: new Int32Array(3), height: 2, width: 2 })).toThrow('The image has 9 values');
  });
});
