import { isolatedFlag, outsideClass, type Runs } from '#engine';
import { podRef, serviceRef } from '#dataplane';
import { type Finding, type Pod, type Policy, type PolicyRule, type RulePeer, type Tier } from '#model';
import type { Audited } from './audited.js';
import { piecesOf, rangesMeet } from './block-ranges.js';
import { portsHold, ruleHolds, scopeHolds, selectorHolds } from './contains.js';
import { dnsPods } from './dns-checks.js';
import { ExposedServices } from './exposed-services.js';
import { lint } from './lint.js';
import { addressText, PodAddresses } from './pod-addresses.js';
import { nameOf, peerPath, portPath, subjectPath, type WrittenRule, writtenRules } from './written.js';

/** Pairs of policies that tie, and pairs of a rule with those before it, that are compared in one audit, at most. */
const pairsMax = 200_000;

/** AdminNetworkPolicies, ClusterNetworkPolicies and the baseline. */
export function* adminChecks(audited: Audited): Iterable<Finding> {
  const { policies } = audited.cluster.model;
  const admin = policies
    .filter(({ ref }) => ref.group === 'policy.networking.k8s.io')
    .sort((a, b) => a.tier.order - b.tier.order || a.order - b.order);
  if (admin.length === 0) return;
  yield* versionFindings(admin);
  yield* tieFindings(audited, admin);
  yield* shadowedFindings(admin);
  yield* baselineFindings(audited, admin);
  yield* denyFindings(audited, admin);
  for (const policy of admin) {
    for (const written of writtenRules(policy)) {
      for (const [k, port] of (written.rule.ports ?? []).entries()) {
        if (port.kind !== 'Range' || port.first <= port.last) continue;
        const path = portPath(written, port, k);
        const message = `${path} of ${nameOf(policy)} starts at ${port.first} and ends at ${port.last}: it matches nothing`;
        yield lint('ANP_RANGE_EMPTY', message, [policy.ref], { path, witness: `policy:${nameOf(policy)}` });
      }
    }
  }
}

function* versionFindings(admin: readonly Policy[]): Iterable<Finding> {
  const old = admin.filter(({ ref }) => ref.kind !== 'ClusterNetworkPolicy');
  const young = admin.filter(({ ref }) => ref.kind === 'ClusterNetworkPolicy');
  if (old.length === 0 || young.length === 0) return;
  const message = `policies of v1alpha1 (${old[0].ref.name}) and of v1alpha2 (${young[0].ref.name}) are there together`;
  const refs = [...old, ...young].map(({ ref }) => ref);
  yield lint('MIXED_POLICY_API_VERSIONS', message, refs, {
    path: 'apiVersion',
    witness: `policy:${young[0].ref.name}`,
  });
}

/** Policies of one priority that contradict each other on some pods. */
function* tieFindings(audited: Audited, admin: readonly Policy[]): Iterable<Finding> {
  const groups = new Map<string, Policy[]>();
  for (const policy of admin) {
    const key = `${policy.tier.name} ${policy.order}`;
    groups.set(key, [...(groups.get(key) ?? []), policy]);
  }
  let pairs = 0;
  for (const group of groups.values()) {
    for (let i = 0; i < group.length; i++) {
      for (let j = i + 1; j < group.length && pairs < pairsMax; j++, pairs++) {
        const found = contradictionOf(audited, group[i], group[j]);
        if (found === null) continue;
        const [a, b] = [group[i], group[j]];
        const message = `${nameOf(a)} and ${nameOf(b)} have priority ${a.order} in tier ${a.tier.name}, and ${found.a.path} (${found.a.rule.action}) contradicts ${found.b.path} (${found.b.rule.action})`;
        yield lint('ANP_AMBIGUOUS_PRIORITY', message, [a.ref, b.ref], {
          path: found.a.path,
          witness: audited.podText(audited.groups.podOf[found.group]),
          with: found.b.path,
        });
      }
    }
  }
}

function contradictionOf(
  audited: Audited,
  one: Policy,
  other: Policy,
): { a: WrittenRule; b: WrittenRule; group: number } | null {
  const group = audited.sharedGroup(audited.subject(one).groups, audited.subject(other).groups);
  if (group < 0) return null;
  for (const a of firstRules(one)) {
    for (const b of firstRules(other)) {
      if (a.direction !== b.direction || a.rule.action === b.rule.action) continue;
      if (portsMeet(a.rule, b.rule) && peersMeet(audited, a.rule, b.rule)) return { a, b, group };
    }
  }
  return null;
}

