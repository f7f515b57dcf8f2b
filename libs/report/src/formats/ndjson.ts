import type { Format } from '../format.js';

/** One JSON object on each line. */
export const ndjson: Format = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  begin: () => '',
  row: (table, row) => `${table.json(row)}\n`,
  end: () => '',
};
