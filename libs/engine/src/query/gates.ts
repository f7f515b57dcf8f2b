import type { Direction, PolicySemantics, RulePeer } from '#model';
import { canonicalText, compareObjectRefs, compareText, formatObjectRef, peerStatements } from '#model';
import { dimensionOf } from '../sets/connection-sets.js';
import type { Cluster } from './cluster.js';
import { type Asked, type FamilyJudgement, wordOf } from './judge-pair.js';
import { layer7Kinds } from './layer7.js';
import { roleOf } from './party.js';
import { type Replay, type ReplayedPolicy, type ReplayedRule, replaySide } from './replay.js';
import { doubtsAbout } from './sides.js';
import type { ConsideredPolicy, FlowVerdict, Gate, GateRule } from './verdict.js';
import { type PolicyWalk, walkPolicies } from './walk-policies.js';

/**
 * The places where policy was checked for one pair, egress first, replayed from the policies. Ends that are no subject
 * of any policy have no gate. Cost: the policies that may select the two pods.
 */
export function gatesOf(
  cluster: Cluster,
  { pair, sides }: FamilyJudgement,
  asked: Asked,
  semantics: PolicySemantics,
): Gate[] {
  const { sets, outcomes } = cluster.index;
  const gate = (direction: Direction): Gate[] => {
    const subject = direction === 'Egress' ? pair.source : pair.destination;
    const side = direction === 'Egress' ? sides.egress : sides.ingress;
    if (side.by === 'Self' || roleOf(cluster, subject, semantics) !== 'Ordinary') return [];
    const replay = replaySide(cluster, direction, pair, semantics);
    const wanted = sets.ofDimension(dimensionOf(asked.protocol, pair.family), [asked.first, asked.last]);
    const allowed = sets.intersection(
      wanted,
      outcomes.allowed(outcomes.both(sides.egress.outcome, sides.ingress.outcome)),
    );
    // A pod lets in its own node before every tier.
    const fromOwnNode = side.by === 'OwnNode' && direction === 'Ingress';
    const walk = fromOwnNode || side.by === 'NotUnderstood' ? null : walkPolicies(replay.policies, wanted, sets);
    const before = fromOwnNode ? ownNodeFirst : notUnderstoodFirst;
    const layer7 = walk === null ? [] : layer7Kinds(replay, allowed, semantics, outcomes);
    return [
      {
        direction,
        verdict: wordOf(cluster, side.outcome, pair.family, asked) as FlowVerdict,
        isolated: side.isolated,
        tier: walk?.tier ?? null,
        decidedBy: decidingRules(walk),
        considered: consideredPolicies(replay, walk ?? before, asked),
        notUnderstood: side.by === 'NotUnderstood' ? doubtsAbout(cluster, pair, semantics) : [],
        ...(layer7.length === 0 ? {} : { restrictedAtL7: layer7 }),
      },
    ];
  };
  return [...gate('Egress'), ...gate('Ingress')];
}

function decidingRules(walk: PolicyWalk | null): GateRule[] {
  const rules = (walk?.deciding ?? []).map(({ policy, rule, at, action }): GateRule =>
    at === null ? { policy, rule, action } : { policy, list: at.list, rule: at.number, action },
  );
  // A rule of an object may be several here, which speak of different ports.
  return [...new Map(rules.map((rule) => [canonicalText(rule), rule])).values()].sort(
    (a, b) => compareObjectRefs(a.policy, b.policy) || compareText(a.list ?? '', b.list ?? '') || a.rule - b.rule,
  );
}

type Why = Pick<ConsideredPolicy, 'code' | 'why'>;
const ownNodeFirst: Why = { code: 'EXEMPT', why: 'a pod is reached from its own node whatever policies say' };
const notUnderstoodFirst: Why = { code: 'NOT_REACHED', why: 'an object that is not understood may go before it' };

