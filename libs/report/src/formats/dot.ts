import type { Format } from '../format.js';

/** A graph for Graphviz. */
export const dot: Format = {
  name: 'dot',
  mediaType: 'text/vnd.graphviz',
  begin: ({ name }) => `digraph ${quoted(name)} {\n  rankdir=LR;\n  node [shape=box];\n`,
  row: (table, row) => {
    const { from, to, label, dashed } = table.edge(row);
    if (to === null) return `  ${quoted(from)};\n`;
    return `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}${dashed ? ', style=dashed' : ''}];\n`;
  },
  end: () => '}\n',
};

function quoted(text: string): string {
  return `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[\r\n]+/g, '\\n')}"`;
}
