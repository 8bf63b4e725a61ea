/** Views of pictures: the same picture as it might have been drawn, for learning without labels. */
import type { Random } from '../tasks/random';

/** How far views differ from their picture, either way: degrees, share of the size, pixels, share of the contrast; side of a square. */
export type ViewRanges = Record<'turn' | 'zoom' | 'shift' | 'contrast' | 'erased', number>;

/**
 * Draws a view of one picture [side, side] of grey values into `view`: turned, zoomed and shifted around its middle (bilinear; at the
 * rim the outermost pixels go on), its contrast changed, dark and bright exchanged in half the views, all made brighter or darker by up
 * to 0.5. A square is set to the value of the picture's first pixel.
 */
export function drawView(picture: Float32Array, view: Float32Array, ranges: ViewRanges, { uniform }: Random): void {
  const side = Math.sqrt(picture.length);
  const around = (most: number) => (2 * uniform() - 1) * most;
  const [angle, zoom] = [(around(ranges.turn) * Math.PI) / 180, 1 + around(ranges.zoom)];
  const [cos, sin] = [Math.cos(angle) / zoom, Math.sin(angle) / zoom];
  const middle = (side - 1) / 2;
  const [right, down] = [around(ranges.shift), around(ranges.shift)];
  const contrast = 1 + around(ranges.contrast);
  const background = picture[0];
  const sign = uniform() < 0.5 ? -1 : 1;
  const bright = around(0.5);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const [fromX, fromY] = [x - middle - right, y - middle - down];
      const px = Math.min(side - 1, Math.max(0, middle + cos * fromX - sin * fromY));
      const py = Math.min(side - 1, Math.max(0, middle + sin * fromX + cos * fromY));
      const [ix, iy] = [Math.min(side - 2, Math.floor(px)), Math.min(side - 2, Math.floor(py))];
      const [partX, partY, at] = [px - ix, py - iy, iy * side + ix];
      const above = picture[at] + partX * (picture[at + 1] - picture[at]);
      const below = picture[at + side] + partX * (picture[at + side + 1] - picture[at + side]);
      view[i] = bright + sign * background + sign * contrast * (above + partY * (below - above) - background);
    }
  }
  const [left, top] = [0, 1].map(() => Math.floor(uniform() * (side - ranges.erased + 1)));
  for (let y = top; y < top + ranges.erased; y++)
    view.fill(background, y * side + left, y * side + left + ranges.erased);
}
