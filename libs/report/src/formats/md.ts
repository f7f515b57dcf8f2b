import type { Format } from '../format.js';

/** A table of GitHub's Markdown. */
export const md: Format = {
  name: 'md',
  mediaType: 'text/markdown',
  begin: ({ columns }) => `${lineOf(columns)}|${' --- |'.repeat(columns.length)}\n`,
  row: (table, row) => lineOf(table.cells(row)),
  end: () => '',
};

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |\n`;
}

/** Nothing in a cell ends it, or is taken for markup. */
function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>|#!~&]/g, (character) => `\\${character}`);
}
