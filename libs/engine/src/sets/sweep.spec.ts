import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runsOfAscending } from './runs.js';
import { Sequences } from './sequences.js';
import { Sweep } from './sweep.js';

const axisEnd = 30;
const members = fc.uniqueArray(fc.nat(axisEnd - 1)).map((list) => list.sort((a, b) => a - b));

/** By place: the lists that are open there, as a sweep says. */
function openAt(sweep: Sweep): string[] {
  const result: string[] = [];
  for (let i = 0; i < sweep.length; i++) {
    const end = i + 1 < sweep.length ? sweep.starts[i + 1] : axisEnd;
    for (let at = sweep.starts[i]; at < end; at++) result.push(sweep.openIn(sweep.states[i]).join());
  }
  return result;
}

it('a sweep says of every place which lists hold it, for few lists and for many', () => {
  const sweep = new Sweep();
  fc.assert(
    fc.property(fc.array(members, { maxLength: 80 }), (sets) => {
      const lists = new Sequences();
      const numbers = sets.map((set) => lists.intern(runsOfAscending(set)));
      sweep.over(lists, numbers, axisEnd);
      const wanted = Array.from({ length: axisEnd }, (_, at) =>
        sets.flatMap((set, i) => (set.includes(at) ? [i] : [])).join(),
      );
      expect(openAt(sweep)).toEqual(wanted);
      expect(sweep.stateCount).toBe(new Set([...wanted, '']).size);
    }),
  );
});