/** Rules that no earlier rule of their policy covers. */
function firstRules(policy: Policy): WrittenRule[] {
  const rules = writtenRules(policy);
  return rules.filter(
    ({ direction, number, rule }) =>
      !rules.some(
        (earlier) => earlier.direction === direction && earlier.number < number && ruleHolds(earlier.rule, rule),
      ),
  );
}

function portsMeet(a: PolicyRule, b: PolicyRule): boolean {
  if (a.ports === null || b.ports === null) return true;
  const { ports } = b;
  return a.ports.some((one) =>
    ports.some((other) =>
      one.kind === 'Range' && other.kind === 'Range'
        ? one.protocol === other.protocol && one.first <= other.last && other.first <= one.last
        : one.kind === 'Named' && other.kind === 'Named'
          ? one.name === other.name
          : portsHold(a, b) || portsHold(b, a),
    ),
  );
}

function peersMeet(audited: Audited, a: PolicyRule, b: PolicyRule): boolean {
  if (a.peers === null || b.peers === null) return true;
  const { peers } = b;
  return a.peers.some((one) => peers.some((other) => peersOverlap(audited, one, other)));
}

function peersOverlap(audited: Audited, a: RulePeer, b: RulePeer): boolean {
  if (a.kind === 'Pods' && b.kind === 'Pods')
    return audited.sharedGroup(audited.select(a).groups, audited.select(b).groups) >= 0;
  if (a.kind === 'Addresses' && b.kind === 'Addresses') {
    const pieces = piecesOf(b);
    return piecesOf(a).some((one) => pieces.some((other) => rangesMeet(one, other)));
  }
  return a.kind === b.kind;
}

/** Rules that are never come to, since one before them covers them. */
function* shadowedFindings(admin: readonly Policy[]): Iterable<Finding> {
  let pairs = 0;
  const earlier: WrittenRule[] = [];
  for (const policy of admin) {
    for (const written of writtenRules(policy)) {
      const by = earlier.find((one) => {
        if (one.direction !== written.direction || one.policy.tier.name !== policy.tier.name) return false;
        if (++pairs > pairsMax || one.rule.action === 'Log') return false;
        // Those of equal priority have no order.
        if (one.policy !== policy && (one.policy.order >= policy.order || !subjectHolds(one.policy, policy)))
          return false;
        return ruleHolds(one.rule, written.rule);
      });
      earlier.push(written);
      if (by === undefined || written.rule.peers?.length === 0) continue;
      const where = by.policy === policy ? by.path : `${by.path} of ${nameOf(by.policy)}`;
      const message = `${written.path} of ${nameOf(policy)} is never come to: ${where} covers it`;
      const subjects = by.policy === policy ? [policy.ref] : [policy.ref, by.policy.ref];
      yield lint('ANP_SHADOWED_RULE', message, subjects, {
        path: written.path,
        witness: `policy:${nameOf(by.policy)}`,
        by: by.path,
      });
    }
  }
}

function subjectHolds(outer: Policy, inner: Policy): boolean {
  return (
    scopeHolds(outer.subject.namespaces, inner.subject.namespaces) &&
    selectorHolds(outer.subject.pods, inner.subject.pods)
  );
}

/** Baseline rules for pods that are all isolated by NetworkPolicies. */
function* baselineFindings(audited: Audited, admin: readonly Policy[]): Iterable<Finding> {
  const { index } = audited.cluster;
  const { podClass, profileFlags } = index.arrays;
  for (const policy of admin) {
    if (!isBaseline(policy.tier)) continue;
    const { groups, firstOrdinary, ordinary } = audited.subject(policy);
    if (ordinary === 0) continue;
    for (const direction of policy.directions) {
      const isIsolated = (pod: number): boolean =>
        podClass[pod] <= outsideClass || (profileFlags[index.profileOf(direction, podClass[pod])] & isolatedFlag) !== 0;
      if (!everyPod(audited, groups, isIsolated)) continue;
      const path = `spec.${direction.toLowerCase()}`;
      const message = `${path} of ${nameOf(policy)} has no effect: NetworkPolicies isolate all ${ordinary} pods that it selects`;
      const witness = audited.podText(firstOrdinary);
      yield lint('ANP_BASELINE_SHADOWED', message, [policy.ref], { path, witness, pods: ordinary });
    }
  }
}

function isBaseline({ name }: Tier): boolean {
  return name === 'Baseline';
}

function everyPod({ groups }: Audited, runs: Runs, holds: (pod: number) => boolean): boolean {
  for (let i = 0; i < runs.length; i += 2)
    for (let g = runs[i]; g < runs[i + 1]; g++) if (!holds(groups.podOf[g])) return false;
  return true;
}

