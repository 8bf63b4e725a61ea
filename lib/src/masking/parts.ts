import type { BinaryMask, Subnetwork } from './subnetwork';

/** Kept weights of one part of one block. */
export interface SubnetworkPart {
  /** Block, counted from 0 as in the weights' names. */
  layer: number;
  part: 'query' | 'key' | 'value' | 'output' | 'MLP in' | 'MLP out';
  /** Attention head, counted from 0; null in the MLP, which has no heads. */
  head: number | null;
  kept: number;
  total: number;
  /** kept / total. */
  share: number;
}

/**
 * A GPT-2's masks taken apart into what the weights are for: query, key, value and output of every head and both maps of the
 * MLP, block by block.
 *
 * @param subnetwork masks over a GPT-2 by its parameter names; weights are [in, out].
 * @param options.heads attention heads of the model.
 * @throws Error when a mask has another name or its width is no multiple of the heads.
 */
export function parts(subnetwork: Subnetwork, { heads }: { heads: number }): SubnetworkPart[] {
  const found = Object.entries(subnetwork).flatMap(([parameter, mask]): SubnetworkPart[] => {
    const match = /(?:^|\.)h\.(\d+)\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight$/.exec(parameter);
    if (!match) throw new Error(`masks.parts: ${parameter} is no masked weight of a GPT-2.`);
    const layer = Number(match[1]);
    const [rows, columns] = mask.shape;
    const sizeOf = (width: number): number => {
      if (width % heads !== 0) throw new Error(`masks.parts: ${parameter} cannot be shared out to ${heads} heads.`);
      return width / heads;
    };
    const ofHeads = (part: SubnetworkPart['part'], share: (head: number) => ReturnType<typeof count>) =>
      Array.from({ length: heads }, (_, head) => ({ layer, part, head, ...share(head) }));
    if (match[2] === 'attn.c_attn') {
      // [width, 3 · width]: the columns are query, key and value, head by head within each.
      const size = sizeOf(columns / 3);
      return (['query', 'key', 'value'] as const).flatMap((part, third) =>
        ofHeads(part, (head) =>
          count(mask, [0, rows], [(third * heads + head) * size, (third * heads + head + 1) * size]),
        ),
      );
    }
    if (match[2] === 'attn.c_proj') {
      // [width, width]: the rows are the heads' outputs.
      const size = sizeOf(rows);
      return ofHeads('output', (head) => count(mask, [head * size, (head + 1) * size], [0, columns]));
    }
    const part = match[2] === 'mlp.c_fc' ? 'MLP in' : 'MLP out';
    return [{ layer, part, head: null, ...count(mask, [0, rows], [0, columns]) }];
  });
  return found.sort((a, b) => a.layer - b.layer);
}

/** Kept and all weights in a rectangle of a mask; ends are exclusive. */
function count({ shape, keep }: BinaryMask, [top, bottom]: number[], [left, right]: number[]) {
  let kept = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) kept += keep[row * shape[1] + column];
  }
  const total = (bottom - top) * (right - left);
  return { kept, total, share: kept / total };
}
