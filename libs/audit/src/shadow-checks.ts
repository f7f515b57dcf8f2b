import { canonicalText, type Finding, type Policy, type RulePeer } from '#model';
import type { Audited } from './audited.js';
import { peerHolds, portHolds, ruleHolds } from './contains.js';
import { lint } from './lint.js';
import { nameOf, peerPath, portPath, type WrittenRule, writtenRules } from './written.js';

/** Elements of one list that are compared with each other, at most: in longer lists, only equal ones are found. */
const comparedMax = 128;

/** What other elements of the same NetworkPolicy say already. Rules only allow, so that their order means nothing. */
export function* shadowChecks({ cluster }: Audited): Iterable<Finding> {
  for (const policy of cluster.model.policies) {
    if (policy.ref.group !== 'networking.k8s.io') continue;
    const rules = writtenRules(policy);
    for (const direction of policy.directions) {
      const own = rules.filter((written) => written.direction === direction);
      for (const [at, by] of shadowed(own, ({ rule }) => rule, ruleHolds)) {
        const message = `${own[at].path} of ${nameOf(policy)} opens nothing that ${own[by].path} does not open`;
        yield finding('RULE_SHADOWED', policy, message, own[at].path, own[by].path);
      }
    }
    for (const written of rules) yield* partFindings(policy, written);
  }
}

function* partFindings(policy: Policy, written: WrittenRule): Iterable<Finding> {
  const peers = written.rule.peers ?? [];
  const pathOf = (number: number): string => peerPath(written, peers[number], number);
  for (const [at, by] of shadowed(peers, (peer) => peer, peerHolds)) {
    if (holdsNothing(peers[at])) continue;
    const message = `${pathOf(at)} of ${nameOf(policy)} is a part of ${pathOf(by)}`;
    yield finding('PEER_SHADOWED', policy, message, pathOf(at), pathOf(by));
  }
  const ports = written.rule.ports ?? [];
  for (const [at, by] of shadowed(ports, (port) => port, portHolds)) {
    const [path, other] = [portPath(written, ports[at], at), portPath(written, ports[by], by)];
    yield finding('PORT_SHADOWED', policy, `${path} of ${nameOf(policy)} is a part of ${other}`, path, other);
  }
}

/** A block of which everything is excepted has a finding of its own. */
function holdsNothing(peer: RulePeer): boolean {
  return peer.kind === 'Addresses' && peer.cidrs.every((cidr) => peer.except.includes(cidr));
}

function finding(
  id: 'RULE_SHADOWED' | 'PEER_SHADOWED' | 'PORT_SHADOWED',
  policy: Policy,
  message: string,
  path: string,
  by: string,
): Finding {
  return lint(id, message, [policy.ref], { path, witness: `policy:${nameOf(policy)}`, by });
}

/** Elements that another one holds, with it; of two that hold each other, the later. */
function shadowed<T, U>(
  list: readonly T[],
  partOf: (element: T) => U,
  holds: (outer: U, inner: U) => boolean,
): [at: number, by: number][] {
  if (list.length < 2) return [];
  const parts = list.map(partOf);
  if (parts.length > comparedMax) return repeated(parts);
  return parts.flatMap((inner, at): [number, number][] => {
    const by = parts.findIndex(
      (outer, other) => other !== at && holds(outer, inner) && (other < at || !holds(inner, outer)),
    );
    return by < 0 ? [] : [[at, by]];
  });
}

function repeated(parts: readonly unknown[]): [number, number][] {
  const first = new Map<string, number>();
  return parts.flatMap((part, at): [number, number][] => {
    const text = canonicalText(part);
    const by = first.get(text);
    if (by === undefined) first.set(text, at);
    return by === undefined ? [] : [[at, by]];
  });
}
