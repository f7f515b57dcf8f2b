// Answers to text: an answer becomes a Table, a format renders any table.
export { changesTable } from './changes-table.js';
export { chooseFormat } from './choose-format.js';
export { connectivityTable } from './connectivity-table.js';
export { endsTable } from './ends-table.js';
export { exposureTable } from './exposure-table.js';
export type { Format } from './format.js';
export { formats } from './formats.js';
export { mutualTable } from './mutual-table.js';
export { pieceLength, renderTable } from './render-table.js';
export type { Table } from './table.js';
