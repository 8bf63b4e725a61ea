import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fontWidths } from '../../lib/dist/notebook/fontWidths';

const { resolve } = createRequire(import.meta.url);

describe('fontWidths', () => {
  it('measures text by the advance widths of its letters', () => {
    const width = fontWidths(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
    // DejaVu Sans has 2048 units an em; a digit is 1303 of them wide, i 569, W 2025, a space 651, an arrow 1716.
    expect(width('0123456789')).toBeCloseTo((10 * 1303) / 2048);
    expect(width('i W→')).toBeCloseTo((569 + 651 + 2025 + 1716) / 2048);
    expect(width('')).toBe(0);
  });

  it('measures what the font lacks as the box that is drawn instead', () => {
    const width = fontWidths(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
    expect(width('中')).toBe(width('\uffff'));
    expect(width('中')).toBeGreaterThan(0);
  });

  it('says when a file is no font', () => {
    const folder = mkdtempSync(join(tmpdir(), 'font-'));
    const file = join(folder, 'x.ttf');
    writeFileSync(file, Buffer.alloc(64));
    expect(() => fontWidths(file)).toThrow(/give a TrueType font/);
    rmSync(folder, { recursive: true });
  });
});
