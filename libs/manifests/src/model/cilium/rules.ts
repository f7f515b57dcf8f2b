import type { Direction, Policy, PolicyRule } from '#model';
import type { CiliumRule, CiliumSpec } from '../stored-cilium.js';
import { ciliumRulePeers, requiredIn, type RuleSurroundings } from './rule-peers.js';
import { ciliumRulePorts } from './rule-ports.js';

const lists = {
  Ingress: { allow: 'ingress', deny: 'ingressDeny' },
  Egress: { allow: 'egress', deny: 'egressDeny' },
} as const;

/**
 * The rules of one direction in the uniform form, those that deny before those that allow; each says where it stands in the
 * object. `path` is that of the rule set: `spec`, `specs[1]`.
 */
export function ciliumRules(
  spec: CiliumSpec,
  path: string,
  around: Omit<RuleSurroundings, 'required'>,
): readonly PolicyRule[] {
  const { allow, deny } = lists[around.direction];
  const rulesOf = (list: keyof CiliumSpec & `${string}gress${string}`, action: 'Allow' | 'Deny'): PolicyRule[] => {
    const rules: readonly CiliumRule[] = spec[list];
    const required = requiredIn(rules, around.namespace);
    return rules.flatMap((rule, number): PolicyRule[] => {
      const at = { list: `${path}.${list}`, number };
      const peers = ciliumRulePeers(rule, { ...around, required });
      const ports = ciliumRulePorts(rule);
      if (ports.length === 0) return [{ action, peers: [], ports: null, at }];
      return ports.map((part) => ({ action, peers, ...part, at }));
    });
  };
  return [...rulesOf(deny, 'Deny'), ...rulesOf(allow, 'Allow')];
}

/**
 * The directions in which a rule set says anything, and those in which it isolates: `enableDefaultDeny` counts only where
 * there is a rule.
 */
export function directionsOf(spec: CiliumSpec): Required<Pick<Policy, 'directions' | 'isolates'>> {
  const directions = (['Ingress', 'Egress'] as const).filter(
    (direction) => spec[lists[direction].allow].length + spec[lists[direction].deny].length > 0,
  );
  const isIsolating = (direction: Direction): boolean => spec.enableDefaultDeny[lists[direction].allow];
  return { directions, isolates: directions.filter(isIsolating) };
}
