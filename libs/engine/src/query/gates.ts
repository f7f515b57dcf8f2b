import type { Direction, PolicySemantics, RulePeer } from '#model';
import { compareObjectRefs, peerStatements } from '#model';
import { dimensionOf } from '../sets/connection-sets.js';
import type { Cluster } from './cluster.js';
import { type Asked, type FamilyJudgement, wordOf } from './judge-pair.js';
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
  const { sets } = cluster.index;
  const gate = (direction: Direction): Gate[] => {
    const subject = direction === 'Egress' ? pair.source : pair.destination;
    const side = direction === 'Egress' ? sides.egress : sides.ingress;
    if (side.by === 'Self' || roleOf(cluster, subject, semantics) !== 'Ordinary') return [];
    const replay = replaySide(cluster, direction, pair, semantics);
    const wanted = sets.ofDimension(dimensionOf(asked.protocol, pair.family), [asked.first, asked.last]);
    // A pod lets in its own node before every tier.
    const fromOwnNode = side.by === 'OwnNode' && direction === 'Ingress';
    const walk = fromOwnNode || side.by === 'NotUnderstood' ? null : walkPolicies(replay.policies, wanted, sets);
    const before = fromOwnNode ? ownNodeFirst : notUnderstoodFirst;
    return [
      {
        direction,
        verdict: wordOf(cluster, side.outcome, pair.family, asked) as FlowVerdict,
        isolated: side.isolated,
        tier: walk?.tier ?? null,
        decidedBy: decidingRules(walk),
        considered: consideredPolicies(replay, walk ?? before, direction, asked),
        notUnderstood: side.by === 'NotUnderstood' ? doubtsAbout(cluster, pair, semantics) : [],
      },
    ];
  };
  return [...gate('Egress'), ...gate('Ingress')];
}

function decidingRules(walk: PolicyWalk | null): GateRule[] {
  return (walk?.deciding ?? [])
    .map(({ policy, rule, action }) => ({ policy, rule, action }))
    .sort((a, b) => compareObjectRefs(a.policy, b.policy) || a.rule - b.rule)
    .filter((one, i, all) => one.policy !== all[i - 1]?.policy || one.rule !== all[i - 1].rule);
}

type Why = Pick<ConsideredPolicy, 'code' | 'why'>;
const ownNodeFirst: Why = { code: 'EXEMPT', why: 'a pod is reached from its own node whatever policies say' };
const notUnderstoodFirst: Why = { code: 'NOT_REACHED', why: 'an object that is not understood may go before it' };

/** Why policies did not decide; where none was asked, `walk` is the reason for all of them. */
function consideredPolicies(
  { policies }: Replay,
  walk: PolicyWalk | Why,
  direction: Direction,
  asked: Asked,
): ConsideredPolicy[] {
  return policies
    .filter(({ policy: { ref } }) => {
      if ('code' in walk) return true;
      const isDeciding = walk.deciding.some(({ policy }) => policy === ref);
      return !isDeciding || walk.doubtful.some(({ policy }) => policy === ref);
    })
    .map((replayed) => ({
      policy: replayed.policy.ref,
      tier: replayed.policy.tier.name,
      ...('code' in walk ? walk : whyNot(replayed, walk, direction, asked)),
    }))
    .sort((a, b) => compareObjectRefs(a.policy, b.policy));
}

/** Why a policy that applies to the pod did not decide. */
function whyNot(
  replayed: ReplayedPolicy,
  walk: PolicyWalk,
  direction: Direction,
  { protocol, first, last }: Asked,
): Why {
  const { policy, ruleCount, matching, exempt } = replayed;
  const rulesFrom = (rules: readonly ReplayedRule[]): readonly ReplayedRule[] =>
    rules.filter((rule) => rule.policy === policy.ref);
  if (exempt) return { code: 'EXEMPT', why: `the ${policy.tier.name} tier does not stand between these two ends` };
  const doubtful = rulesFrom(walk.doubtful);
  if (doubtful.length > 0) {
    const whats = doubtful.flatMap(({ peers }) => undecidableIn(peers));
    const why = `${said(doubtful, 'may match', 'may match')} or not: ${[...new Set(whats)].join(', ')}`;
    return { code: 'UNDECIDABLE', why };
  }
  const passing = rulesFrom(walk.passing);
  if (passing.length > 0) return { code: 'PASSED', why: `${said(passing, 'passes', 'pass')} it on to the next tier` };
  if (!walk.reached.has(policy)) return { code: 'NOT_REACHED', why: 'what goes before it had decided' };
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
  const numbers = [...new Set(rules.map(({ rule }) => rule))];
  return numbers.length === 1 ? `rule ${numbers[0]} ${one}` : `rules ${numbers.join(', ')} ${several}`;
}

function undecidableIn(peers: readonly RulePeer[] | null): string[] {
  return [...peerStatements(peers)].flatMap((statement) => (statement.kind === 'Undecidable' ? [statement.what] : []));
}
