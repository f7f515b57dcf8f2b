import type { Table } from './table.js';

/** Writes tables in one syntax, row by row. */
export interface Format {
  readonly name: string;
  readonly mediaType: string;
  /** What stands before the first row. */
  begin<Row>(table: Table<Row>): string;
  /** One row; `isFirst` where no other stands before it. */
  row<Row>(table: Table<Row>, row: Row, isFirst: boolean): string;
  /** What stands behind the last row. */
  end<Row>(table: Table<Row>): string;
}
