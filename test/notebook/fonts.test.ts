import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { moreFonts, readFont, textWidth } from '../../lib/dist/charts/fonts';

const { resolve } = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'fonts-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readFont', () => {
  it('knows the letters of a font and their widths', () => {
    const { has, width } = readFont(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
    expect([...'aä→ش😀'].every(has)).toBe(true);
    expect([...'中🦊\uffff'].some(has)).toBe(false);
    // DejaVu Sans has 2048 units an em: W is 2025 of them wide; what it lacks is drawn as a box.
    expect(width('W')).toBe(2025 / 2048);
    expect(width('中')).toBe(width('\uffff'));
    expect(width('中')).toBeGreaterThan(0);
  });

  it('says when a file is no font', () => {
    const file = join(folder, 'x.ttf');
    writeFileSync(file, Buffer.alloc(64));
    expect(() => readFont(file)).toThrow(/give a TrueType or OpenType font/);
  });
});

describe('textWidth', () => {
  it('measures text by the advance widths of its letters', () => {
    // A digit is 1303 units wide, i 569, W 2025, a space 651, an arrow 1716; a bold i 702.
    expect(textWidth('0123456789')).toBeCloseTo((10 * 1303) / 2048);
    expect(textWidth('i W→')).toBeCloseTo((569 + 651 + 2025 + 1716) / 2048);
    expect(textWidth('i', { bold: true })).toBeCloseTo(702 / 2048);
    expect(textWidth('')).toBe(0);
  });
});

describe('letters that DejaVu Sans lacks', () => {
  it('need nothing of the machine where there are none', () => {
    expect(moreFonts('Accuracy of äöü, αβγ, дом, عربي, 😀, x\u3000y\u200d\ufe0f')).toEqual({ files: [], missing: [] });
  });

  it('are set in a font of the machine, and warned of where none has them', () => {
    const fonts = join(folder, 'fonts/math');
    mkdirSync(fonts, { recursive: true });
    const font = join(fonts, 'DejaVuMathTeXGyre.ttf');
    copyFileSync(resolve('dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf'), font);
    writeFileSync(join(fonts, 'damaged-sans.otf'), 'no font');
    const code = `
      const { moreFonts, textWidth } = require(${JSON.stringify(resolve('../../lib/dist/charts/fonts'))});
      const { svgImage } = require(${JSON.stringify(resolve('../../lib/dist/charts/svgImage'))});
      const svg = (text) => '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15">' + text + '</text></svg>';
      const [box, letter] = ['准', '𝒜'].map((text) => svgImage(svg(text)).png.toString('base64'));
      svgImage(svg('b准🦊'));
      console.log(JSON.stringify({ ...moreFonts('a𝒜准'), width: textWidth('𝒜'), drawn: box !== letter }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', code], {
      env: { ...process.env, HOME: '/nowhere', XDG_DATA_HOME: folder, XDG_DATA_DIRS: '/nowhere' },
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({ files: [font], missing: ['准'], width: 1.071, drawn: true });
    const warning = (letters: string, packages: string) =>
      `Chart: no font here has ${letters}, drawn as boxes: install one (Debian, Ubuntu: apt-get install ${packages}), restart the kernel and draw again.`;
    expect(stderr.trimEnd().split('\n')).toEqual([
      warning('准', 'fonts-noto-cjk'),
      warning('准 🦊', 'fonts-noto-cjk fonts-symbola'),
    ]);
  });
});
