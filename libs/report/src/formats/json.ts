import type { Format } from '../format.js';

/** One JSON object that holds all rows. */
export const json: Format = {
  name: 'json',
  mediaType: 'application/json',
  begin: ({ head, rowsName }) => {
    const fields = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`);
    return `{${fields.join('')}${JSON.stringify(rowsName)}:[`;
  },
  row: (table, row, isFirst) => `${isFirst ? '\n' : ',\n'}${table.json(row)}`,
  end: () => '\n]}\n',
};
