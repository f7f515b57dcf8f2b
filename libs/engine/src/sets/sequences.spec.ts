import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PairNumbers } from './pair-numbers.js';
import { Sequences } from './sequences.js';

const small = fc.array(fc.array(fc.nat(3), { maxLength: 5 }), { maxLength: 400 });

it('sequences have equal numbers where they are equal, and come back as they were', () => {
  fc.assert(
    fc.property(small, (lists) => {
      const sequences = new Sequences();
      const numbers = new Map<string, number>();
      for (const list of lists) {
        const known = numbers.get(list.join());
        const number = sequences.intern(list);
        expect(number).toBe(known ?? numbers.size);
        numbers.set(list.join(), number);
        expect([...sequences.words.subarray(sequences.start(number), sequences.end(number))]).toEqual(list);
      }
      expect(sequences.size).toBe(numbers.size);
    }),
  );
});

it('sequences beyond the limit are refused with the number of the limit', () => {
  const sequences = new Sequences(10, 'numbers in rows');
  sequences.intern([1, 2, 3, 4, 5, 6]);
  expect(() => sequences.intern([1, 2, 3, 4, 5])).toThrow('more than 10 numbers in rows');
});

it('pairs have equal numbers where both halves are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 2000 }), (pairs) => {
      const table = new PairNumbers();
      const numbers = new Map<string, number>();
      for (const [left, right] of pairs) {
        const key = `${left} ${right}`;
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        expect(table.of(left, right)).toBe(numbers.get(key));
      }
    }),
  );
});
