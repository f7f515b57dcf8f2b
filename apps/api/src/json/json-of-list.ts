import { Turn } from '../turn.js';

/**
 * A long list as JSON, made in turns, so that other requests are answered in between. A member that occurs again, the
 * very same object, is not written again but copied.
 */
export async function jsonOfList(list: readonly object[]): Promise<string> {
  const texts = new Map<object, string>();
  const turn = new Turn();
  const parts: string[] = [];
  for (let i = 0; i < list.length; i++) {
    let text = texts.get(list[i]);
    if (text === undefined) texts.set(list[i], (text = JSON.stringify(list[i])));
    parts.push(text);
    if ((i & 127) === 0 && turn.isOver()) await turn.next();
  }
  return `[${parts.join(',')}]`;
}