/** Why policies did not decide; where none was asked, `walk` is the reason for all of them. Parts of an object are one. */
function consideredPolicies({ policies }: Replay, walk: PolicyWalk | Why, asked: Asked): ConsideredPolicy[] {
  const parts = new Map<string, ReplayedPolicy[]>();
  for (const replayed of policies) {
    const text = formatObjectRef(replayed.policy.ref);
    parts.set(text, [...(parts.get(text) ?? []), replayed]);
  }
  return [...parts.values()]
    .filter((own) => {
      if ('code' in walk) return true;
      const isOwn = (rule: ReplayedRule): boolean => own.some(({ matching }) => matching.includes(rule));
      return !walk.deciding.some(isOwn) || walk.doubtful.some(isOwn);
    })
    .map((own) => {
      const { ref, tier } = own[0].policy;
      const isolates = tier.unmatched === 'Fallthrough' || own.some((part) => part.isolates);
      return {
        policy: ref,
        tier: tier.name,
        ...('code' in walk ? walk : whyNot(own, walk, asked)),
        ...(isolates ? {} : { isolates }),
      };
    })
    .sort((a, b) => compareObjectRefs(a.policy, b.policy));
}

/** Why a policy that applies to the pod did not decide. */
function whyNot(parts: readonly ReplayedPolicy[], walk: PolicyWalk, { protocol, first, last }: Asked): Why {
  const matching = parts.flatMap((part) => part.matching);
  const ruleCount = parts.reduce((sum, part) => sum + part.ruleCount, 0);
  const rulesFrom = (rules: readonly ReplayedRule[]): readonly ReplayedRule[] =>
    rules.filter((rule) => matching.includes(rule));
  if (parts.every(({ exempt }) => exempt)) {
    return { code: 'EXEMPT', why: `the ${parts[0].policy.tier.name} tier does not stand between these two ends` };
  }
  const doubtful = rulesFrom(walk.doubtful);
  if (doubtful.length > 0) {
    const whats = doubtful.flatMap(({ peers }) => undecidableIn(peers));
    const why = `${said(doubtful, 'may match', 'may match')} or not: ${[...new Set(whats)].join(', ')}`;
    return { code: 'UNDECIDABLE', why };
  }
  const passing = rulesFrom(walk.passing);
  if (passing.length > 0) return { code: 'PASSED', why: `${said(passing, 'passes', 'pass')} it on to the next tier` };
  const overruled = rulesFrom(walk.overruled);
  if (overruled.length > 0) {
    return { code: 'OVERRULED', why: `${said(overruled, 'allows', 'allow')} it, but what some rule denies is denied` };
  }
  if (!parts.some(({ policy }) => walk.reached.has(policy)))
    return { code: 'NOT_REACHED', why: 'what goes before it had decided' };
  if (ruleCount === 0) return { code: 'NO_RULE', why: 'it isolates the pod and has no rule for this direction' };
  if (matching.length === 0) {
    return { code: 'PEER_NOT_MATCHED', why: `none of its ${ruleCount} rules matches the peer` };
  }
  const logging = rulesFrom(walk.logging);
  if (logging.length > 0) return { code: 'LOGGED', why: `${said(logging, 'only logs', 'only log')} it` };
  const ports = protocol === 'ICMP' ? 'ICMP' : first === last ? `${protocol} ${first}` : `${protocol} ${first}-${last}`;
  return { code: 'PORTS_NOT_MATCHED', why: `${said(matching, 'matches', 'match')} the peer, but not ${ports}` };
}

function said(rules: readonly ReplayedRule[], one: string, several: string): string {
  const names = new Set(rules.map(({ rule, at }) => (at === null ? String(rule) : `${at.list}[${at.number}]`)));
  return names.size === 1 ? `rule ${[...names].join()} ${one}` : `rules ${[...names].join(', ')} ${several}`;
}

function undecidableIn(peers: readonly RulePeer[] | null): string[] {
  return [...peerStatements(peers)].flatMap((statement) => (statement.kind === 'Undecidable' ? [statement.what] : []));
}
