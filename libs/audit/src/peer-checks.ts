import type { Finding, Policy, RulePeer, Selector } from '#model';
import { labelRequirements } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';
import { nameOf, peerPath, type WrittenRule, writtenRules } from './written.js';

const nameLabel = 'kubernetes.io/metadata.name';

/** Whom rules speak of by labels. */
export function* peerChecks(audited: Audited): Iterable<Finding> {
  const keys = new Set(audited.cluster.model.namespaces.flatMap(({ labels }) => Object.keys(labels)));
  const mutable = new Map<string, { readonly first: Policy; readonly path: string; readonly policies: Set<Policy> }>();
  for (const policy of audited.cluster.model.policies) {
    const relyOn = (selector: Selector, path: string): void => {
      for (const { key } of labelRequirements(selector)) {
        if (key === nameLabel) continue;
        const known = mutable.get(key);
        if (known === undefined) mutable.set(key, { first: policy, path, policies: new Set([policy]) });
        else known.policies.add(policy);
      }
    };
    if (policy.subject.namespaces.kind === 'Selected') relyOn(policy.subject.namespaces.selector, 'spec.subject');
    for (const written of writtenRules(policy)) {
      const peers = written.rule.peers ?? [];
      for (const [j, peer] of peers.entries()) {
        if (peer.kind !== 'Pods') continue;
        const path = peerPath(written, peer, j);
        yield* matchFindings(audited, written, peer, path);
        if (peer.namespaces.kind !== 'Selected') continue;
        const { selector } = peer.namespaces;
        const at = path.replace(/\.podSelector$/, '.namespaceSelector');
        yield* namespaceFindings(audited, written, selector, at, keys);
        relyOn(selector, at);
      }
      yield* splitFindings(written, peers);
    }
  }
  for (const [key, { first, path, policies }] of mutable) {
    const subjects = [first, ...[...policies].filter((policy) => policy !== first)].map(({ ref }) => ref);
    const message = `${policies.size === 1 ? `${nameOf(first)} selects` : `${policies.size} policies select`} namespaces by the label ${key}, which whoever may label namespaces may set`;
    yield lint('NS_LABEL_MUTABLE', message, subjects, { path, witness: `policy:${nameOf(first)}`, key });
  }
}

function* matchFindings(
  audited: Audited,
  { policy }: WrittenRule,
  peer: RulePeer & { kind: 'Pods' },
  path: string,
): Iterable<Finding> {
  const { ordinary, onNode, firstOnNode } = audited.select(peer);
  if (ordinary > 0) return;
  if (onNode > 0) {
    const message = `${path} of ${nameOf(policy)} matches only hostNetwork pods, which policies know as their nodes`;
    yield lint('PEER_ONLY_HOSTNETWORK', message, [policy.ref], { path, witness: audited.podText(firstOnNode) });
    return;
  }
  const { namespaces } = peer;
  const count = namespaces.kind === 'Named' ? 1 : audited.namespacesOf(namespaces.selector).length;
  const witness = namespaces.kind === 'Named' ? `namespace:${namespaces.name}` : `policy:${nameOf(policy)}`;
  const message = `${path} of ${nameOf(policy)} matches no pod`;
  yield lint('PEER_SELECTS_NOTHING', message, [policy.ref], { path, witness, namespaces: count });
}

function* namespaceFindings(
  audited: Audited,
  { policy }: WrittenRule,
  selector: Selector,
  path: string,
  keys: ReadonlySet<string>,
): Iterable<Finding> {
  const witness = `policy:${nameOf(policy)}`;
  if (audited.namespacesOf(selector).length === 0) {
    const message = `${path} of ${nameOf(policy)} matches no namespace`;
    yield lint('NS_SELECTOR_NO_NAMESPACE', message, [policy.ref], { path, witness });
  }
  for (const requirement of selector.requirements) {
    if (requirement.operator !== 'In' && requirement.operator !== 'Exists') continue;
    const { key } = requirement;
    if (keys.has(key)) continue;
    const message = `${path} of ${nameOf(policy)} asks for the label ${key}, which no namespace has`;
    yield lint('NS_SELECTOR_UNKNOWN_LABEL', message, [policy.ref], { path, witness, key });
  }
}

/** Two list elements where one with both selectors is usual. An empty podSelector beside namespaces is not: both are meant. */
function* splitFindings({ policy, direction, path }: WrittenRule, peers: readonly RulePeer[]): Iterable<Finding> {
  if (policy.ref.group !== 'networking.k8s.io') return;
  const isByNamespace = (peer: RulePeer): boolean =>
    peer.kind === 'Pods' && peer.namespaces.kind === 'Selected' && peer.pods.requirements.length === 0;
  const isByPod = (peer: RulePeer): boolean =>
    peer.kind === 'Pods' && peer.namespaces.kind === 'Named' && peer.pods.requirements.length > 0;
  for (let j = 0; j + 1 < peers.length; j++) {
    const [a, b] = [peers[j], peers[j + 1]];
    if (!(isByNamespace(a) && isByPod(b)) && !(isByPod(a) && isByNamespace(b))) continue;
    const list = `${path}.${direction === 'Ingress' ? 'from' : 'to'}`;
    const message = `${list}[${j}] and [${j + 1}] of ${nameOf(policy)} are two peers, either of which is enough: pods of the namespaces selected, and pods of namespace ${policy.ref.namespace} with the labels`;
    yield lint('PEER_SPLIT_SUSPECT', message, [policy.ref], {
      path: `${list}[${j}]`,
      witness: `policy:${nameOf(policy)}`,
    });
  }
}
