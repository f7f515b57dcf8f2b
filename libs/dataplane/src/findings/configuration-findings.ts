import { type ClusterModel, compareFindings, type Dataplane, type Finding } from '#model';
import { gatherEvidence } from '../evidence.js';
import { addressFindings } from './address-findings.js';
import { calicoFindings } from './calico-findings.js';
import { cniFindings } from './cni-findings.js';
import { flannelFindings } from './flannel-findings.js';
import { kubeRouterFindings } from './kube-router-findings.js';
import { mtuFindings } from './mtu-findings.js';
import { multusFindings } from './multus-findings.js';
import { serviceFindings } from './service-findings.js';

/**
 * What is wrong with a network's configuration, as far as objects tell (dataplane F, all checks but those of policies).
 * Cost: linear in pods, nodes, Services and network objects; Services also look at the pods of their namespace.
 */
export function configurationFindings(given: ClusterModel, dataplane: Dataplane): Finding[] {
  const model = withPodsAtHand(given);
  const evidence = gatherEvidence(model);
  return [
    ...cniFindings(model, dataplane, evidence),
    ...flannelFindings(model, dataplane),
    ...addressFindings(model, dataplane),
    ...mtuFindings(model, dataplane),
    ...calicoFindings(model, dataplane, evidence),
    ...kubeRouterFindings(model, dataplane, evidence),
    ...serviceFindings(model, dataplane, evidence),
    ...multusFindings(model, evidence),
  ].sort(compareFindings);
}

/** A packed model makes its pods anew whenever they are walked through, and most checks do. */
function withPodsAtHand(model: ClusterModel): ClusterModel {
  const { namespaces, nodes, workloads, services, entries, policies, secondaryPolicies } = model;
  const { notUnderstood, components, networkObjects, info } = model;
  const pods = [...model.pods];
  return {
    namespaces,
    nodes,
    pods,
    workloads,
    services,
    entries,
    policies,
    secondaryPolicies,
    notUnderstood,
    components,
    networkObjects,
    info,
  };
}
