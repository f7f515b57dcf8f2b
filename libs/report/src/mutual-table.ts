import type { ConnectivityWalk, MutualPair } from '#engine';
import { connectionsText } from './connections-text.js';
import { endText } from './end-text.js';
import type { Table } from './table.js';

/** Pairs of ends that talk both ways, each with what at least one pair of members may do in each direction. */
export function mutualTable(
  walk: Pick<ConnectivityWalk, 'end' | 'connections'>,
  head: Readonly<Record<string, unknown>> = {},
): Table<MutualPair> {
  const shown = ({ one, other, forth, back }: MutualPair): readonly string[] => [
    endText(walk.end(one)),
    endText(walk.end(other)),
    connectionsText(walk.connections(forth).connections),
    connectionsText(walk.connections(back).connections),
  ];
  return {
    name: 'bidirectional',
    columns: ['source', 'destination', 'connections', 'reverse'],
    cells: shown,
    json: ({ one, other, forth, back }) =>
      JSON.stringify({
        source: walk.end(one),
        destination: walk.end(other),
        connections: walk.connections(forth).connections,
        reverse: walk.connections(back).connections,
      }),
    line: (pair) => {
      const [one, other, forth, back] = shown(pair);
      return `${one} <=> ${other} : ${forth} / ${back}`;
    },
    edge: (pair) => {
      const [from, to, forth, back] = shown(pair);
      return { from, to, label: `${forth} / ${back}`, dashed: false };
    },
    head,
    rowsName: 'items',
  };
}
