import type { Finding, Selector } from '#model';
import type { Audited } from './audited.js';
import { contradictionIn } from './contradiction.js';
import { lint } from './lint.js';
import { nameOf, peerPath, subjectPath, writtenRules } from './written.js';

/** Whom policies apply to, and selectors that contradict themselves. */
export function* subjectChecks(audited: Audited): Iterable<Finding> {
  for (const policy of audited.cluster.model.policies) {
    const { ordinary, onNode, firstOnNode } = audited.subject(policy);
    const path = subjectPath(policy);
    if (ordinary === 0 && onNode === 0) {
      const { namespaces } = policy.subject;
      const witness = namespaces.kind === 'Named' ? `namespace:${namespaces.name}` : `policy:${nameOf(policy)}`;
      yield lint('POLICY_SELECTS_NO_PODS', `${nameOf(policy)} selects no pod`, [policy.ref], { path, witness });
    } else if (ordinary === 0) {
      const witness = audited.podText(firstOnNode);
      const message = `${nameOf(policy)} selects only hostNetwork pods, to which policies do not apply`;
      yield lint('POLICY_SELECTS_ONLY_HOSTNETWORK', message, [policy.ref], { path, witness, pods: onNode });
    }
    const contradicting = (selector: Selector, at: string): Finding[] => {
      const terms = contradictionIn(selector);
      if (terms === null) return [];
      const message = `${at} of ${nameOf(policy)} can match nothing: ${terms}`;
      return [
        lint('SELECTOR_UNSATISFIABLE', message, [policy.ref], { path: at, witness: `policy:${nameOf(policy)}`, terms }),
      ];
    };
    const { pods, namespaces } = policy.subject;
    yield* contradicting(pods, path);
    if (namespaces.kind === 'Selected') yield* contradicting(namespaces.selector, path);
    for (const written of writtenRules(policy)) {
      for (const [j, peer] of (written.rule.peers ?? []).entries()) {
        if (peer.kind !== 'Pods') continue;
        const at = peerPath(written, peer, j);
        yield* contradicting(peer.pods, at);
        if (peer.namespaces.kind === 'Selected')
          yield* contradicting(peer.namespaces.selector, at.replace(/\.podSelector$/, '.namespaceSelector'));
      }
    }
  }
}
