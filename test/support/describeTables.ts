import type { Table } from '../../lib/dist/runs/columns';

/** The rows of tables as Markdown: a line for each, with what its rows and columns are; what was said before is not repeated. */
export function describeTables(tables: readonly Table[]): string {
  const said = new Set<string>();
  const lines = tables.map(({ file, says }) => {
    const columns = Object.entries(says.columns).map(([name, meaning]) => {
      const known = said.has(`${name} ${meaning}`);
      said.add(`${name} ${meaning}`);
      return `\`${name}\`${meaning && !known ? ` (${meaning})` : ''}`;
    });
    return `| \`${file}\` | ${says.row} | ${columns.join(', ')} |`;
  });
  return ['| file | a row is | columns |', '| --- | --- | --- |', ...lines].join('\n');
}
