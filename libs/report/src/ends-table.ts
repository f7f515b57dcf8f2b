import type { ConnectivityEnd } from '#engine';
import { endText } from './end-text.js';
import type { Table } from './table.js';

/** A list of ends. `name` is what they have in common: `unreached`. */
export function endsTable(name: string, head: Readonly<Record<string, unknown>> = {}): Table<ConnectivityEnd> {
  return {
    name,
    columns: [name],
    cells: (end) => [endText(end)],
    json: (end) => JSON.stringify(end),
    line: endText,
    edge: (end) => ({ from: endText(end), to: null, label: '', dashed: false }),
    head,
    rowsName: 'items',
  };
}
