import type { ConnectionsView, ConnectivityWalk, WalkedRow } from '#engine';
import { connectionsText } from './connections-text.js';
import { endText } from './end-text.js';
import type { Table } from './table.js';

/** What an outcome says, in every spelling that rows need. */
interface Said {
  readonly json: string;
  readonly connections: string;
  readonly unknown: string;
  readonly hasConnections: boolean;
}

/**
 * The rows of a walk. Few outcomes make many rows and the rows of one source stand together, so their texts are made
 * once; nothing else is kept.
 */
export function connectivityTable(
  walk: Pick<ConnectivityWalk, 'end' | 'connections' | 'question'>,
  head: Readonly<Record<string, unknown>> = {},
): Table<WalkedRow> {
  const saidOf = remembered((outcome): Said => {
    const { connections, unknown } = walk.connections(outcome);
    return {
      json: `"connections":${JSON.stringify(connections)}${unknown === null ? '' : `,"unknown":${JSON.stringify(unknown)}`}`,
      connections: connectionsText(connections),
      unknown: unknown === null ? '' : connectionsText(unknown),
      hasConnections: connections.all || hasSome(connections),
    };
  });
  const sourceText = last((end) => endText(walk.end(end)));
  const sourceJson = last((end) => JSON.stringify(walk.end(end)));
  return {
    name: 'connectivity',
    columns: ['source', 'destination', 'connections', 'some', 'unknown'],
    cells: ({ source, destination, outcome, some }) => {
      const { connections, unknown } = saidOf(outcome);
      return [sourceText(source), endText(walk.end(destination)), connections, some ? 'some' : '', unknown];
    },
    json: ({ source, destination, outcome, some }) =>
      `{"source":${sourceJson(source)},"destination":${JSON.stringify(walk.end(destination))},${saidOf(outcome).json}${some ? ',"some":true' : ''}}`,
    line: ({ source, destination, outcome, some }) => {
      const { connections, unknown } = saidOf(outcome);
      const notes = [...(some ? ['some pairs'] : []), ...(unknown === '' ? [] : [`unknown: ${unknown}`])];
      const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
      return `${sourceText(source)} => ${endText(walk.end(destination))} : ${connections}${note}`;
    },
    edge: ({ source, destination, outcome, some }) => {
      const { connections, unknown, hasConnections } = saidOf(outcome);
      const label = hasConnections ? connections : `unknown: ${unknown}`;
      return {
        from: sourceText(source),
        to: endText(walk.end(destination)),
        label,
        dashed: some || !hasConnections,
      };
    },
    head: { level: walk.question.level, mode: walk.question.mode, ...head },
    rowsName: 'rows',
  };
}

function hasSome({ protocols }: ConnectionsView): boolean {
  return Object.keys(protocols ?? {}).length > 0;
}

function remembered<T>(make: (number: number) => T): (number: number) => T {
  const known = new Map<number, T>();
  return (number) => {
    let value = known.get(number);
    if (value === undefined) known.set(number, (value = make(number)));
    return value;
  };
}

function last<T>(make: (number: number) => T): (number: number) => T {
  let kept: { number: number; value: T } | null = null;
  return (number) => {
    if (kept?.number !== number) kept = { number, value: make(number) };
    return kept.value;
  };
}