/** What Deny rules take with them. */
function* denyFindings(audited: Audited, admin: readonly Policy[]): Iterable<Finding> {
  const pods = new PodAddresses(audited.cluster);
  const exposed = new ExposedServices(audited);
  const system = audited.select({ namespaces: { kind: 'Named', name: 'kube-system' }, pods: { requirements: [] } });
  const dns = audited.select(dnsPods);
  const before: WrittenRule[] = [];
  for (const policy of admin) {
    const { groups } = audited.subject(policy);
    const rules = writtenRules(policy);
    const denies = rules.filter(({ rule }) => rule.action === 'Deny');
    const shared = [audited.sharedGroup(groups, dns.groups), audited.sharedGroup(groups, system.groups)].find(
      (group) => group >= 0,
    );
    if (denies.length > 0 && shared !== undefined) {
      const pod = audited.cluster.model.pods.at(audited.groups.podOf[shared]) as Pod;
      const message = `${denies[0].path} of ${nameOf(policy)} denies, and its subject includes ${pod.namespace}/${pod.name}`;
      yield lint('ANP_SUBJECT_INCLUDES_SYSTEM', message, [policy.ref, podRef(pod)], {
        path: subjectPath(policy),
        witness: audited.podText(audited.groups.podOf[shared]),
        rule: denies[0].path,
      });
    }
    for (const written of rules) {
      if (written.rule.action === 'Deny') {
        yield* networkFindings(audited, written, before, pods);
        yield* externalFindings(audited, written, exposed);
      }
      before.push(written);
    }
  }
}

function* networkFindings(
  audited: Audited,
  written: WrittenRule,
  before: readonly WrittenRule[],
  pods: PodAddresses,
): Iterable<Finding> {
  const { policy, direction, rule } = written;
  if (direction !== 'Egress') return;
  for (const [j, peer] of (rule.peers ?? []).entries()) {
    if (peer.kind !== 'Addresses') continue;
    const spared = before
      .filter(({ rule: { action }, ...one }) => {
        if (one.direction !== direction || one.policy.tier.name !== policy.tier.name || action === 'Deny') return false;
        return one.policy === policy || (one.policy.order < policy.order && subjectHolds(one.policy, policy));
      })
      .flatMap(({ rule: { peers } }) => peers ?? [])
      .flatMap((one) => (one.kind === 'Pods' ? [audited.select(one).groups] : []));
    const isSpared = new Uint8Array(audited.groups.end);
    for (const runs of spared) for (let i = 0; i < runs.length; i += 2) isSpared.fill(1, runs[i], runs[i + 1]);
    const within = piecesOf(peer).map((piece) => pods.within(piece));
    const hit = firstOf(within, ({ pod }) => isSpared[audited.groups.groupOf[pod]] === 0);
    if (hit === null) continue;
    const path = peerPath(written, peer, j);
    const message = `${path} of ${nameOf(policy)} denies the addresses of pods too, and no rule before it lets pods through: ${audited.podText(hit.pod)?.slice(4)}`;
    yield lint('ANP_NETWORKS_COVER_PODS', message, [policy.ref], {
      path,
      witness: addressText(hit.address),
      pod: audited.podText(hit.pod),
    });
  }
}

function firstOf<T>(lists: readonly Iterable<T>[], holds: (item: T) => boolean): T | null {
  for (const list of lists) for (const item of list) if (holds(item)) return item;
  return null;
}

function* externalFindings(audited: Audited, written: WrittenRule, exposed: ExposedServices): Iterable<Finding> {
  const { policy, direction, rule } = written;
  if (direction !== 'Ingress') return;
  const j = (rule.peers ?? []).findIndex(
    (peer) =>
      peer.kind === 'Pods' &&
      peer.namespaces.kind === 'Selected' &&
      peer.namespaces.selector.requirements.length === 0 &&
      peer.pods.requirements.length === 0,
  );
  if (j < 0) return;
  const service = exposed.behind(audited.subject(policy).groups, null);
  if (service === null) return;
  const path = peerPath(written, (rule.peers ?? [])[j], j);
  const message = `${path} of ${nameOf(policy)} denies all pods, and clients outside the cluster still come in through ${service.type} Service ${service.namespace}/${service.name}`;
  const witness = `service:${service.namespace}/${service.name}`;
  yield lint('ANP_DENY_INGRESS_EXTERNAL', message, [policy.ref, serviceRef(service)], { path, witness });
}
