/** A claim of a table: what is claimed, what was published, what our runs say, and where to look. */
import { aq, op, type tables } from '../../../lib/dist/index.js';
import { differenceText, markdownTable } from './markdown.js';

export type Table = ReturnType<typeof tables.curves>;

export interface Estimate {
  mean: number;
  low: number;
  high: number;
}

export interface Claim {
  claim: string;
  /** With an interval or without, or a word where no number was published. */
  published?: Estimate | number | string;
  /** Undefined where there are no runs yet. */
  ours: Estimate | undefined;
  unit?: 'bits';
  /** What is said where the interval lies above zero, and where it lies below. */
  verdicts: [above: string, below: string];
  /** As its file is called, such as 04-main-figure. */
  notebook: string;
}

/** The cells of a claim: claim, published, ours with its interval, verdict, link. `notebooks` is the folder as the page sees it. */
export function claimCells(
  { claim, published = '–', ours, unit, verdicts, notebook }: Claim,
  notebooks: string,
): string[] {
  const text = (value: number) => differenceText(value, unit === 'bits' ? 0 : 3);
  const said = (value: Estimate | number | string): string => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return text(value);
    return `${said(value.mean)}${unit ? ` ${unit}` : ''} (${said(value.low)} to ${said(value.high)})`;
  };
  return [
    claim,
    said(published),
    said(ours ?? 'no runs yet'),
    ours ? verdictOf(ours, verdicts) : '–',
    `[${notebook.slice(0, 2)}](${notebooks}/${notebook}.ipynb)`,
  ];
}

export const claimsTable = (claims: Claim[]): string =>
  markdownTable(
    ['claim', 'published', 'ours (95 % interval)', 'verdict', 'notebook'],
    claims.map((claim) => claimCells(claim, 'notebooks')),
    'lrrll',
  );

const verdictOf = ({ low, high }: Estimate, [above, below]: Claim['verdicts']): string =>
  low > 0 ? above : high < 0 ? below : 'not told apart';

/** The only row of a table, as an object; undefined where there is none. */
export const only = <Row>(table: Table): Row | undefined => table.objects()[0] as Row | undefined;

/** The mean of values with its interval, each value one seed's. */
export function meanOf(values: number[]): Estimate | undefined {
  if (values.length === 0) return undefined;
  const rows = aq.from(values.map((value) => ({ value })));
  return only(rows.rollup({ mean: op.mean('value'), low: op.low('value'), high: op.high('value') }));
}
