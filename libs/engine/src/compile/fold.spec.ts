import { describe, expect, it } from 'vitest';
import { defaultSemantics, networkPolicyTier, type Tier } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { foldTiers, type MatchedRule } from './fold.js';

const sets = new ConnectionSets();
const http = sets.ofDimension('TCP', [80, 80]);
const tcp = sets.wholeDimension('TCP');
const admin: Tier = { name: 'Admin', order: 1, unmatched: 'Fallthrough', evaluation: 'FirstMatch', exemptions: 'None' };
const baseline: Tier = { ...admin, name: 'Baseline', order: 9_000_000 };
const isolating: Tier = { ...admin, name: 'custom', unmatched: 'Isolate' };
const allow = (connections: number): MatchedRule => ({ action: 'Allow', connections });
const deny = (connections: number): MatchedRule => ({ action: 'Deny', connections });
const pass = (connections: number): MatchedRule => ({ action: 'Pass', connections });
const fold = (...tiers: [Tier, MatchedRule[]][]): number =>
  foldTiers(
    tiers.map(([tier, rules]) => ({ tier, rules })),
    defaultSemantics,
    sets,
  );
const without = (id: number): number => sets.difference(sets.all, id);

describe('tiers, folded', () => {
  it('without any tier allow everything', () => {
    expect(fold()).toBe(sets.all);
  });

  it('isolate where a NetworkPolicy applies and allow the union of its rules', () => {
    expect(fold([networkPolicyTier, []])).toBe(sets.none);
    expect(fold([networkPolicyTier, [allow(http), allow(sets.ofDimension('UDP', [53, 53]))]])).toBe(
      sets.union(http, sets.ofDimension('UDP', [53, 53])),
    );
  });

  it('decide by the first rule that matches', () => {
    expect(fold([admin, [allow(http), deny(tcp)]])).toBe(sets.union(http, without(tcp)));
    expect(fold([admin, [deny(tcp), allow(http)]])).toBe(without(tcp));
  });

  it('let an admin rule decide before isolation, and leave the rest to it', () => {
    expect(fold([admin, [allow(http)]], [networkPolicyTier, []])).toBe(http);
    expect(fold([admin, [deny(http)]], [networkPolicyTier, [allow(sets.all)]])).toBe(without(http));
  });

  it('skip the later rules of the tier after a Pass', () => {
    expect(fold([admin, [pass(http), deny(tcp)]], [networkPolicyTier, [allow(tcp)]])).toBe(http);
    expect(fold([admin, [pass(sets.all), deny(sets.all)]])).toBe(sets.all);
  });

  it('never reach a baseline behind isolation', () => {
    expect(fold([networkPolicyTier, []], [baseline, [allow(sets.all)]])).toBe(sets.none);
    expect(fold([baseline, [deny(http)]])).toBe(without(http));
  });

  it('end a tier that isolates with a denial, but for what it passes on', () => {
    expect(fold([isolating, [pass(http)]])).toBe(http);
    expect(fold([isolating, [{ action: 'Log', connections: sets.all }]])).toBe(sets.none);
  });

  it('treat protocols without ports by the knob', () => {
    const under = (otherProtocols: 'unfiltered' | 'denied', rules: MatchedRule[]): number =>
      foldTiers([{ tier: networkPolicyTier, rules }], { ...defaultSemantics, otherProtocols }, sets);
    expect(under('unfiltered', [])).toBe(sets.portless);
    expect(under('denied', [allow(sets.all)])).toBe(without(sets.portless));
  });
});
