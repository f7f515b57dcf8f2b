import type { Policy, Tier } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';
import type { ReplayedPolicy, ReplayedRule } from './replay.js';

/** What became of the connections asked for on their way through the policies of one direction. */
export interface PolicyWalk {
  /** The tier that decided the last of them, be it by isolating the pod; null where some were left to the default. */
  readonly tier: string | null;
  /** Rules that decided some of them: they allow or deny, and certainly match. */
  readonly deciding: readonly ReplayedRule[];
  /** Rules that passed some of them on. */
  readonly passing: readonly ReplayedRule[];
  readonly logging: readonly ReplayedRule[];
  /** Rules that may match some of them or not. */
  readonly doubtful: readonly ReplayedRule[];
  /** Rules of a union that would allow some of them, if another did not deny these. */
  readonly overruled: readonly ReplayedRule[];
  /** Policies to which some of them came. */
  readonly reached: ReadonlySet<Policy>;
}

/**
 * Follows connections through policies in evaluation order, as `foldPolicies` does, and notes which rules met them.
 * Cost: linear in the rules.
 */
export function walkPolicies(
  policies: readonly ReplayedPolicy[],
  asked: ConnectionSetId,
  sets: ConnectionSets,
): PolicyWalk {
  const walk = { deciding: [], passing: [], logging: [], doubtful: [], overruled: [] } as Record<
    Encounter,
    ReplayedRule[]
  >;
  const reached = new Set<Policy>();
  let open = asked;
  let tier: string | null = null;
  for (let i = 0; i < policies.length && open !== sets.none;) {
    const current = policies[i].policy.tier;
    // A tier that leaves these two ends alone allows everything that comes to it.
    if (policies[i].exempt) return { ...walk, tier: current.name, reached };
    const begun = open;
    let passed = sets.none;
    let isolated = sets.none;
    let isolates = false;
    const denied = current.evaluation === 'Union' ? deniedIn(policies.slice(i), current) : sets.none;
    while (i < policies.length && policies[i].policy.tier.name === current.name) {
      const { order } = policies[i].policy;
      // Under a union, and in a tie that nobody can break, every policy meets what came to the first.
      let left = open;
      for (let isMember = true; isMember; isMember = isTogether(policies[i - 1].policy, policies[i]?.policy, order)) {
        const { policy, matching, isolates: isIsolating } = policies[i++];
        if (open === sets.none) continue;
        reached.add(policy);
        isolates ||= isIsolating;
        const own = current.evaluation === 'Union' ? meetUnion(matching, open, denied) : meet(matching, open);
        left = sets.intersection(left, own.left);
        passed = sets.union(passed, own.passed);
      }
      open = left;
    }
    if (isolates) [isolated, open] = [open, passed];
    else open = sets.union(open, passed);
    if (begun !== open || isolated !== sets.none) tier = current.name;
  }
  return { ...walk, tier: open === sets.none ? tier : null, reached };

  /** What the union that begins here certainly denies. */
  function deniedIn(rest: readonly ReplayedPolicy[], tier: Tier): ConnectionSetId {
    let denied = sets.none;
    for (const { policy, matching } of rest) {
      if (policy.tier.name !== tier.name) break;
      for (const { action, certain, connections } of matching) {
        if (action === 'Deny' && certain) denied = sets.union(denied, connections);
      }
    }
    return denied;
  }

  function meetUnion(rules: readonly ReplayedRule[], came: ConnectionSetId, denied: ConnectionSetId): Meeting {
    let left = sets.difference(came, denied);
    for (const rule of rules) {
      const met = sets.intersection(came, rule.connections);
      if (met === sets.none) continue;
      const isOverruled = rule.action === 'Allow' && sets.difference(met, denied) === sets.none;
      walk[isOverruled ? 'overruled' : encounterOf(rule)].push(rule);
      if (rule.certain) left = sets.difference(left, met);
    }
    return { left, passed: sets.none };
  }

  function meet(rules: readonly ReplayedRule[], came: ConnectionSetId): Meeting {
    let left = came;
    let passed = sets.none;
    for (const rule of rules) {
      const met = sets.intersection(left, rule.connections);
      if (met === sets.none) continue;
      walk[encounterOf(rule)].push(rule);
      if (rule.action === 'Log' || !rule.certain) continue;
      if (rule.action === 'Pass') passed = sets.union(passed, met);
      left = sets.difference(left, met);
    }
    return { left, passed };
  }
}

type Encounter = 'deciding' | 'passing' | 'logging' | 'doubtful' | 'overruled';
interface Meeting {
  readonly left: ConnectionSetId;
  readonly passed: ConnectionSetId;
}

function encounterOf({ action, certain }: ReplayedRule): Encounter {
  if (action === 'Log') return 'logging';
  if (!certain) return 'doubtful';
  return action === 'Pass' ? 'passing' : 'deciding';
}

function isTogether(policy: Policy, next: Policy | undefined, order: number): boolean {
  if (next?.tier.name !== policy.tier.name) return false;
  return policy.tier.evaluation === 'Union' || (policy.tier.ties === 'Ambiguous' && next.order === order);
}
