import type { Examined } from '../examine.js';

/**
 * Examined objects as one text: crossing to another thread, it costs a fraction of as many objects and texts. What is
 * stored without a remark, as nearly everything is, goes into the text; the rest goes as it is.
 */
export interface PackedExamined {
  /** Eight for each, joined: group, kind, namespace, name, uid, hash, body, file; an empty namespace, uid or file is none. */
  readonly text: string;
  /** Where each of them ends, in UTF-16 code units. */
  readonly ends: Uint32Array;
  readonly lines: Uint32Array;
  /** The others, with their places among all. */
  readonly others: readonly (readonly [place: number, examined: Examined])[];
}

export function packExamined(examined: readonly Examined[]): PackedExamined {
  const texts: string[] = [];
  const lines: number[] = [];
  const others: [number, Examined][] = [];
  for (const [place, one] of examined.entries()) {
    if (one.outcome === 'Stored' && one.namespaceGiven && one.unknownFields.length === 0 && one.remarks.length === 0) {
      const { ref, uid, hash, body } = one.object;
      texts.push(ref.group, ref.kind, ref.namespace ?? '', ref.name, uid ?? '', hash, body, one.file ?? '');
      lines.push(one.line);
    } else others.push([place, one]);
  }
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => (end += text.length));
  return { text: texts.join(''), ends, lines: Uint32Array.from(lines), others };
}

/** The texts of what is given share the memory of the batch, which is nearly all theirs. */
export function unpackExamined({ text, ends, lines, others }: PackedExamined): Examined[] {
  const all: Examined[] = [];
  let next = 0;
  let at = 0;
  let start = 0;
  const take = (): string => text.slice(start, (start = ends[at++]));
  for (const line of lines) {
    for (; next < others.length && others[next][0] === all.length; next++) all.push(others[next][1]);
    const [group, kind, namespace, name] = [take(), take(), take() || null, take()];
    const [uid, hash, body, file] = [take() || null, take(), take(), take() || null];
    all.push({
      outcome: 'Stored',
      line,
      file,
      object: { ref: { group, kind, namespace, name }, uid, hash, body },
      namespaceGiven: true,
      unknownFields: [],
      unknownAre: 'Dropped',
      remarks: [],
    });
  }
  for (; next < others.length; next++) all.push(others[next][1]);
  return all;
}
