import { formatObjectRef } from '#model';
import type { CompactVerdict, Gate, Reason, VerdictQuestion } from './verdict.js';

/** The answer as a sentence. */
export function messageFor(
  { from, to, protocol, port }: VerdictQuestion,
  { verdict, reason }: CompactVerdict,
  gates: readonly Gate[],
  notUnderstood: readonly string[],
): string {
  const ports =
    port === null
      ? ''
      : port.kind === 'Name'
        ? ` ${port.name}`
        : port.first === port.last
          ? ` ${port.first}`
          : ` ${port.first}-${port.last}`;
  const flow = `${from} → ${to} ${protocol}${ports}`;
  return `${flow} is ${words[verdict]}: ${sentence(reason, gates, notUnderstood)}.`;
}

const words = {
  allowed: 'allowed',
  denied: 'denied',
  unknown: 'unknown',
  notApplicable: 'not applicable',
  mixed: 'mixed',
} as const;

function sentence(reason: Reason, gates: readonly Gate[], notUnderstood: readonly string[]): string {
  switch (reason) {
    case 'RULE_ALLOWED':
      return allowedBy(gates);
    case 'EGRESS_ISOLATED_NO_RULE_MATCHED':
      return `the source is isolated for egress by ${isolatedBy(gates, 'Egress')}, and no rule allows it`;
    case 'INGRESS_ISOLATED_NO_RULE_MATCHED':
      return `the destination is isolated for ingress by ${isolatedBy(gates, 'Ingress')}, and no rule allows it`;
    case 'NOT_UNDERSTOOD':
      return `it may be changed by ${notUnderstood.join(', ') || 'an object'}, which is not understood`;
    default:
      return sentences[reason];
  }
}

const sentences: Readonly<
  Record<
    Exclude<
      Reason,
      'RULE_ALLOWED' | 'EGRESS_ISOLATED_NO_RULE_MATCHED' | 'INGRESS_ISOLATED_NO_RULE_MATCHED' | 'NOT_UNDERSTOOD'
    >,
    string
  >
> = {
  NO_POLICY_APPLIES: 'no policy applies to either end',
  BOTH_ISOLATED_NO_RULE_MATCHED: 'both ends are isolated, and no rule on either side allows it',
  RULE_DENIED_INGRESS: 'a rule denies it at the destination',
  RULE_DENIED_EGRESS: 'a rule denies it at the source',
  SELF: 'a pod always reaches itself at its own address',
  OWN_NODE: 'policies do not stand between a pod and its own node',
  HAIRPIN_EXEMPT: 'a pod that reaches itself through a Service is taken to be exempt',
  NO_SUBJECT: 'neither end is a pod that policies speak of',
  NOT_ENFORCED: 'policies deny it, but nothing enforces them',
  ENFORCEMENT_UNKNOWN: 'policies deny it, but it is not known whether they are enforced',
  ADDRESS_UNKNOWN: 'it depends on an address or a node that the snapshot does not show',
  NOT_COLLECTED: 'what decides it could not be collected',
  EXTERNAL_NAME: 'the Service is a name for something outside the cluster',
  SOURCE_NOT_LIVE: 'the source is not live',
  DESTINATION_NOT_LIVE: 'the destination is not live',
  NO_COMMON_FAMILY: 'the two ends have no address family in common',
  NO_SERVICE_PORT: 'the Service has no such port',
  NO_NAMED_PORT: 'the destination has no port of that name',
  NO_BACKEND: 'the Service has no backend for it',
  EMPTY_SET: 'there is no pair of live members to judge',
  MEMBERS_DIFFER: 'members of the set differ',
  FAMILIES_DIFFER: 'IPv4 and IPv6 differ',
  PORTS_DIFFER: 'ports differ',
  BACKENDS_DIFFER: 'backends differ',
  SOURCE_MAY_BE_TRANSLATED: 'it depends on whether the source address is translated on its way in',
};

function allowedBy(gates: readonly Gate[]): string {
  const rules = gates.flatMap(({ direction, decidedBy }) =>
    decidedBy.map(({ policy, rule }) => `${direction.toLowerCase()} rule ${rule} of ${formatObjectRef(policy)}`),
  );
  return rules.length === 0
    ? 'rules allow it'
    : `${rules.slice(0, 4).join(', ')}${rules.length > 4 ? ` and ${rules.length - 4} more` : ''} ${rules.length === 1 ? 'allows' : 'allow'} it`;
}

function isolatedBy(gates: readonly Gate[], direction: Gate['direction']): string {
  const gate = gates.find((candidate) => candidate.direction === direction);
  const policies = gate?.considered.map(({ policy }) => formatObjectRef(policy)) ?? [];
  return policies.length === 0
    ? 'policies'
    : `${policies.slice(0, 3).join(', ')}${policies.length > 3 ? ` and ${policies.length - 3} more` : ''}`;
}
