import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionSets, type Dimension, dimensions } from './connection-sets.js';
import { intervalSetOf } from './interval-set.js';
import { Outcomes } from './outcomes.js';

const intervals = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })), {
  maxLength: 4,
});
const dimension = fc.constantFrom<Dimension>('TCP', 'UDP', 'SCTP');
const recipe = fc.array(fc.tuple(dimension, intervals), { maxLength: 3 });

function build(sets: ConnectionSets, parts: readonly [Dimension, [number, number][]][]): number {
  return parts.reduce((id, [name, list]) => sets.union(id, sets.ofDimension(name, intervalSetOf(list))), sets.none);
}

const holds = (sets: ConnectionSets, id: number): boolean[] =>
  dimensions.flatMap((name) => Array.from({ length: 32 }, (_, n) => sets.contains(id, name, n)));

describe('connection sets', () => {
  it('combine like sets of connections, member by member', () => {
    fc.assert(
      fc.property(recipe, recipe, (left, right) => {
        const sets = new ConnectionSets();
        const [a, b] = [build(sets, left), build(sets, right)];
        const [inA, inB] = [holds(sets, a), holds(sets, b)];
        expect(holds(sets, sets.union(a, b))).toEqual(inA.map((has, i) => has || inB[i]));
        expect(holds(sets, sets.intersection(a, b))).toEqual(inA.map((has, i) => has && inB[i]));
        expect(holds(sets, sets.difference(a, b))).toEqual(inA.map((has, i) => has && !inB[i]));
      }),
    );
  });

  it('have equal numbers where they are equal, however they were made', () => {
    fc.assert(
      fc.property(recipe, recipe, recipe, (x, y, z) => {
        const sets = new ConnectionSets();
        const [a, b, c] = [build(sets, x), build(sets, y), build(sets, z)];
        expect(sets.union(a, b)).toBe(sets.union(b, a));
        expect(sets.union(sets.union(a, b), c)).toBe(sets.union(a, sets.union(b, c)));
        expect(sets.intersection(a, sets.union(b, c))).toBe(
          sets.union(sets.intersection(a, b), sets.intersection(a, c)),
        );
        expect(sets.difference(sets.all, sets.difference(sets.all, a))).toBe(a);
        expect(sets.difference(a, a)).toBe(sets.none);
      }),
    );
  });

  it('join neighbouring ports to one interval', () => {
    expect(
      intervalSetOf([
        [80, 80],
        [82, 90],
        [81, 81],
        [85, 95],
      ]),
    ).toEqual([80, 95]);
    const sets = new ConnectionSets();
    expect(sets.union(sets.ofDimension('TCP', [1, 100]), sets.ofDimension('TCP', [101, 65535]))).toBe(
      sets.wholeDimension('TCP'),
    );
  });
});

describe('outcomes of two sides', () => {
  const sets = new ConnectionSets();
  const outcomes = new Outcomes(sets);
  const http = sets.ofDimension('TCP', [80, 80]);

  it('deny what one side denies, also where the other is unknown', () => {
    expect(outcomes.both(outcomes.denyAll, outcomes.unknownAll)).toBe(outcomes.denyAll);
    expect(outcomes.both(outcomes.allowAll, outcomes.unknownAll)).toBe(outcomes.unknownAll);
    expect(outcomes.both(outcomes.intern(http, sets.none), outcomes.unknownAll)).toBe(outcomes.intern(sets.none, http));
  });

  it('keep of two possibilities what both say', () => {
    const either = outcomes.either(outcomes.intern(http, sets.none), outcomes.denyAll);
    expect([outcomes.allowed(either), outcomes.unknown(either)]).toEqual([sets.none, http]);
    expect(outcomes.either(outcomes.allowAll, outcomes.allowAll)).toBe(outcomes.allowAll);
  });

  it('doubt a denial and not what is allowed', () => {
    const doubted = outcomes.doubted(outcomes.intern(http, sets.none));
    expect([outcomes.allowed(doubted), outcomes.unknown(doubted)]).toEqual([http, sets.difference(sets.all, http)]);
  });
});
