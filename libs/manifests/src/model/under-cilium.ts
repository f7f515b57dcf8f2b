import { type Component, formatObjectRef, type Labels, type NotUnderstood, type Pod } from '#model';
import type { BuiltModel } from './build-model.js';
import { ciliumPoliciesOf } from './cilium/cilium-policies.js';
import { ciliumLabels } from './cilium/endpoint-labels.js';
import { kubernetesUnderCilium } from './cilium/kubernetes-policies.js';
import { doubtsInOrder, inModelOrder, rightDiagnostics } from './understood.js';

/**
 * A model as the cluster has it in which Cilium is in charge of policies: its own are understood, Kubernetes' stand beside
 * them and are read as Cilium reads them, and pods have their service account as a label if selectors name it. Cost:
 * linear in the policies; in the pods, if selectors name service accounts.
 */
export function underCilium(built: BuiltModel): BuiltModel {
  const { model, cilium } = built;
  const { policies, notUnderstood, selectServiceAccounts } = ciliumPoliciesOf({
    ...cilium,
    services: model.services,
    refusesNodeSelectors: refusesNodeSelectors(model.components),
  });
  const doubts = new Map(notUnderstood.map(({ ref, why }) => [formatObjectRef(ref), why]));
  const ofNodes = new Map(
    notUnderstood.filter(({ concerns }) => concerns === 'Nodes').map((doubt) => [formatObjectRef(doubt.ref), doubt]),
  );
  const isRead = new Set(cilium.policies.map(({ ref }) => formatObjectRef(ref)));
  for (const { ref, concerns } of notUnderstood) if (concerns === 'Everything') isRead.delete(formatObjectRef(ref));
  const kubernetes = kubernetesUnderCilium(model.policies, policies.length > 0);
  return {
    ...built,
    model: {
      ...model,
      pods: selectServiceAccounts ? withServiceAccounts(model.pods) : model.pods,
      policies: inModelOrder([...kubernetes, ...policies]),
      notUnderstood: doubtsInOrder([
        ...model.notUnderstood.filter(({ ref }) => !isRead.has(formatObjectRef(ref))),
        ...[...ofNodes.values()].map(({ ref }): NotUnderstood => ({
          ref,
          scope: { kind: 'Nodes' },
          actedOnBy: 'cilium',
        })),
      ]),
    },
    diagnostics: rightDiagnostics(built.diagnostics, isRead, doubts),
  };
}

function refusesNodeSelectors(components: readonly Component[]): boolean {
  const config = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'cilium-config');
  return config !== undefined && config.data['enable-node-selector-labels'] !== 'true';
}

/** Pods with their service account among their labels; pods with equal labels still share one record. */
function withServiceAccounts(pods: Iterable<Pod>): Pod[] {
  const known = new Map<Labels, Map<string, Labels>>();
  return Array.from(pods, (pod) => {
    const { labels, serviceAccount } = pod;
    let byAccount = known.get(labels);
    if (byAccount === undefined) known.set(labels, (byAccount = new Map()));
    let extended = byAccount.get(serviceAccount);
    if (extended === undefined) {
      extended = Object.freeze({ ...labels, [ciliumLabels.serviceAccount]: serviceAccount });
      byAccount.set(serviceAccount, extended);
    }
    return { ...pod, labels: extended };
  });
}
