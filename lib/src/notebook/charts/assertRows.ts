/**
 * Stops a chart that would silently come out empty or with gaps because a column is misnamed or missing.
 *
 * @throws Error that names the chart, the row and the column.
 */
export function assertRows(
  chart: string,
  rows: readonly object[],
  { text = [], finite = [] }: { text?: readonly string[]; finite?: readonly string[] },
): void {
  rows.forEach((row, index) => {
    const values = row as Record<string, unknown>;
    for (const column of text) {
      if (typeof values[column] !== 'string') throw complaint(chart, index, column, 'text', values);
    }
    for (const column of finite) {
      if (!Number.isFinite(values[column])) throw complaint(chart, index, column, 'a finite number', values);
    }
  });
}

function complaint(chart: string, index: number, column: string, wanted: string, row: Record<string, unknown>): Error {
  const found =
    column in row ? `it is ${String(row[column])}` : `it has only ${Object.keys(row).join(', ') || 'nothing'}`;
  return new Error(`${chart}: row ${index} needs ${wanted} in column "${column}", but ${found}.`);
}
