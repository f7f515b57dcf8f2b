import type { Format } from './format.js';
import type { Table } from './table.js';

/** A whole table, piece by piece, each about as long as is good to write at once. Cost: linear in the rows. */
export function* renderTable<Row>(table: Table<Row>, rows: Iterable<Row>, format: Format): Iterable<string> {
  let text = format.begin(table);
  let isFirst = true;
  for (const row of rows) {
    text += format.row(table, row, isFirst);
    isFirst = false;
    if (text.length >= pieceLength) {
      yield text;
      text = '';
    }
  }
  yield text + format.end(table);
}

/** Characters in one piece of a rendered table. */
export const pieceLength = 65_536;
