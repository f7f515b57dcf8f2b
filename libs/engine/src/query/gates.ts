import type { Direction, PolicySemantics } from '#model';
import { compareObjectRefs } from '#model';
import type { Cluster } from './cluster.js';
import { type Asked, coverage, type FamilyJudgement, wordOf } from './judge-pair.js';
import { roleOf } from './party.js';
import { type ReplayedPolicy, replaySide } from './replay.js';
import { doubtsAbout } from './sides.js';
import type { FlowVerdict, Gate, GateRule } from './verdict.js';

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
  const gate = (direction: Direction): Gate[] => {
    const subject = direction === 'Egress' ? pair.source : pair.destination;
    const side = direction === 'Egress' ? sides.egress : sides.ingress;
    if (side.by === 'Self' || roleOf(cluster, subject, semantics) !== 'Ordinary') return [];
    const { policies } = replaySide(cluster, direction, pair, semantics);
    const verdict = wordOf(cluster, side.outcome, pair.family, asked);
    const deciding = side.by === 'Policies' ? decidingRules(cluster, policies, asked, pair.family) : [];
    return [
      {
        direction,
        verdict: verdict as FlowVerdict,
        isolated: side.isolated,
        tier:
          side.by === 'Policies' && policies.length > 0
            ? (policies.find(({ policy }) => deciding.some((rule) => rule.policy === policy.ref))?.policy.tier.name ??
              policies[policies.length - 1].policy.tier.name)
            : null,
        decidedBy: deciding,
        considered: consideredPolicies(policies, deciding, asked),
        notUnderstood: side.by === 'NotUnderstood' ? doubtsAbout(cluster, pair, semantics) : [],
      },
    ];
  };
  return [...gate('Egress'), ...gate('Ingress')];
}

/** Under Union every rule that allows some of what is asked for; under FirstMatch the first that speaks of it. */
function decidingRules(
  cluster: Cluster,
  policies: readonly ReplayedPolicy[],
  asked: Asked,
  family: 'IPv4' | 'IPv6',
): GateRule[] {
  const { sets } = cluster.index;
  const found: GateRule[] = [];
  for (const { policy, matching } of policies) {
    const speaking = matching.filter(({ connections }) => coverage(sets, connections, family, asked) !== 'none');
    const deciding =
      policy.tier.evaluation === 'Union' ? speaking : speaking.filter(({ action }) => action !== 'Log').slice(0, 1);
    found.push(...deciding.map(({ rule, action }): GateRule => ({ policy: policy.ref, rule, action })));
    if (policy.tier.evaluation === 'FirstMatch' && deciding.some(({ action }) => action !== 'Pass')) break;
  }
  return found.sort((a, b) => compareObjectRefs(a.policy, b.policy) || a.rule - b.rule);
}

function consideredPolicies(
  policies: readonly ReplayedPolicy[],
  deciding: readonly GateRule[],
  { protocol, first, last }: Asked,
): Gate['considered'] {
  const ports = protocol === 'ICMP' ? 'ICMP' : first === last ? `${protocol} ${first}` : `${protocol} ${first}-${last}`;
  return policies
    .filter(({ policy }) => !deciding.some((rule) => rule.policy === policy.ref))
    .map(({ policy, ruleCount, matching }) => {
      if (ruleCount === 0) return { policy: policy.ref, why: 'it isolates the pod and has no rule for this direction' };
      if (matching.length === 0) return { policy: policy.ref, why: `none of its ${ruleCount} rules matches the peer` };
      const rules = matching.map(({ rule }) => rule).join(', ');
      return { policy: policy.ref, why: `rule ${rules} matches the peer, but not ${ports}` };
    })
    .sort((a, b) => compareObjectRefs(a.policy, b.policy));
}
