import type { Format } from '../format.js';

/** RFC 4180, with a header. Cells that a spreadsheet would take for a formula are given as text. */
export const csv: Format = {
  name: 'csv',
  mediaType: 'text/csv',
  begin: ({ columns }) => lineOf(columns),
  row: (table, row) => lineOf(table.cells(row)),
  end: () => '',
};

function lineOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
