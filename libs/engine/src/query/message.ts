import { formatObjectRef } from '#model';
import type { Reason } from './reason.js';
import type { CompactVerdict, Gate, VerdictQuestion } from './verdict.js';

/** The answer as a sentence. */
export function messageFor(
  { from, to, protocol, port }: VerdictQuestion,
  { verdict, reason }: CompactVerdict,
  gates: readonly Gate[],
  notUnderstood: readonly string[],
  layer7: readonly string[],
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
  const further = layer7.length === 0 ? '' : `, and rules of layer 7 restrict it further (${layer7.join(', ')})`;
  return `${flow} is ${words[verdict]}: ${sentence(reason, gates, notUnderstood)}${further}.`;
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
    case 'RULE_DENIED_EGRESS':
      return `${rulesOf(gates, 'Egress')} denies it at the source`;
    case 'RULE_DENIED_INGRESS':
      return `${rulesOf(gates, 'Ingress')} denies it at the destination`;
    case 'AMBIGUOUS_PRIORITY':
      return `rules of equal priority contradict each other: ${contradictionIn(gates)}`;
    case 'RULE_UNDECIDABLE':
      return `it depends on what a snapshot does not show: ${undecidableOf(gates)}`;
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
      | 'RULE_ALLOWED'
      | 'EGRESS_ISOLATED_NO_RULE_MATCHED'
      | 'INGRESS_ISOLATED_NO_RULE_MATCHED'
      | 'RULE_DENIED_EGRESS'
      | 'RULE_DENIED_INGRESS'
      | 'AMBIGUOUS_PRIORITY'
      | 'RULE_UNDECIDABLE'
      | 'NOT_UNDERSTOOD'
    >,
    string
  >
> = {
  NO_POLICY_APPLIES: 'no policy applies to either end',
  NO_RULE_MATCHED: 'policies apply, but no rule of theirs matches, and nothing isolates either end',
  BOTH_ISOLATED_NO_RULE_MATCHED: 'both ends are isolated, and no rule on either side allows it',
  SELF: 'a pod always reaches itself at its own address',
  OWN_NODE: 'policies do not stand between a pod and its own node',
  HAIRPIN_EXEMPT: 'a pod that reaches itself through a Service is taken to be exempt',
  NO_SUBJECT: 'neither end is a pod that policies speak of',
  NOT_ENFORCED: 'policies deny it, but nothing enforces them',
  ENFORCEMENT_UNKNOWN: 'policies deny it, but it is not known whether they are enforced',
  ADDRESS_UNKNOWN: 'it depends on an address or a node that the snapshot does not show',
  EXTERNAL_NAME: 'the Service is a name for something outside the cluster',
  NOT_A_SERVICE: 'its backend is no Service, and is not looked into',
  SOURCE_NOT_LIVE: 'the source is not live',
  DESTINATION_NOT_LIVE: 'the destination is not live',
  NO_COMMON_FAMILY: 'the two ends have no address family in common',
  NO_SERVICE_PORT: 'the Service has no such port',
  NO_BACKEND: 'there is no backend for it',
  NO_LISTENER: 'it is not entered at that port',
  NO_GATEWAY: 'the snapshot has no Gateway that it names',
  ROUTE_NOT_ADMITTED: 'no listener of the Gateway takes the route',
  NO_SERVICE: 'the snapshot has no Service that it names',
  NO_REFERENCE_GRANT: 'no ReferenceGrant lets it refer to a Service of another namespace',
  NO_WEIGHT: 'the backend gets no traffic, since its weight is 0',
  EMPTY_SET: 'there is no pair of live members to judge',
  MEMBERS_DIFFER: 'members of the set differ',
  FAMILIES_DIFFER: 'IPv4 and IPv6 differ',
  PORTS_DIFFER: 'ports differ',
  BACKENDS_DIFFER: 'backends differ',
  ENTRIES_DIFFER: 'routes or Gateways differ',
  SOURCE_MAY_BE_TRANSLATED: 'it depends on whether the source address is translated on its way in',
};

function allowedBy(gates: readonly Gate[]): string {
  const rules = rulesAt(gates);
  return rules.length === 0 ? 'rules allow it' : `${shortened(rules)} ${rules.length === 1 ? 'allows' : 'allow'} it`;
}

/** The deciding rules of one direction, or of both. */
function rulesOf(gates: readonly Gate[], direction: Gate['direction'] | null): string {
  const rules = rulesAt(gates.filter((gate) => direction === null || gate.direction === direction));
  return rules.length === 0 ? 'a rule' : shortened(rules);
}

/** A Pass decides nothing, and still contradicts. */
function contradictionIn(gates: readonly Gate[]): string {
  const passing = gates.flatMap(({ considered }) =>
    considered.filter(({ code }) => code === 'PASSED').map(({ policy, why }) => `${formatObjectRef(policy)} (${why})`),
  );
  return shortened([...rulesAt(gates), ...passing]);
}

function undecidableOf(gates: readonly Gate[]): string {
  const found = gates.flatMap(({ considered }) =>
    considered
      .filter(({ code }) => code === 'UNDECIDABLE')
      .map(({ policy, why }) => `${formatObjectRef(policy)} (${why})`),
  );
  return found.length === 0 ? 'a rule may match or not' : shortened(found);
}

function rulesAt(gates: readonly Gate[]): string[] {
  return gates.flatMap(({ direction, decidedBy }) =>
    decidedBy.map(({ policy, list, rule }) =>
      list === undefined
        ? `${direction.toLowerCase()} rule ${rule} of ${formatObjectRef(policy)}`
        : `rule ${list}[${rule}] of ${formatObjectRef(policy)}`,
    ),
  );
}

function shortened(texts: readonly string[]): string {
  return `${texts.slice(0, 4).join(', ')}${texts.length > 4 ? ` and ${texts.length - 4} more` : ''}`;
}

function isolatedBy(gates: readonly Gate[], direction: Gate['direction']): string {
  const gate = gates.find((candidate) => candidate.direction === direction);
  const policies = (gate?.considered ?? [])
    .filter(({ tier, isolates = true }) => tier === gate?.tier && isolates)
    .map(({ policy }) => formatObjectRef(policy));
  return policies.length === 0
    ? 'policies'
    : `${policies.slice(0, 3).join(', ')}${policies.length > 3 ? ` and ${policies.length - 3} more` : ''}`;
}
