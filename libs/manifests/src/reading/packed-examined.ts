import type { Examined } from '../examine.js';

/**
 * Examined objects as one flat list of texts: crossing to another thread, a list of texts costs a fraction of as many
 * nested objects. What is stored without a remark, as nearly everything is, goes into the list; the rest goes as it is.
 */
export interface PackedExamined {
  /** Eight for each: group, kind, namespace, name, uid, hash, body, file; an empty namespace, uid or file is none. */
  readonly texts: readonly string[];
  readonly lines: Uint32Array;
  /** The others, with their places among all. */
  readonly others: readonly (readonly [place: number, examined: Examined])[];
}

const textsEach = 8;

export function packExamined(examined: readonly Examined[]): PackedExamined {
  const texts: string[] = [];
  const lines: number[] = [];
  const others: [number, Examined][] = [];
  for (const [place, one] of examined.entries()) {
    if (one.outcome === 'Stored' && one.namespaceGiven && one.unknownFields.length === 0) {
      const { ref, uid, hash, body } = one.object;
      texts.push(ref.group, ref.kind, ref.namespace ?? '', ref.name, uid ?? '', hash, body, one.file ?? '');
      lines.push(one.line);
    } else others.push([place, one]);
  }
  return { texts, lines: Uint32Array.from(lines), others };
}

export function unpackExamined({ texts, lines, others }: PackedExamined): Examined[] {
  const all: Examined[] = [];
  let next = 0;
  for (const [i, line] of lines.entries()) {
    for (; next < others.length && others[next][0] === all.length; next++) all.push(others[next][1]);
    const at = i * textsEach;
    const [group, kind, namespace, name] = [texts[at], texts[at + 1], texts[at + 2], texts[at + 3]];
    all.push({
      outcome: 'Stored',
      line,
      file: texts[at + 7] === '' ? null : texts[at + 7],
      object: {
        ref: { group, kind, namespace: namespace === '' ? null : namespace, name },
        uid: texts[at + 4] === '' ? null : texts[at + 4],
        hash: texts[at + 5],
        body: texts[at + 6],
      },
      namespaceGiven: true,
      unknownFields: [],
      unknownAre: 'Dropped',
    });
  }
  for (; next < others.length; next++) all.push(others[next][1]);
  return all;
}
