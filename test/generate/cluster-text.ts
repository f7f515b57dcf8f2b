import type { GenerateOptions } from './cluster-plan.js';
import type { GeneratedObject } from './generated-object.js';
import { generateObjects } from './generate-objects.js';
import { withBulk } from './with-bulk.js';

export interface TextOptions extends GenerateOptions {
  /** One `List`, as `kubectl get -o json` prints it, or an object on each line. */
  readonly format: 'list' | 'ndjson';
  /** Indented by four spaces, as `kubectl` does; only for a `list`. */
  readonly pretty?: boolean;
  /** With everything that ingest drops. */
  readonly bulk?: boolean;
}

/** Pieces of text are about this long. */
const pieceLength = 256 * 1024;

/** A generated cluster as bytes, piece by piece. Memory: one piece. */
export function* clusterText(options: TextOptions): Iterable<Buffer> {
  const { format, pretty = false, bulk = false } = options;
  let text =
    format === 'ndjson' ? '' : pretty ? '{\n    "apiVersion": "v1",\n    "items": [\n' : '{"apiVersion":"v1","items":[';
  let isFirst = true;
  for (const object of generateObjects(options)) {
    const written = objectText(bulk ? withBulk(object) : object, format === 'list' && pretty);
    text += format === 'ndjson' ? `${written}\n` : `${isFirst ? '' : pretty ? ',\n' : ','}${written}`;
    isFirst = false;
    if (text.length < pieceLength) continue;
    yield Buffer.from(text);
    text = '';
  }
  const end = pretty
    ? '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n'
    : '],"kind":"List","metadata":{"resourceVersion":""}}\n';
  yield Buffer.from(format === 'ndjson' ? text : text + end);
}

function objectText(object: GeneratedObject, pretty: boolean): string {
  return pretty ? JSON.stringify(object, null, 4).replace(/^/gm, '        ') : JSON.stringify(object);
}
