import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultSemantics, networkPolicyTier as tier, type PolicySemantics } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { Outcomes } from '../sets/outcomes.js';
import { runsOfAscending } from '../sets/runs.js';
import { Sequences } from '../sets/sequences.js';
import { type PlacedRule, RowTable } from './row-table.js';
import { everywhere } from './rule-areas.js';

const classEnd = 12;
const classes = fc.uniqueArray(fc.integer({ min: 1, max: classEnd - 1 }), { minLength: 1 });
const ports = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const rules = fc.array(fc.record({ classes: fc.option(classes, { nil: null }), ports }), { maxLength: 15 });
const semantics = fc.constantFrom<PolicySemantics>(
  defaultSemantics,
  { ...defaultSemantics, otherProtocols: 'denied' },
  { ...defaultSemantics, otherProtocols: 'unfiltered' },
);

it('a row of a union is the row of its rules folded one by one, and a widened row that with one rule more', () => {
  fc.assert(
    fc.property(rules, ports, semantics, (given, more, knobs) => {
      const sets = new ConnectionSets();
      const lists = new Sequences();
      const table = new RowTable(new Outcomes(sets), knobs, lists, classEnd);
      const placed = given.map((rule): PlacedRule => ({
        action: 'Allow',
        place: 0,
        certain: true,
        atUnknown: 'Always',
        blocks: everywhere,
        classes:
          rule.classes === null ? everywhere : lists.intern(runsOfAscending(rule.classes.toSorted((a, b) => a - b))),
        connections: sets.ofDimension('TCP', rule.ports),
      }));
      const toAll = sets.unionOf(placed.filter((rule) => rule.classes === everywhere).map((rule) => rule.connections));
      const grants = placed.filter((rule) => rule.classes !== everywhere);
      const row = table.ofUnion(tier, toAll, grants);
      expect(row).toBe(table.ofPlaces([{ tier, order: 0, isolates: true }], placed));
      const connections = sets.ofDimension('UDP', more);
      const added = { action: 'Allow', place: 0, certain: true, atUnknown: 'Always', blocks: everywhere } as const;
      const wider = [...placed, { ...added, classes: everywhere, connections }];
      expect(table.widened(tier, row, connections)).toBe(table.ofPlaces([{ tier, order: 0, isolates: true }], wider));
    }),
  );
});
