import type { Node } from '#model';

/** What k3s wrote down of the command lines of its nodes (`k3s.io/node-args`). */
export interface K3sFlags {
  /** Whether some node tells of its command line. */
  readonly isKnown: boolean;
  /** Every value of a flag, of all nodes in their order; bare means `true`. */
  valuesOf(name: string): readonly string[];
  /** Whether a boolean flag is set on some node: only servers have those that matter here. */
  isSet(name: string): boolean;
}

/** Reads the flags of k3s; an annotation that is no list of words says nothing. Cost: linear in nodes and words. */
export function readK3sFlags(nodes: readonly Node[]): K3sFlags {
  const lines = nodes.flatMap(({ annotations }) => wordsOf(annotations['k3s.io/node-args']));
  const valuesOf = (name: string): readonly string[] =>
    lines.flatMap((words) =>
      words.flatMap((word, i) => {
        const [flag, ...rest] = word.split('=');
        if (flag.replace(/^--?/, '') !== name || !word.startsWith('-')) return [];
        if (rest.length > 0) return [rest.join('=')];
        const next = words[i + 1];
        return [next === undefined || next.startsWith('-') ? 'true' : next];
      }),
    );
  return {
    isKnown: lines.length > 0,
    valuesOf,
    isSet: (name) => valuesOf(name).some((value) => value !== 'false' && value !== '0'),
  };
}

/** One list of words, or none. */
function wordsOf(text: string | undefined): string[][] {
  if (text === undefined) return [];
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? [words.map(String)] : [];
  } catch {
    return [];
  }
}
