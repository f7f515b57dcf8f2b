import { type Format, pieceLength, type Table } from '#report';
import { Turn } from '../turn.js';

/** A table and its rows as they are found; null among them is a breath. */
export class FoundRows<Row> {
  constructor(
    readonly table: Table<Row>,
    readonly rows: Iterable<Row | null>,
  ) {}

  /**
   * The rows in a format, piece by piece; each piece is made when it is asked for, so that a slow reader holds back the
   * search and nothing piles up.
   */
  async *written(format: Format): AsyncIterable<string> {
    const { table, rows } = this;
    const turn = new Turn();
    let text = format.begin(table);
    let isFirst = true;
    for (const row of rows) {
      if (row !== null) {
        text += format.row(table, row, isFirst);
        isFirst = false;
      }
      if (text.length >= pieceLength) {
        yield text;
        text = '';
      }
      if (row === null && turn.isOver()) {
        // What is there already is not kept back until a piece is full.
        if (text !== '') yield text;
        text = '';
        await turn.next();
      }
    }
    yield text + format.end(table);
  }

  /** At most `limit` rows behind the first `skipped`; `isLast` where none comes after them. */
  async take(limit: number, skipped = 0): Promise<{ items: Row[]; isLast: boolean }> {
    const turn = new Turn();
    const items: Row[] = [];
    let left = skipped;
    for (const row of this.rows) {
      if (row === null) {
        if (turn.isOver()) await turn.next();
      } else if (left > 0) {
        left--;
      } else if (items.length === limit) {
        return { items, isLast: false };
      } else {
        items.push(row);
      }
    }
    return { items, isLast: true };
  }

  /** The same rows in the spelling of the contract. */
  async page(limit: number, skipped: number): Promise<{ items: unknown[]; isLast: boolean }> {
    const { items, isLast } = await this.take(limit, skipped);
    return { items: items.map((item) => JSON.parse(this.table.json(item)) as unknown), isLast };
  }
}
