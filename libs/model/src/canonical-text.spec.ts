import { describe, expect, it } from 'vitest';
import { canonicalText } from './canonical-text.js';

describe('canonicalText', () => {
  it('sorts keys at every level, by code unit', () => {
    expect(canonicalText({ b: [{ d: 1, c: [2, { f: 1, e: 2 }] }], a: 'x', B: null })).toBe(
      '{"B":null,"a":"x","b":[{"c":[2,{"e":2,"f":1}],"d":1}]}',
    );
  });

  it('copies what stands before an inner object that is out of order', () => {
    expect(canonicalText({ a: 1, b: { y: 1, x: 2 }, c: 3 })).toBe('{"a":1,"b":{"x":2,"y":1},"c":3}');
  });

  it('leaves out members that are undefined, and the value as it was', () => {
    const value = { b: undefined, a: { z: 1, y: undefined, x: 2 } };
    expect(canonicalText(value)).toBe('{"a":{"x":2,"z":1}}');
    expect(Object.keys(value.a)).toEqual(['z', 'y', 'x']);
  });

  it('gives whole numbers one place, however they were written', () => {
    expect(canonicalText(JSON.parse('{"b":0,"10":1,"9":2,"a":3}'))).toBe('{"9":2,"10":1,"a":3,"b":0}');
    expect(canonicalText(JSON.parse('{"9":2,"a":3,"10":1,"b":0}'))).toBe('{"9":2,"10":1,"a":3,"b":0}');
  });

  it('keeps a member called __proto__, which JSON may have', () => {
    expect(canonicalText(JSON.parse('{"b":1,"__proto__":{"d":1,"c":2}}'))).toBe('{"__proto__":{"c":2,"d":1},"b":1}');
    expect(canonicalText(JSON.parse('{"__proto__":5,"z":{"b":1,"a":2}}'))).toBe('{"__proto__":5,"z":{"a":2,"b":1}}');
  });

  it('writes what is no object', () => {
    expect(['a"', 1, null, undefined, [undefined]].map(canonicalText)).toEqual([
      '"a\\""',
      '1',
      'null',
      'null',
      '[null]',
    ]);
  });
});
