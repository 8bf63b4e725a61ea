import { expect, it } from 'vitest';
import { imagePresetCaption, imagePresetNote, imagePresetOf } from '../../lib/dist/notebook/imagePreset';

it('says that the numbers of vision notebooks are not the paper’s', () => {
  expect(imagePresetOf('paper')).toBe('laptop');
  expect(imagePresetNote(imagePresetOf('quick'))).toContain("its numbers are not the paper's");
  expect(imagePresetCaption('laptop')).toBe('ours on drawn images of 64 pixels, preset laptop');
  expect(imagePresetCaption('paper')).toContain('photographs');
});
