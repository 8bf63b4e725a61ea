/** A Markdown table; `align` has a letter a column: l or r. */
export function markdownTable(head: string[], rows: string[][], align: string): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = [...align].map((side) => (side === 'r' ? '---:' : '---'));
  return [head, rule, ...rows].map(line).join('\n');
}

/** A difference with its sign: +0.012, −0.012. */
export function differenceText(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
