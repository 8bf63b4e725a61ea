/** A GPT-2's masks taken apart into what the weights are for: query, key, value and output of each head, and the MLP. */
import type { BinaryMask, Subnetwork } from '../../masking/subnetwork';
import type { SubnetworkPart } from './subnetworkMap';

/**
 * Counts the kept weights of every head's query, key, value and output map and of both MLP maps, block by block.
 *
 * @param subnetwork masks over a GPT-2 by its parameter names; weights are [in, out].
 * @param options.heads attention heads of the model.
 * @throws Error when a mask has another name or its width is no multiple of the heads.
 */
export function subnetworkParts(subnetwork: Subnetwork, { heads }: { heads: number }): SubnetworkPart[] {
  const parts = Object.entries(subnetwork).flatMap(([parameter, mask]): SubnetworkPart[] => {
    const match = /(?:^|\.)h\.(\d+)\.(attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight$/.exec(parameter);
    if (!match) throw new Error(`subnetworkParts: ${parameter} is no masked weight of a GPT-2.`);
    const layer = Number(match[1]);
    const [rows, columns] = mask.shape;
    const headsOf = (width: number): number => {
      if (width % heads !== 0) throw new Error(`subnetworkParts: ${parameter} cannot be shared out to ${heads} heads.`);
      return width / heads;
    };
    const everyHead = Array.from({ length: heads }, (_, head) => head);
    switch (match[2]) {
      case 'attn.c_attn': {
        // [width, 3 · width]: the columns are query, key and value, head by head within each.
        const size = headsOf(columns / 3);
        return (['query', 'key', 'value'] as const).flatMap((part, third) =>
          everyHead.map((head) => {
            const from = (third * heads + head) * size;
            return { layer, part, head, ...count(mask, [0, rows], [from, from + size]) };
          }),
        );
      }
      case 'attn.c_proj': {
        // [width, width]: the rows are the heads' outputs.
        const size = headsOf(rows);
        return everyHead.map((head) => ({
          layer,
          part: 'output',
          head,
          ...count(mask, [head * size, (head + 1) * size], [0, columns]),
        }));
      }
      default:
        return [
          { layer, part: match[2] === 'mlp.c_fc' ? 'MLP in' : 'MLP out', ...count(mask, [0, rows], [0, columns]) },
        ];
    }
  });
  return parts.sort((a, b) => a.layer - b.layer);
}

/** Kept and all weights in a rectangle of a mask; ends are exclusive. */
function count({ shape, keep }: BinaryMask, [top, bottom]: number[], [left, right]: number[]) {
  let kept = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) kept += keep[row * shape[1] + column];
  }
  return { kept, total: (bottom - top) * (right - left) };
}
