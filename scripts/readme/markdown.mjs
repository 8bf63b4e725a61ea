// @ts-check

/**
 * A Markdown table.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {string} align a letter a column: l or r
 */
export function markdownTable(head, rows, align) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = [...align].map((side) => (side === 'r' ? '---:' : '---'));
  return [head, rule, ...rows].map(line).join('\n');
}

/** @param {number | null | undefined} value an accuracy */
export const accuracyText = (value) => (value === null || value === undefined ? '–' : value.toFixed(3));

/**
 * A difference with its sign.
 *
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function differenceText(value, digits = 3) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return Number(size.replaceAll(',', '')) === 0 ? size : `${value < 0 ? '−' : '+'}${size}`;
}

/**
 * A lead: the difference, in bold where its interval does not hold 0.
 *
 * @param {{difference: number, ahead?: unknown} | undefined} lead
 */
export function leadText(lead) {
  const text = differenceText(lead?.difference);
  return lead?.ahead ? `**${text}**` : text;
}

/** @param {number} value a whole number */
export const countText = (value) => value.toLocaleString('en-US');
