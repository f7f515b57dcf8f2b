import {
  type Assumption,
  type ClusterModel,
  type Dataplane,
  defaultSemantics,
  type Enforcement,
  knobs,
  type PolicySemantics,
  semanticsPresets,
  type Sourced,
} from '#model';
import { capacityOf } from './capacity-of.js';
import { describeBackend } from './describe-backend.js';
import { configuredControllers } from './overrides/configured-controllers.js';
import { gatherEvidence } from './evidence.js';
import { findPodCidrs, findServiceCidrs } from './find-cidrs.js';
import { findEnforcement, perNode } from './find-enforcement.js';
import { findProxy } from './find-proxy.js';
import { identifyPolicyEngine } from './identify-policy-engine.js';
import { identifyPrimary } from './identify-primary.js';
import { listCandidates } from './list-candidates.js';
import { networkOf } from './network-of.js';
import { podMtuOf } from './pod-mtu.js';
import { parseOverrides } from './overrides/parse-overrides.js';

/**
 * Which network a snapshot runs, from its objects alone; what they do not show is said to be assumed. `overrides`
 * (`key:value,…` or a record) go before what the snapshot's own SnapshotInfo says, and that before detection. Cost:
 * linear in components, nodes and pods.
 * @throws QuestionError DATAPLANE_INVALID
 */
export function detectDataplane(model: ClusterModel, overrides?: unknown): Dataplane {
  const said = {
    ...parseOverrides(model.info.dataplane, 'SnapshotInfo.dataplane'),
    ...parseOverrides(overrides, 'dataplane'),
  };
  const evidence = gatherEvidence(model);
  const primary = configured(said.primary) ?? identifyPrimary(evidence);
  const k3sNetworkPolicy = said['k3s.networkPolicy'] === undefined ? null : said['k3s.networkPolicy'] === 'true';
  const policyEngine =
    configured(said.policyEngine) ?? identifyPolicyEngine(model, evidence, primary.value, k3sNetworkPolicy);
  const identity = { primary: primary.value, policyEngine };
  const enforcement: Sourced<Enforcement> = configured(said.enforcement) ?? findEnforcement(model, evidence, identity);
  const semantics = semanticsOf(policyEngine);
  const network = networkOf(model, evidence, primary.value, said);
  const proxy = said.proxy ?? (said.proxyMode === undefined ? undefined : `kube-proxy/${said.proxyMode}`);
  return {
    primary,
    policyEngine,
    candidates: listCandidates(evidence, primary.value),
    enforcement,
    proxy: configured(proxy) ?? findProxy(model, evidence),
    backend: describeBackend(network),
    podMtu: podMtuOf(network),
    capacity: capacityOf(model, network),
    podCidrs: configured(said.podCIDR?.split('+')) ?? findPodCidrs(model, evidence, network),
    serviceCidrs: configured(said.serviceCIDRs?.split('+')) ?? findServiceCidrs(model, evidence),
    network,
    perNode:
      said.enforcement === undefined
        ? perNode(model, evidence, identity, enforcement.value)
        : model.nodes.map(({ name }) => ({
            node: name,
            primary: primary.value,
            policyEngine: policyEngine.value,
            enforcement: enforcement.value,
          })),
    semantics,
    ingressControllers: configuredControllers(said),
    assumptions: [...enforcementAssumptions(enforcement, policyEngine), ...knobAssumptions(semantics)],
  };
}

function configured<T>(value: T | undefined): Sourced<T> | null {
  return value === undefined ? null : { value, provenance: 'configured' };
}

/** Knob settings that an engine is known to have (policy semantics 6.2, dataplane A.6). */
function semanticsOf({ value, provenance }: Sourced<string>): Sourced<PolicySemantics> {
  const known: Readonly<Record<string, PolicySemantics>> = {
    calico: semanticsPresets.calico,
    cilium: semanticsPresets.cilium,
    'kube-router': { ...defaultSemantics, podToOwnNode: 'policy' },
  };
  return Object.hasOwn(known, value)
    ? { value: known[value], provenance: provenance === 'assumed' ? 'assumed' : 'derived' }
    : { value: defaultSemantics, provenance: 'assumed' };
}

function enforcementAssumptions(enforcement: Sourced<Enforcement>, policyEngine: Sourced<string>): Assumption[] {
  if (enforcement.provenance === 'configured')
    return [{ name: 'enforcement', value: enforcement.value, provenance: 'configured' }];
  if (enforcement.value === 'unknown' && enforcement.provenance === 'assumed') {
    return [
      {
        name: 'enforcement',
        value: 'policies are enforced: nothing in the snapshot shows which network it runs',
        provenance: 'assumed',
      },
    ];
  }
  if (enforcement.provenance === 'assumed')
    return [{ name: 'policyEngine', value: policyEngine.value, provenance: 'assumed' }];
  return [];
}

/** Knobs that the engine sets differently from the default. */
function knobAssumptions({ value, provenance }: Sourced<PolicySemantics>): Assumption[] {
  return knobs
    .filter((knob) => value[knob] !== defaultSemantics[knob])
    .map((knob) => ({ name: knob, value: value[knob], provenance }));
}
