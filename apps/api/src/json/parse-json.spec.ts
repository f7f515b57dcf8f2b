import { expect, it } from 'vitest';
import { LongList } from './long-list.js';
import { parseJson } from './parse-json.js';

/** What a text says, its long list read to the end. */
async function parsedWhole(text: string): Promise<unknown> {
  const value = await parseJson(text);
  if (value === null || typeof value !== 'object') return value;
  for (const [name, list] of Object.entries(value)) {
    if (!(list instanceof LongList)) continue;
    const members = [...list.pieces()].flat();
    expect(list.length).toBe(members.length);
    (value as Record<string, unknown>)[name] = members;
  }
  return value;
}

const flows = Array.from({ length: 20_000 }, (_, i) => ({
  from: `a/p-${i}`,
  to: 'b/"q\\',
  port: i,
  more: [i, { deep: ['[', ']', '{', '\\"'] }],
}));

it('a long text is what JSON.parse makes of it, wherever its list lies', async () => {
  for (const value of [
    { flows },
    { before: 1, flows, after: 'x' },
    { flows, other: ['a'] },
    { deep: { flows } },
    [flows],
    { flows: flows.map(({ from }) => `${from}, which is a text`) },
  ]) {
    for (const indent of [0, 2]) {
      const text = JSON.stringify(value, null, indent);
      expect(text.length).toBeGreaterThan(256 * 1024);
      expect(await parsedWhole(text)).toEqual(value);
    }
  }
});

it('the list of a long text is not made before it is read', async () => {
  const { flows: list } = (await parseJson(JSON.stringify({ flows }))) as { flows: unknown };
  expect(list).toBeInstanceOf(LongList);
  const pieces = [...(list as LongList).pieces()];
  expect(pieces.length).toBeGreaterThan(10);
  for (const space of [' '.repeat(300_000), '\n'.repeat(300_000)]) {
    expect(await parsedWhole(`{"flows":[${space}]}`)).toEqual({ flows: [] });
    expect(await parsedWhole(`{"flows":[${space}1]}`)).toEqual({ flows: [1] });
  }
});

it('a long text with one name twice means what it means to JSON.parse', async () => {
  const list = JSON.stringify(flows);
  for (const text of [`{"flows":${list},"flows":3}`, `{"flows":3,"flows":${list}}`, `{"flows":${list},"flows":[]}`]) {
    expect(await parsedWhole(text)).toEqual(JSON.parse(text));
  }
});

it('a long text that is no JSON is refused as JSON.parse refuses it', async () => {
  const text = JSON.stringify({ flows });
  for (const bad of [
    text.slice(0, -1),
    text.slice(0, -3),
    `${text}x`,
    text.replace('"port":9000', '"port":09000'),
    text.replace(/\]\}$/, ',]}'),
    text.replace('{"flows":[', '{"flows":[,'),
    text.replace('{"from":"a/p-700"', '{"from":"a/p-700'),
    text.replace('},{"from":"a/p-12"', '}{"from":"a/p-12"'),
  ]) {
    expect(bad).not.toBe(text);
    let message = '';
    try {
      JSON.parse(bad);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toBe('');
    await expect(parsedWhole(bad)).rejects.toThrow(message);
  }
});
