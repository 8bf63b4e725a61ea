import { describe, expect, it } from 'vitest';
import { parts } from '../../lib/dist/masking/parts';
import type { Subnetwork } from '../../lib/dist/masking/subnetwork';

const [width, heads] = [8, 2];
const mask = (shape: [number, number], keeps: (row: number, column: number) => boolean) => ({
  shape,
  keep: Uint8Array.from({ length: shape[0] * shape[1] }, (_, i) => +keeps(Math.floor(i / shape[1]), i % shape[1])),
});
const subnetwork: Subnetwork = {
  'transformer.h.1.attn.c_attn.weight': mask(
    [width, 3 * width],
    (row, column) => column >= 12 && column < 16 && row < 3,
  ),
  'transformer.h.1.attn.c_proj.weight': mask([width, width], (row) => row === 5),
  'transformer.h.0.mlp.c_fc.weight': mask([width, 4 * width], (row, column) => row === column),
  'transformer.h.0.mlp.c_proj.weight': mask([4 * width, width], () => true),
};

describe('parts', () => {
  it('finds the kept weights in the part and head they belong to', () => {
    expect(parts(subnetwork, { heads }).filter(({ kept }) => kept > 0)).toEqual([
      { layer: 0, part: 'MLP in', head: null, kept: 8, total: 256, share: 1 / 32 },
      { layer: 0, part: 'MLP out', head: null, kept: 256, total: 256, share: 1 },
      { layer: 1, part: 'key', head: 1, kept: 12, total: 32, share: 12 / 32 },
      { layer: 1, part: 'output', head: 1, kept: 8, total: 32, share: 8 / 32 },
    ]);
  });

  it('counts every weight once', () => {
    const total = parts(subnetwork, { heads }).reduce((sum, part) => sum + part.total, 0);
    expect(total).toBe(Object.values(subnetwork).reduce((sum, { keep }) => sum + keep.length, 0));
  });

  it('refuses masks of another model', () => {
    expect(() => parts({ 'conv1.weight': mask([2, 2], () => true) }, { heads })).toThrow(/no masked weight/);
    expect(() => parts(subnetwork, { heads: 3 })).toThrow(/3 heads/);
  });
});
