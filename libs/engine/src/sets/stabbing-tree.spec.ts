import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StabbingTree } from './stabbing-tree.js';

it('finds exactly the runs that contain a number', () => {
  const run = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const);
  fc.assert(
    fc.property(fc.array(run, { maxLength: 30 }), fc.integer({ min: 1, max: 41 }), (runs, size) => {
      const tree = new StabbingTree(size, (add) => runs.forEach(([start, end], i) => add(start, end, i, i + 100)));
      for (let at = 0; at < size; at++) {
        const found: number[] = [];
        tree.find(at, (first, second) => {
          expect(second).toBe(first + 100);
          found.push(first);
        });
        const wanted = [...runs.keys()].filter((i) => runs[i][0] <= at && at < runs[i][1]);
        expect(found.sort((a, b) => a - b)).toEqual(wanted);
      }
    }),
  );
});
