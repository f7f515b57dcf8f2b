import type { ConnectivityChange, DiffWalk, WalkedChange } from '#engine';
import { connectionsText } from './connections-text.js';
import { endText } from './end-text.js';
import type { Table } from './table.js';

/** The changes of a diff. The view of the last change is kept, since a format asks for several parts of it. */
export function changesTable(
  walk: Pick<DiffWalk, 'view' | 'question'>,
  head: Readonly<Record<string, unknown>> = {},
): Table<WalkedChange> {
  let last: { walked: WalkedChange; view: ConnectivityChange } | null = null;
  const viewOf = (walked: WalkedChange): ConnectivityChange => {
    if (last?.walked !== walked) last = { walked, view: walk.view(walked) };
    return last.view;
  };
  return {
    name: 'diff',
    columns: ['change', 'source', 'destination', 'before', 'after', 'some', 'unknownBefore', 'unknownAfter', 'causes'],
    cells: (walked) => {
      const { change, source, destination, some, ...said } = viewOf(walked);
      return [
        change,
        endText(source),
        endText(destination),
        connectionsText(said.before),
        connectionsText(said.after),
        some === true ? 'some' : '',
        said.unknownBefore === undefined ? '' : connectionsText(said.unknownBefore),
        said.unknownAfter === undefined ? '' : connectionsText(said.unknownAfter),
        said.causes
          .map(({ object, edit }) => `${edit} ${object.kind} ${object.namespace ?? '-'}/${object.name}`)
          .join('; '),
      ];
    },
    json: (walked) => JSON.stringify(viewOf(walked)),
    line: (walked) => {
      const { change, source, destination } = viewOf(walked);
      return `${change} ${endText(source)} => ${endText(destination)} : ${saidText(viewOf(walked))}`;
    },
    edge: (walked) => {
      const view = viewOf(walked);
      const label = `${view.change}: ${saidText(view)}`;
      return { from: endText(view.source), to: endText(view.destination), label, dashed: view.some === true };
    },
    head: { level: walk.question.level, mode: walk.question.mode, ...head },
    rowsName: 'changes',
  };
}

function saidText({ before, after, unknownBefore, unknownAfter, some }: ConnectivityChange): string {
  const notes = [
    ...(some === true ? ['some pairs'] : []),
    ...(unknownBefore === undefined ? [] : [`unknown before: ${connectionsText(unknownBefore)}`]),
    ...(unknownAfter === undefined ? [] : [`unknown after: ${connectionsText(unknownAfter)}`]),
  ];
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return `${connectionsText(before)} -> ${connectionsText(after)}${note}`;
}
