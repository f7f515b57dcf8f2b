import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Labels, selectorMatches } from '#model';
import type { CalicoSelector } from './calico-selector.js';
import { formatCalicoSelector } from './format-calico-selector.js';
import { modelSelectorOf } from './model-selector.js';
import { parseCalicoSelector, selectorLengthMax } from './parse-calico-selector.js';

const read = (text: string): CalicoSelector => {
  const parsed = parseCalicoSelector(text);
  if (parsed.kind === 'Mistake') throw new Error(`${text}: at ${parsed.position} ${parsed.message}`);
  return parsed.selector;
};

describe('a mistake in a selector', () => {
  it.each([
    ["a == 'b'\n&& has(c)", 8, 'expected "&&", "||" or the end, found "\\n&& has(c)"'],
    ["a = 'b'", 2, 'expected ==, !=, in, not in, contains, starts with or ends with after the label name "a"'],
    ["a == 'b", 5, "expected a closing ', found the end"],
    ["a in {'x' 'y'}", 10, 'expected "," or "}"'],
    ['has()', 4, 'expected a label name, found ")"'],
    ["(a == 'b'", 9, 'expected ")", found the end'],
    ['', 0, null],
  ])('%j is found at its place', (text, position, message) => {
    const parsed = parseCalicoSelector(text);
    if (message === null) expect(parsed.kind).toBe('Selector');
    else expect(parsed).toMatchObject({ kind: 'Mistake', position, message: expect.stringContaining(message) });
  });

  it('names the limits of a selector and of a label name', () => {
    const ofLength = (length: number): string => `a == '${'x'.repeat(length - 7)}'`;
    expect(parseCalicoSelector(ofLength(selectorLengthMax)).kind).toBe('Selector');
    expect(parseCalicoSelector(ofLength(selectorLengthMax + 1))).toMatchObject({
      kind: 'Mistake',
      message: 'a selector has at most 1024 characters, this one has 1025',
    });
    expect(parseCalicoSelector(`has(${'l'.repeat(512)})`).kind).toBe('Selector');
    expect(parseCalicoSelector(`has(${'l'.repeat(513)})`)).toMatchObject({ kind: 'Mistake', position: 4 });
  });

  it('does not exhaust the stack, however deep the parentheses', () => {
    const deep = `${'('.repeat(508)}has(a)${')'.repeat(508)}`;
    expect(read(deep)).toEqual({ kind: 'Has', key: 'a' });
    expect(parseCalicoSelector('('.repeat(1024)).kind).toBe('Mistake');
    expect(parseCalicoSelector('!'.repeat(1024)).kind).toBe('Mistake');
  });
});

/** A selector as somebody may write it, and what it means by a second reading of the specification. */
interface Written {
  readonly text: string;
  readonly holds: (labels: Labels) => boolean;
}

const key = fc.constantFrom('a', 'b', 'in', 'has', 'not', 'x.io/starts', 'constructor');
const value = fc.constantFrom('', 'x', 'xy', 'yx', "it's", 'say "x"', ' ', '&&');
const blanks = fc.constantFrom('', ' ', '\t', '  ');
const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);

const comparison: fc.Arbitrary<Written> = fc
  .record({
    key,
    value,
    more: fc.array(value, { maxLength: 3 }),
    gap: blanks,
    form: fc.constantFrom('==', '!=', 'in', 'not in', 'contains', 'starts with', 'ends with', 'has', 'all', 'global'),
  })
  .map(({ key: name, value: wanted, more, gap, form }): Written => {
    const found = (labels: Labels): string | null => new Map(Object.entries(labels)).get(name) ?? null;
    const set = `{${gap}${more.map(quoted).join(`,${gap}`)}${more.length > 0 && gap === ' ' ? ',' : ''}}`;
    const word = `${name} ${form.replace(' ', gap)}`;
    switch (form) {
      case '==':
        return { text: `${name}${gap}==${gap}${quoted(wanted)}`, holds: (labels) => found(labels) === wanted };
      case '!=':
        return { text: `${name}${gap}!=${gap}${quoted(wanted)}`, holds: (labels) => found(labels) !== wanted };
      case 'in':
        return { text: `${word}${gap}${set}`, holds: (labels) => more.some((one) => one === found(labels)) };
      case 'not in':
        return { text: `${word}${gap}${set}`, holds: (labels) => more.every((one) => one !== found(labels)) };
      case 'contains':
        return {
          text: `${word}${gap}${quoted(wanted)}`,
          holds: (labels) => found(labels) !== null && (found(labels) as string).indexOf(wanted) >= 0,
        };
      case 'starts with':
        return {
          text: `${word}${gap}${quoted(wanted)}`,
          holds: (labels) => found(labels)?.slice(0, wanted.length) === wanted,
        };
      case 'ends with':
        return {
          text: `${word}${gap}${quoted(wanted)}`,
          holds: (labels) => {
            const text = found(labels);
            return text !== null && text.length >= wanted.length && text.slice(text.length - wanted.length) === wanted;
          },
        };
      case 'has':
        return { text: `has(${gap}${name}${gap})`, holds: (labels) => found(labels) !== null };
      default:
        return { text: `${form}(${gap})`, holds: () => true };
    }
  });

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4 },
    comparison,
    fc.tuple(tie('written'), blanks).map(([inner, gap]) => ({
      text: `!${gap}(${gap}${inner.text}${gap})`,
      holds: (labels: Labels) => !inner.holds(labels),
    })),
    fc
      .tuple(fc.array(tie('written'), { minLength: 2, maxLength: 3 }), fc.boolean(), blanks)
      .map(([parts, isAnd, gap]) => ({
        text: parts.map(({ text }) => `(${text})`).join(`${gap}${isAnd ? '&&' : '||'}${gap}`),
        holds: (labels: Labels) =>
          isAnd ? parts.every(({ holds }) => holds(labels)) : parts.some(({ holds }) => holds(labels)),
      })),
  ),
}));

describe('a selector', () => {
  it('means what the specification says, by a second reading of it', () => {
    fc.assert(
      fc.property(written, fc.dictionary(key, value, { maxKeys: 4 }), ({ text, holds }, labels) => {
        fc.pre(text.length <= selectorLengthMax);
        expect(selectorMatches(modelSelectorOf(read(text)), labels)).toBe(holds(labels));
      }),
      { numRuns: 2000 },
    );
  });

  it('has a canonical text that reads to the same selector and says it in the same text', () => {
    fc.assert(
      fc.property(written, ({ text }) => {
        fc.pre(text.length <= selectorLengthMax);
        const selector = read(text);
        const canonical = formatCalicoSelector(selector);
        fc.pre(canonical.length <= selectorLengthMax);
        expect(read(canonical)).toEqual(selector);
        expect(formatCalicoSelector(read(canonical))).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["a=='1'||b=='2'&&c=='3'", "a == '1' || b == '2' && c == '3'"],
    ["((a=='1'||b=='2'))&&c!='3'", "(a == '1' || b == '2') && c != '3'"],
    ["!!!a == 'b'", "!(a == 'b')"],
    ["a in {'y',\"x\",'y',}", "a in {'x', 'y'}"],
    ["a notin{'x'} && (has(b) && has(c))", "a != 'x' && has(b) && has(c)"],
    ['', 'all()'],
    ['!has( a )', '!has(a)'],
    ['a startswith "it\'s"', 'a starts with "it\'s"'],
  ])('%j is canonically %j', (text, canonical) => {
    expect(formatCalicoSelector(read(text))).toBe(canonical);
  });
});
