/**
 * An answer as a table: what every format needs to know of it. Rows are handed to a format one at a time, so that an
 * answer of any length is written without being held. An answer becomes a table once, a format renders any table.
 */
export interface Table<Row> {
  /** Name of the whole: of the graph in `dot`. */
  readonly name: string;
  readonly columns: readonly string[];
  /** One text for each column; empty where there is nothing to say. */
  cells(row: Row): readonly string[];
  /** The row in the spelling of the contract. */
  json(row: Row): string;
  /** The row on one line for people. */
  line(row: Row): string;
  /** The row as an edge of a graph; null for rows that are nodes. */
  edge(row: Row): {
    readonly from: string;
    readonly to: string | null;
    readonly label: string;
    readonly dashed: boolean;
  };
  /** For the one JSON object that holds all rows: what stands before them, and their name. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly rowsName: string;
}
