import { expect, it } from 'vitest';
import { imageCaption, imageNote, images } from '../../lib/dist/notebook/presets';

it('says that the numbers of vision notebooks are not the paper’s', () => {
  expect(images('paper')).toBe('laptop');
  expect(imageNote(images('quick'))).toContain("its numbers are not the paper's");
  expect(imageCaption('laptop')).toBe('ours on drawn images of 64 pixels, preset laptop');
  expect(imageCaption('paper')).toContain('photographs');
});
