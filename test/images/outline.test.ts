import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceField, REACH, thickened } from '../../lib/dist/images/distanceField';
import { formatOutline, parseOutline, traceOutline } from '../../lib/dist/images/outline';

/** Distance of the field's cell nearest to a place. */
function at({ values, side }: { values: Float32Array; side: number }, x: number, y: number): number {
  const cell = (place: number) => Math.floor(((place + REACH) / (2 * REACH)) * side);
  return values[cell(y) * side + cell(x)];
}

describe('outlines', () => {
  it('are scaled to the square -1..1 along their longer side and centred', () => {
    const [square] = parseOutline('M10 20L30 20L30 30L10 30Z', 'test');
    expect([...square]).toEqual([-1, -0.5, 1, -0.5, 1, 0.5, -1, 0.5]);
    expect(formatOutline([square])).toBe('M0 250L1000 250L1000 750L0 750Z');
  });

  it('refuse what is no path of polygons', () => {
    for (const path of ['M0 0L1 1Z', 'M0 0C1 1 2 2 3 3Z', '', 'L0 0L1 1L2 2Z']) {
      expect(() => parseOutline(path, 'The drawing "x"')).toThrow(/^The drawing "x" is /);
    }
  });

  it('trace a ring with its hole, whose distance field is that of two circles', () => {
    const side = 200;
    const radius = (i: number) => Math.hypot((i % side) - 99.5, Math.floor(i / side) - 99.5);
    const edge = (r: number, at: number) => Math.min(1, Math.max(0, at - r + 0.5));
    const coverage = Float32Array.from(
      { length: side * side },
      (_, i) => edge(radius(i), 80) * (1 - edge(radius(i), 40)),
    );
    const outline = traceOutline({ coverage, width: side, height: side });
    expect(outline).toHaveLength(2);
    const field = distanceField(outline);
    for (const angle of [0, 1, 2, 3, 4, 5, 6]) {
      const place = (r: number): [number, number] => [r * Math.cos(angle), r * Math.sin(angle)];
      expect(at(field, ...place(0.75))).toBeGreaterThan(0.05);
      expect(at(field, ...place(0.3))).toBeLessThan(-0.05);
      expect(at(field, ...place(1.15))).toBeLessThan(-0.05);
      expect(Math.abs(at(field, ...place(1)))).toBeLessThan(0.03);
      expect(Math.abs(at(field, ...place(0.5)))).toBeLessThan(0.03);
    }
  });

  it('are inside where rectangles are, whatever their sides', () => {
    const side = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const field = distanceField(parseOutline(`M0 0L${width} 0L${width} ${height}L0 ${height}Z`, 'test'));
        const [halfX, halfY] = [width, height].map((value) => value / Math.max(width, height));
        field.values.forEach((distance, i) => {
          const place = (cell: number) => ((cell + 0.5) / field.side) * 2 * REACH - REACH;
          const [x, y] = [place(i % field.side), place(Math.floor(i / field.side))];
          const within = Math.min(halfX - Math.abs(x), halfY - Math.abs(y));
          if (Math.abs(within) > 1e-9 && distance > 0 !== within > 0) expect([x, y, distance]).toBe(within);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('grow on every side where they are thickened', () => {
    const field = distanceField(parseOutline('M0 0L100 0L100 40L0 40Z', 'test'));
    const thick = thickened(field, 0.05);
    for (const [x, y] of [
      [0.99, 0],
      [1.04, 0.1],
      [0.2, 0.44],
    ]) {
      expect(at(thick, x, y)).toBeGreaterThan(0);
    }
    expect(at(field, 1.04, 0.1)).toBeLessThan(0);
    expect(at(thick, 1.07, 0)).toBeLessThan(0);
    expect(at(thick, 0, 0.47)).toBeLessThan(0);
    expect(Math.min(...thick.values)).toBe(Math.min(...field.values));
  });

  it('say that an empty picture shows nothing', () => {
    const coverage = new Float32Array(100);
    expect(() => traceOutline({ coverage, width: 10, height: 10, where: 'cat1.png' })).toThrow(
      'cat1.png shows no shape',
    );
  });
});
