import type { Direction, Pod, Policy } from '#model';
import { compareObjectRefs, compareText, type ObjectRef, QuestionError, selectorMatches } from '#model';
import type { Cluster } from './cluster.js';
import { partyOfPod, roleOf } from './party.js';
import { isPodTo } from './peer-match.js';
import { directionsOf, partsByRef } from './policy-parts.js';

/** A policy that applies to a pod, with the directions in which it does. */
export interface SelectingPolicy {
  readonly policy: ObjectRef;
  readonly directions: readonly Direction[];
}

/**
 * The policies that apply to a pod, by ref; none for a hostNetwork pod or one that is not live. Cost: the policies
 * that may select pods of its namespace.
 * @throws QuestionError PEER_NOT_FOUND
 */
export function policiesSelecting(cluster: Cluster, namespace: string, name: string): SelectingPolicy[] {
  const number = cluster.lookups.podNumber(namespace, name);
  if (number === undefined) {
    throw new QuestionError('PEER_NOT_FOUND', `the snapshot has no pod ${namespace}/${name}`, 'pod');
  }
  if (roleOf(cluster, partyOfPod(cluster, number), cluster.semantics) !== 'Ordinary') return [];
  const selecting = cluster.lookups.policiesFor(namespace).filter((policy) => selects(cluster, policy, number));
  return [...partsByRef(selecting).values()]
    .map((parts) => ({ policy: parts[0].ref, directions: directionsOf(parts) }))
    .sort((a, b) => compareObjectRefs(a.policy, b.policy));
}

/**
 * The pods a policy applies to, as numbers in the model's order. Cost: linear in the pods of the namespaces it looks
 * into.
 * @throws QuestionError OBJECT_NOT_FOUND
 */
export function podsSelectedBy(cluster: Cluster, ref: ObjectRef): number[] {
  const parts = cluster.model.policies.filter((candidate) => compareObjectRefs(candidate.ref, ref) === 0);
  if (parts.length === 0) {
    throw new QuestionError(
      'OBJECT_NOT_FOUND',
      `the snapshot has no policy ${ref.kind} ${ref.namespace ?? '-'}/${ref.name}`,
      'policy',
    );
  }
  return podsSubjectTo(cluster, parts);
}

/** As `podsSelectedBy`, of the policies that an object is. */
export function podsSubjectTo(cluster: Cluster, parts: readonly Policy[]): number[] {
  const { lookups, semantics } = cluster;
  const selected = parts.flatMap((policy) => {
    const scope = policy.subject.namespaces;
    return lookups
      .podNumbers(scope.kind === 'Named' ? scope.name : null)
      .filter((number) => roleOf(cluster, partyOfPod(cluster, number), semantics) === 'Ordinary')
      .filter((number) => selects(cluster, policy, number));
  });
  return [...new Set(selected)].sort((a, b) => a - b);
}

/** The policies whose kind is spelled `Kind` or `Kind.group`. @throws QuestionError KIND_AMBIGUOUS, OBJECT_NOT_FOUND */
export function policyRefOf(cluster: Cluster, kind: string, namespace: string | null, name: string): ObjectRef {
  const dot = kind.indexOf('.');
  const [bare, group] = dot < 0 ? [kind, null] : [kind.slice(0, dot), kind.slice(dot + 1)];
  const all = [...cluster.model.policies.map(({ ref }) => ref), ...cluster.model.notUnderstood.map(({ ref }) => ref)];
  const found = all.filter(
    (ref) =>
      ref.kind === bare && (group === null || ref.group === group) && ref.namespace === namespace && ref.name === name,
  );
  const groups = [...new Set(found.map((ref) => ref.group))].sort(compareText);
  if (groups.length > 1) {
    const accepted = groups.map((candidate) => `${bare}.${candidate}`).join(', ');
    throw new QuestionError(
      'KIND_AMBIGUOUS',
      `${kind} ${namespace ?? '-'}/${name} exists in several API groups; accepted are ${accepted}`,
      'kind',
      accepted,
    );
  }
  if (found.length === 0) {
    throw new QuestionError(
      'OBJECT_NOT_FOUND',
      `the snapshot has no policy ${kind} ${namespace ?? '-'}/${name}`,
      'policy',
    );
  }
  return found[0];
}

function selects({ model, lookups }: Cluster, { tier, subject }: Policy, number: number): boolean {
  const pod = model.pods.at(number) as Pod;
  if (!isPodTo(tier, { pod }) || !selectorMatches(subject.pods, pod.labels)) return false;
  return subject.namespaces.kind === 'Named'
    ? subject.namespaces.name === pod.namespace
    : selectorMatches(subject.namespaces.selector, lookups.namespaceLabels().get(pod.namespace) ?? {});
}
