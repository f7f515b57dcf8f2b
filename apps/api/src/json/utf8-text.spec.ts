import { expect, it } from 'vitest';
import { Utf8Text } from './utf8-text.js';

function textOf(...pieces: readonly Uint8Array[]): string {
  const text = new Utf8Text();
  for (const piece of pieces) text.add(piece);
  return text.end();
}

it('is the same wherever the bytes are cut', () => {
  const said = 'a\u00e9\u20ac\u{1f600}\ufeff\u0000z';
  const bytes = Buffer.from(said);
  for (let a = 0; a <= bytes.length; a++) {
    for (let b = a; b <= bytes.length; b++) {
      expect(textOf(bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b))).toBe(said);
    }
  }
  expect(textOf(...[...bytes].map((byte) => Uint8Array.of(byte)))).toBe(said);
  expect(textOf(Uint8Array.of(0xef, 0xbb), Uint8Array.of(0xbf, 0x7b))).toBe('{');
  expect(textOf()).toBe('');
});

it('takes no bytes that are not UTF-8', () => {
  for (const bad of [
    [0x80],
    [0xc3],
    [0xe2, 0x82],
    [0xf0, 0x9f, 0x98],
    [0xc3, 0x28],
    [0xff],
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
  ]) {
    expect(() => textOf(Uint8Array.from(bad))).toThrow(TypeError);
    expect(() => textOf(...bad.map((byte) => Uint8Array.of(byte)))).toThrow(TypeError);
    expect(() => textOf(Uint8Array.from(bad), Uint8Array.of(0x20))).toThrow(TypeError);
  }
});
