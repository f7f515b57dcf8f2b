import type { ExposureItem, ExposureWay } from '#engine';
import { connectionsText } from './connections-text.js';
import { endText } from './end-text.js';
import type { Table } from './table.js';

/** What the outside may open to workloads, one row for each way. */
export function exposureTable(head: Readonly<Record<string, unknown>> = {}): Table<ExposureItem> {
  return {
    name: 'exposure',
    columns: ['workload', 'via', 'connections', 'some', 'unknown', 'blocked', 'reason'],
    cells: ({ workload, via, connections, some, unknown, blocked }) => [
      endText(workload),
      wayText(via),
      connectionsText(connections),
      some === true ? 'some' : '',
      unknown === undefined ? '' : connectionsText(unknown),
      blocked === undefined ? '' : connectionsText(blocked.connections),
      blocked?.reason ?? '',
    ],
    json: (item) => JSON.stringify(item),
    line: (item) =>
      `${endText(item.workload)} <= ${wayText(item.via)} : ${connectionsText(item.connections)}${noteOf(item)}`,
    edge: (item) => ({
      from: wayText(item.via),
      to: endText(item.workload),
      label: `${connectionsText(item.connections)}${noteOf(item)}`,
      dashed:
        item.some === true ||
        (item.connections.protocols !== undefined && Object.keys(item.connections.protocols).length === 0),
    }),
    head,
    rowsName: 'items',
  };
}

function noteOf({ some, unknown, blocked }: ExposureItem): string {
  const notes = [
    ...(some === true ? ['in part'] : []),
    ...(unknown === undefined ? [] : [`unknown: ${connectionsText(unknown)}`]),
    ...(blocked === undefined ? [] : [`blocked: ${connectionsText(blocked.connections)}, ${blocked.reason}`]),
  ];
  return notes.length === 0 ? '' : ` (${notes.join('; ')})`;
}

/** `its address`, `LoadBalancer Service shop/web at 203.0.113.5`, `HTTPRoute shop/web at Gateway edge/g for a.example.com`. */
function wayText(way: ExposureWay): string {
  if ('port' in way) return `host port ${way.port}`;
  if (!('name' in way)) return way.kind === 'HostNetwork' ? 'address of its node' : 'its address';
  if ('type' in way) return `${way.type} Service ${way.namespace}/${way.name}${listed(' at ', way.addresses)}`;
  const gateway = way.gateway === undefined ? '' : ` at Gateway ${way.gateway}`;
  return `${way.kind} ${way.namespace}/${way.name}${gateway}${listed(' for ', way.hosts)}`;
}

function listed(before: string, texts: readonly string[]): string {
  return texts.length === 0 ? '' : before + texts.join(', ');
}
