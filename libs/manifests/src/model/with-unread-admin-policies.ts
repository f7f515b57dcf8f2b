import { enginesWithoutAdminPolicies, type Policy, type PolicyRule, type RulePeer } from '#model';
import type { BuiltModel } from './build-model.js';

/**
 * A model as a cluster has it whose engine may not read AdminNetworkPolicies and their kin: each of their rules may match
 * or not, so that what they decide is unknown and nothing else. Cost: linear in those rules.
 */
export function withUnreadAdminPolicies(built: BuiltModel, policyEngine: string): BuiltModel {
  const { model } = built;
  if (!enginesWithoutAdminPolicies.has(policyEngine) || !model.policies.some(isAdminPolicy)) return built;
  const policies = model.policies.map((policy) => (isAdminPolicy(policy) ? inDoubt(policy, policyEngine) : policy));
  return { ...built, model: { ...model, policies } };
}

function isAdminPolicy({ ref }: Policy): boolean {
  return ref.group === 'policy.networking.k8s.io';
}

function inDoubt(policy: Policy, policyEngine: string): Policy {
  const doubt: RulePeer = { kind: 'Undecidable', what: `whether ${policyEngine} reads ${policy.ref.kind}` };
  const rule = (one: PolicyRule): PolicyRule => ({
    ...one,
    peers: one.peers === null ? [doubt] : one.peers.map((peer): RulePeer => ({ kind: 'All', of: [peer, doubt] })),
  });
  return { ...policy, ingress: policy.ingress.map(rule), egress: policy.egress.map(rule) };
}
