import type { Format } from '../format.js';

/** One line for each row, to be read and to be searched. */
export const text: Format = {
  name: 'text',
  mediaType: 'text/plain',
  begin: () => '',
  row: (table, row) => `${table.line(row).replace(/[\r\n]+/g, ' ')}\n`,
  end: () => '',
};
