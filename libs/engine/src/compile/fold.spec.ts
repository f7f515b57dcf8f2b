import { describe, expect, it } from 'vitest';
import { adminTier, baselineTier, defaultSemantics, networkPolicyTier, type Tier } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { Outcomes } from '../sets/outcomes.js';
import { foldPolicies, type MatchedRule } from './fold.js';

const sets = new ConnectionSets();
const outcomes = new Outcomes(sets);
const http = sets.ofDimension('TCP', [80, 80]);
const tcp = sets.wholeDimension('TCP');
const isolating: Tier = { ...adminTier, name: 'custom', unmatched: 'Isolate' };
const rule =
  (action: MatchedRule['action'], certain = true) =>
  (connections: number): MatchedRule => ({ action, connections, certain });
const [allow, deny, pass] = [rule('Allow'), rule('Deny'), rule('Pass')];
const [maybeAllow, maybeDeny] = [rule('Allow', false), rule('Deny', false)];
type Given = readonly [Tier, MatchedRule[], order?: number];
const outcome = (...policies: Given[]): number =>
  foldPolicies(
    policies.map(([tier, rules, order]) => ({ tier, order: order ?? 0, isolates: true, rules })),
    defaultSemantics,
    outcomes,
  );
/** What is allowed, where nothing is unknown. */
const fold = (...policies: Given[]): number => {
  const id = outcome(...policies);
  expect(outcomes.unknown(id)).toBe(sets.none);
  return outcomes.allowed(id);
};
const unknown = (...policies: Given[]): number => outcomes.unknown(outcome(...policies));
const ruled = (...policies: Given[]): number => outcomes.ruled(outcome(...policies));
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
    expect(fold([adminTier, [allow(http), deny(tcp)]])).toBe(sets.union(http, without(tcp)));
    expect(fold([adminTier, [deny(tcp), allow(http)]])).toBe(without(tcp));
  });

  it('let an admin rule decide before isolation, and leave the rest to it', () => {
    expect(fold([adminTier, [allow(http)]], [networkPolicyTier, []])).toBe(http);
    expect(fold([adminTier, [deny(http)]], [networkPolicyTier, [allow(sets.all)]])).toBe(without(http));
  });

  it('skip the later rules of the tier after a Pass', () => {
    expect(fold([adminTier, [pass(http), deny(tcp)]], [networkPolicyTier, [allow(tcp)]])).toBe(http);
    expect(fold([adminTier, [pass(sets.all), deny(sets.all)]])).toBe(sets.all);
  });

  it('never reach a baseline behind isolation', () => {
    expect(fold([networkPolicyTier, []], [baselineTier, [allow(sets.all)]])).toBe(sets.none);
    expect(fold([baselineTier, [deny(http)]])).toBe(without(http));
  });

  it('end a tier that isolates with a denial, but for what it passes on', () => {
    expect(fold([isolating, [pass(http)]])).toBe(http);
    expect(fold([isolating, [rule('Log')(sets.all)]])).toBe(sets.none);
  });

  it('let a denial of a union go before every grant, and isolate only where a policy does', () => {
    const union = (isolates: boolean, ...rules: MatchedRule[]): number =>
      foldPolicies(
        [
          { tier: networkPolicyTier, order: 0, isolates, rules },
          { tier: networkPolicyTier, order: 0, isolates: false, rules: [] },
        ],
        defaultSemantics,
        outcomes,
      );
    const closed = union(true, allow(tcp), deny(http));
    expect(outcomes.allowed(closed)).toBe(sets.difference(tcp, http));
    expect(outcomes.ruled(closed)).toBe(http);
    const open = union(false, allow(tcp), deny(http));
    expect(outcomes.allowed(open)).toBe(without(http));
    expect(outcomes.ruled(open)).toBe(tcp);
    const doubted = union(true, allow(tcp), maybeDeny(http));
    expect(outcomes.allowed(doubted)).toBe(sets.difference(tcp, http));
    expect(outcomes.unknown(doubted)).toBe(http);
    expect(outcomes.ruled(doubted)).toBe(sets.none);
    expect(outcomes.unknown(union(true, deny(http), maybeAllow(tcp)))).toBe(sets.difference(tcp, http));
    expect(outcomes.unknown(union(false, maybeAllow(tcp)))).toBe(sets.none);
  });

  it('leave pods that a union does not isolate to the tiers behind it', () => {
    const folded = foldPolicies(
      [
        { tier: networkPolicyTier, order: 0, isolates: false, rules: [allow(http)] },
        { tier: baselineTier, order: 0, isolates: false, rules: [deny(tcp)] },
      ],
      defaultSemantics,
      outcomes,
    );
    expect(outcomes.allowed(folded)).toBe(sets.union(http, without(tcp)));
  });

  it('treat protocols without ports by the knob', () => {
    const under = (otherProtocols: 'unfiltered' | 'denied', rules: MatchedRule[]): number =>
      outcomes.allowed(
        foldPolicies(
          [{ tier: networkPolicyTier, order: 0, isolates: true, rules }],
          { ...defaultSemantics, otherProtocols },
          outcomes,
        ),
      );
    expect(under('unfiltered', [])).toBe(sets.portless);
    expect(under('denied', [allow(sets.all)])).toBe(without(sets.portless));
  });

  it('ask policies by order, and leave open where equal orders contradict each other', () => {
    expect(fold([adminTier, [allow(http)], 1], [adminTier, [deny(tcp)], 2])).toBe(sets.union(http, without(tcp)));
    expect(unknown([adminTier, [allow(http)], 1], [adminTier, [deny(tcp)], 1])).toBe(http);
    expect(outcomes.allowed(outcome([adminTier, [allow(http)], 1], [adminTier, [deny(tcp)], 1]))).toBe(without(tcp));
    expect(fold([adminTier, [deny(http)], 1], [adminTier, [deny(tcp)], 1])).toBe(without(tcp));
    // A Pass contradicts a Deny only where the tiers below would allow.
    expect(fold([adminTier, [pass(http)], 1], [adminTier, [deny(http)], 1], [networkPolicyTier, []])).toBe(sets.none);
    expect(unknown([adminTier, [pass(http)], 1], [adminTier, [deny(http)], 1])).toBe(http);
  });

  it('let names decide equal orders where the tier says so', () => {
    const named: Tier = { ...adminTier, ties: 'ByName' };
    expect(fold([named, [allow(http)], 1], [named, [deny(tcp)], 1])).toBe(sets.union(http, without(tcp)));
  });

  it('fork at a rule that may match or not, and go on with the next', () => {
    expect(unknown([adminTier, [maybeAllow(http), deny(tcp)]])).toBe(http);
    expect(outcomes.allowed(outcome([adminTier, [maybeAllow(http), deny(tcp)]]))).toBe(without(tcp));
    expect(fold([adminTier, [maybeAllow(http)]])).toBe(sets.all);
    expect(unknown([adminTier, [maybeDeny(http)]])).toBe(http);
    expect(fold([adminTier, [maybeDeny(http)]], [networkPolicyTier, []])).toBe(sets.none);
    expect(unknown([adminTier, [maybeAllow(http)]], [networkPolicyTier, []])).toBe(http);
    expect(unknown([networkPolicyTier, [maybeAllow(http)]])).toBe(http);
  });

  it('tell what a rule decided from what isolation or nothing did', () => {
    expect(ruled([adminTier, [deny(http)]], [networkPolicyTier, [allow(tcp)]])).toBe(http);
    expect(ruled([networkPolicyTier, []], [baselineTier, [deny(tcp)]])).toBe(sets.none);
    expect(ruled([adminTier, [pass(http)]])).toBe(sets.none);
    // Of what is unknown, only what rules of equal priority contradict each other about.
    expect(ruled([adminTier, [allow(http)], 1], [adminTier, [deny(tcp)], 1])).toBe(tcp);
    expect(ruled([adminTier, [maybeAllow(http), deny(http)]])).toBe(sets.none);
  });
});
