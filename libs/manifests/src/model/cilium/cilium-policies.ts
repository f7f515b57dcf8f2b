import type { ObjectRef, Policy } from '#model';
import { ciliumFeaturesOutside } from '../cilium-features.js';
import type { StoredSelector } from '../stored-body.js';
import type { CiliumRule, CiliumSpec, StoredCiliumPolicy } from '../stored-cilium.js';
import type { CiliumObjects } from './cilium-objects.js';
import { ciliumLabels } from './endpoint-labels.js';
import { apiServerOf } from './api-server.js';
import { podSelectionOf } from './pod-selection.js';
import { refusedByAgent } from './refused-by-agent.js';
import { type CiliumRequirement, requirementsOf } from './requirements.js';
import { ciliumRules, directionsOf } from './rules.js';
import { ciliumTier } from './tier.js';

/** A policy, or a part of one, that cannot be put in the uniform form. */
export interface CiliumDoubt {
  readonly ref: ObjectRef;
  readonly why: string;
  /** Whether it concerns the traffic of nodes only, or all that the policy may concern. */
  readonly concerns: 'Nodes' | 'Everything';
}

/** Cilium's policies in the uniform form. */
export interface CiliumPolicies {
  readonly policies: readonly Policy[];
  readonly notUnderstood: readonly CiliumDoubt[];
  /** Whether selectors name service accounts: pods must have them as labels to be selected by. */
  readonly selectServiceAccounts: boolean;
}

/**
 * Turns Cilium's policies into uniform ones, each rule set of an object into one (policy semantics 4). Cost: linear in the
 * rules, plus rules about Services × Services.
 */
export function ciliumPoliciesOf(objects: CiliumObjects): CiliumPolicies {
  const apiServer = apiServerOf(objects.services);
  const policies: Policy[] = [];
  const notUnderstood: CiliumDoubt[] = [];
  for (const { ref, body } of objects.policies) {
    const why = obstacleOf(body, objects) ?? requiresBesideOthers(ref, body, objects);
    if (why !== null) {
      notUnderstood.push({ ref, why, concerns: 'Everything' });
      continue;
    }
    for (const [spec, path] of ruleSetsOf(body)) {
      if (spec.endpointSelector === undefined) {
        const message = `${path}.nodeSelector: what a policy for nodes does is not modelled`;
        notUnderstood.push({ ref, why: message, concerns: 'Nodes' });
        continue;
      }
      const around = { ...objects, apiServer, namespace: ref.namespace };
      policies.push({
        ref,
        tier: ciliumTier,
        order: 0,
        subject: podSelectionOf(subjectOf(spec.endpointSelector, ref.namespace)),
        ...directionsOf(spec),
        ingress: ciliumRules(spec, path, { ...around, direction: 'Ingress' }),
        egress: ciliumRules(spec, path, { ...around, direction: 'Egress' }),
      });
    }
  }
  const selectors = objects.policies.flatMap(({ body }) => ruleSetsOf(body).flatMap(([spec]) => selectorsOf(spec)));
  const selectServiceAccounts = selectors.some((one) =>
    requirementsOf(one).some(({ key }) => key === ciliumLabels.serviceAccount),
  );
  return { policies, notUnderstood, selectServiceAccounts };
}

function ruleSetsOf({ spec, specs = [] }: StoredCiliumPolicy): [CiliumSpec, string][] {
  return [
    ...(spec === undefined ? [] : [[spec, 'spec'] as [CiliumSpec, string]]),
    ...specs.map((one, i): [CiliumSpec, string] => [one, `specs[${i}]`]),
  ];
}

/** What keeps a policy from being understood; null: nothing. */
function obstacleOf(body: StoredCiliumPolicy, objects: CiliumObjects): string | null {
  const [path] = ciliumFeaturesOutside(body);
  if (path !== undefined) return `${path} is not known`;
  for (const [spec, at] of ruleSetsOf(body)) {
    const refusal = refusedByAgent(spec, at, objects);
    if (refusal !== null) return refusal;
  }
  const isByCluster = ruleSetsOf(body).some(
    ([{ endpointSelector }]) =>
      endpointSelector !== undefined &&
      requirementsOf(endpointSelector).some(({ key }) => key === ciliumLabels.cluster),
  );
  return isByCluster ? 'it selects by the name of the cluster, which is not in the snapshot' : null;
}

/**
 * What a rule requires of endpoints Cilium requires in the rules of every policy for the same pods. That is not followed: a
 * policy that requires something is understood only where no other rule set may be for its pods.
 */
function requiresBesideOthers(ref: ObjectRef, body: StoredCiliumPolicy, { policies }: CiliumObjects): string | null {
  const own = ruleSetsOf(body);
  const rules = own.flatMap(([{ ingress, egress, ingressDeny, egressDeny }]): readonly CiliumRule[] => [
    ...ingress,
    ...egress,
    ...ingressDeny,
    ...egressDeny,
  ]);
  if (rules.every(({ fromRequires = [], toRequires = [] }) => fromRequires.length + toRequires.length === 0))
    return null;
  const isBeside = policies.some(
    (other) =>
      other.body !== body &&
      (ref.namespace === null || other.ref.namespace === null || other.ref.namespace === ref.namespace),
  );
  return own.length > 1 || isBeside ? 'what it requires holds for the rules of other policies too' : null;
}

/** A policy of a namespace is for pods of that namespace, whichever its selector names. */
function subjectOf(selector: StoredSelector, namespace: string | null): CiliumRequirement[] {
  if (namespace === null) return requirementsOf(selector);
  const named = `k8s:${ciliumLabels.namespace}`;
  const { [named]: _overruled, ...matchLabels } = selector.matchLabels;
  const own: CiliumRequirement = { source: 'k8s', key: ciliumLabels.namespace, operator: 'In', values: [namespace] };
  return [...requirementsOf({ ...selector, matchLabels }), own];
}

function selectorsOf(spec: CiliumSpec): StoredSelector[] {
  const rules: readonly CiliumRule[] = [...spec.ingress, ...spec.ingressDeny, ...spec.egress, ...spec.egressDeny];
  return [
    ...(spec.endpointSelector === undefined ? [] : [spec.endpointSelector]),
    ...rules.flatMap(({ fromEndpoints, toEndpoints, fromRequires, toRequires }) =>
      [fromEndpoints, toEndpoints, fromRequires, toRequires].flatMap((list) => list ?? []),
    ),
  ];
}
