import { expect, it } from 'vitest';
import { parseJson } from './parse-json.js';

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
      expect(await parseJson(text)).toEqual(value);
    }
  }
});

it('a long text with one name twice means what it means to JSON.parse', async () => {
  const list = JSON.stringify(flows);
  for (const text of [`{"flows":${list},"flows":3}`, `{"flows":3,"flows":${list}}`, `{"flows":${list},"flows":[]}`]) {
    expect(await parseJson(text)).toEqual(JSON.parse(text));
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
    await expect(parseJson(bad)).rejects.toThrow(message);
  }
});
