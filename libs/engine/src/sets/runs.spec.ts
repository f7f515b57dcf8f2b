import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differenceOfRuns, membersOfRuns, runsContain, runsOfAscending, unionOfRuns } from './runs.js';

const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 40 })).map((list) => list.sort((a, b) => a - b));

it('runs are the set they were made of', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [left, right] = [runsOfAscending(a), runsOfAscending(b)];
      expect([...membersOfRuns(left)]).toEqual(a);
      expect([...membersOfRuns(unionOfRuns([left, right]))]).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
      expect([...membersOfRuns(differenceOfRuns(left, right))]).toEqual(a.filter((n) => !b.includes(n)));
      for (let n = 0; n <= 41; n++) expect(runsContain(left, n)).toBe(a.includes(n));
    }),
  );
});

it('neighbours make one run', () => {
  expect(runsOfAscending([1, 2, 3, 7])).toEqual([1, 4, 7, 8]);
  expect(
    unionOfRuns([
      [1, 4],
      [4, 6],
    ]),
  ).toEqual([1, 6]);
});
