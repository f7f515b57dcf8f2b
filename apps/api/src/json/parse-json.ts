import { Turn } from '../turn.js';
import { LongList } from './long-list.js';

/** Texts up to this length are parsed in one go: a few milliseconds. */
const shortTextMax = 256 * 1024;

/** Members of a long list are one piece until they are this long. */
const pieceLength = 64 * 1024;

/**
 * `JSON.parse`, in turns, so that other requests are answered in between: of a long text, the one list directly inside the
 * outermost object is only looked through for where its members end, and comes as a `LongList`. Everything else is what
 * `JSON.parse` gives, and throws what it throws.
 */
export async function parseJson(text: string): Promise<unknown> {
  if (text.length <= shortTextMax) return JSON.parse(text);
  try {
    return await parseInPieces(text);
  } catch (error) {
    // Whatever is unusual about a text is left to the one who knows.
    if (error instanceof UnusualText || error instanceof SyntaxError) return JSON.parse(text);
    throw error;
  }
}

class UnusualText extends Error {}

const quote = 34;
const backslash = 92;
const comma = 44;

async function parseInPieces(text: string): Promise<unknown> {
  const open = /^\s*\{[^[\]{}]*\[/.exec(text);
  if (open === null) throw new UnusualText();
  const turn = new Turn();
  // Whoever has the text has just had to put it together.
  await turn.next();
  const start = open[0].length;
  const borders = [start];
  let commas = 0;
  let depth = 0;
  let at = start;
  for (; ; at++) {
    const code = text.charCodeAt(at);
    // Past the end: the text is cut short.
    if (Number.isNaN(code)) throw new UnusualText();
    if (code === quote) at = endOfString(text, at);
    else if (code === comma) {
      if (depth > 0) continue;
      commas++;
      if (at - borders[borders.length - 1] < pieceLength) continue;
      borders.push(at + 1);
      if (turn.isOver()) await turn.next();
    } else if (code === 91 || code === 123) depth++;
    else if ((code === 93 || code === 125) && --depth < 0) break;
  }
  const isEmpty = commas === 0 && text.slice(start, at).trim() === '';
  const list = new LongList(text, [...borders, at + 1], isEmpty ? 0 : commas + 1);
  return withList(`${text.slice(0, start)}${text.slice(at)}`, list);
}

/** Position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  throw new UnusualText();
}

/** Puts the list where the rest of the text, in which it is empty, has its only list. */
function withList(rest: string, list: LongList): unknown {
  if (rest.length > shortTextMax) throw new UnusualText();
  const value = JSON.parse(rest) as Record<string, unknown>;
  const lists = Object.keys(value).filter((key) => Array.isArray(value[key]));
  const isOnlyOne = lists.length === 1 && (value[lists[0]] as unknown[]).length === 0 && occurrences(rest, '[') === 1;
  if (!isOnlyOne || lists[0] === '__proto__') throw new UnusualText();
  value[lists[0]] = list;
  return value;
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
