import type { ConnectivityWalk } from '#engine';
import { endText } from './end-text.js';
import type { Table } from './table.js';

/** A list of ends, given by their numbers in a walk. `name` is what they have in common: `unreached`. */
export function endsTable(
  name: string,
  walk: Pick<ConnectivityWalk, 'end'>,
  head: Readonly<Record<string, unknown>> = {},
): Table<number> {
  const text = (end: number): string => endText(walk.end(end));
  return {
    name,
    columns: [name],
    cells: (end) => [text(end)],
    json: (end) => JSON.stringify(walk.end(end)),
    line: text,
    edge: (end) => ({ from: text(end), to: null, label: '', dashed: false }),
    head,
    rowsName: 'items',
  };
}
