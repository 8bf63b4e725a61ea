import { expect, it, vi } from 'vitest';
import { imageCaption, imageNote, images, photographs, photographsNote } from '../../lib/dist/notebook/presets';

it('says that the numbers of vision notebooks are not the paper’s', () => {
  expect(images('paper')).toBe('laptop');
  expect(imageNote(images('quick'))).toContain("its numbers are not the paper's");
  expect(imageCaption('laptop')).toBe('ours on drawn images of 64 pixels, preset laptop');
  expect(imageCaption('paper')).toContain('photographs');
});

it('shows committed results where the photographs are not there', () => {
  vi.stubEnv('TINY_IMAGENET', '/nowhere');
  expect(photographs('quick')).toBe('photographs');
  expect(photographsNote('photographs')).toContain('npm run fetch-data -- tiny-imagenet');
  expect(imageCaption('photographs')).toBe('ours on photographs of 64 pixels, preset photographs');
  vi.unstubAllEnvs();
  expect(photographs('smoke')).toBe('smoke');
});
