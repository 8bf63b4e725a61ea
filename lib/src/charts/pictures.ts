/** Images in rows with labels, as one PNG. */
import sharp from 'sharp';
import type { RgbImage } from '../images/meanPooling';
import { textWidth as widthInEm } from './fonts';
import { type ChartImage, escapeHtml, svgImage } from './svgImage';
import { palette } from './theme';

/** One row of a sheet. */
export interface PictureRow {
  label: string;
  images: readonly RgbImage[];
  /** Text below each picture. */
  captions?: readonly string[];
}

export interface PicturesOptions {
  title: string;
  subtitle?: string;
  rows: readonly PictureRow[];
  /** Text above each column. */
  columns?: readonly string[];
  /** Side of a picture on the sheet, CSS pixels. */
  side?: number;
}

const MARGIN = 8;
const GAP = 6;
const LINE = 15;
const SMALL = 10;

/** A sheet that `show` shows. */
export interface Pictures extends PicturesOptions {
  pictures: true;
}

/**
 * Pictures in rows, for `show`; each is as large as `side`, whatever the pixels it has, and these stay visible.
 *
 * @throws Error where a row has not as many captions as images.
 */
export function pictures(options: PicturesOptions): Pictures {
  for (const { label, images, captions } of options.rows) {
    if (captions && captions.length !== images.length) {
      throw new Error(
        `The row "${label}" has ${images.length} images and ${captions.length} captions: give one for each.`,
      );
    }
  }
  return { ...options, pictures: true };
}

/** The sheet as a PNG of 256 colours, which keeps notebooks small. */
export async function picturesImage(options: PicturesOptions): Promise<ChartImage> {
  const { title, subtitle, rows, columns, side = 72 } = options;
  const most = rows.reduce((count, { images }) => Math.max(count, images.length), 0);
  const textWidth = (text: string, size: number) => widthInEm(text) * size;
  const left = MARGIN + Math.max(...rows.map(({ label }) => textWidth(label, 11))) + 10;
  const elements: string[] = [];
  const text = (x: number, y: number, value: string, attributes: string) =>
    elements.push(`<text x="${x}" y="${y}" ${attributes}>${escapeHtml(value)}</text>`);

  let y = MARGIN + 14;
  text(MARGIN, y, title, `font-size="14" font-weight="bold" fill="${palette.black}"`);
  if (subtitle) {
    y += 18;
    text(MARGIN, y, subtitle, 'font-size="11.5" fill="#666666"');
  }
  y += 14;
  const centre = (column: number) => left + column * (side + GAP) + side / 2;
  if (columns) {
    y += LINE - 4;
    columns.forEach((name, i) => text(centre(i), y, name, centred(textWidth(name, SMALL), side)));
    y += 6;
  }
  for (const { label, images, captions } of rows) {
    text(MARGIN, y + side / 2 + 4, label, 'font-size="11" fill="#333333"');
    const encoded = await Promise.all(images.map((image) => dataUrl(image)));
    encoded.forEach((url, i) => {
      elements.push(
        `<image x="${centre(i) - side / 2}" y="${y}" width="${side}" height="${side}" image-rendering="optimizeSpeed" href="${url}"/>`,
      );
    });
    y += side;
    if (captions) {
      y += LINE - 3;
      captions.forEach((caption, i) => text(centre(i), y, caption, centred(textWidth(caption, SMALL), side)));
      y += GAP;
    }
    y += GAP;
  }
  const titleWidth = Math.max(textWidth(title, 14) * 1.15, textWidth(subtitle ?? '', 11.5)) + 2 * MARGIN;
  const width = Math.ceil(Math.max(left + most * (side + GAP) - GAP + MARGIN, titleWidth));
  const height = Math.ceil(y + MARGIN);
  const image = svgImage(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">` +
      `<rect width="100%" height="100%" fill="white"/>${elements.join('')}</svg>`,
  );
  const png = await sharp(image.png).removeAlpha().png({ palette: true, effort: 7 }).toBuffer();
  return { png, width, height };
}

/** Centred text, made smaller where it is wider than its picture. */
function centred(width: number, side: number): string {
  const size = Math.min(SMALL, (SMALL * side) / width);
  return `font-size="${size.toFixed(2)}" text-anchor="middle" fill="#333333"`;
}

async function dataUrl({ image, height, width }: RgbImage): Promise<string> {
  const png = await sharp(image, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
