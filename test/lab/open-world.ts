import { readFileSync } from 'node:fs';
import type { Cluster } from '#engine';
import { openText } from '../corpus/open.js';

/** What is different from a world of the corpus. */
export interface Changes {
  /** Text that stands in the world, and what stands there instead. */
  readonly replace?: Readonly<Record<string, string>>;
  /** A line of each object that is not there. */
  readonly remove?: readonly string[];
  /** Objects besides. */
  readonly add?: readonly object[];
}

const worlds = new URL('../corpus/dataplane/worlds/', import.meta.url);

/** Opens a world of the corpus with changes. */
export function openWorld(name: string, { replace = {}, remove = [], add = [] }: Changes = {}): Promise<Cluster> {
  let text = readFileSync(new URL(`${name}.yaml`, worlds), 'utf8');
  for (const [from, to] of Object.entries(replace)) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const kept = text
    .split(/^---$/m)
    .filter((object) => !object.split('\n').some((line) => remove.includes(line.trim())));
  return openText([...kept, ...add.map((object) => JSON.stringify(object))].join('\n---\n'));
}
