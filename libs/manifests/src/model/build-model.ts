import {
  type ClusterModel,
  compareObjectRefs,
  compareText,
  type Diagnostic,
  formatObjectRef,
  type Labels,
  type Namespace,
  type NetworkObject,
  type Node,
  type NotUnderstood,
  type Pod,
  type Policy,
  type SecondaryPolicy,
  type SnapshotInfo,
  type StoredObject,
} from '#model';
import { isNetworkObject } from '../kinds/network-objects.js';
import { meaningOf } from '../kinds/not-understood.js';
import { readAgain } from '../normalise.js';
import type { CalicoObjects } from './calico/calico-objects.js';
import { StoredCalicoObjects } from './calico/stored-objects.js';
import { calicoTiers } from './calico/tiers.js';
import type { CiliumObjects } from './cilium/cilium-objects.js';
import { StoredCiliumObjects } from './cilium/stored-objects.js';
import { ComponentParts, showsComponent } from './components.js';
import { EntryObjects } from './entries/entry-objects.js';
import { Interner } from './interner.js';
import { notCollectedPolicies } from './not-collected.js';
import { Owners } from './owners.js';
import { observedPod, podsAndWorkloads } from './pods.js';
import { policyOf } from './policies.js';
import { tieredPolicyOf, unknownPeersIn } from './tiered-policies.js';
import { secondaryPolicyOf } from './secondary-policies.js';
import { servicesOf } from './services.js';
import { inModelOrder } from './understood.js';
import type {
  StoredEndpoints,
  StoredEndpointSlice,
  StoredMetadata,
  StoredNetworkObject,
  StoredNetworkPolicy,
  StoredNode,
  StoredPod,
  StoredService,
  StoredTieredPolicy,
  StoredWorkload,
} from './stored-body.js';

export interface BuiltModel {
  readonly model: ClusterModel;
  /** What is odd about the objects taken together. */
  readonly diagnostics: readonly Diagnostic[];
  /** Valid objects of Calico, for `underCalico`; without it their policies are not understood. */
  readonly calico: Omit<CalicoObjects, 'namespaces' | 'services' | 'pods'>;
  /** The same for `underCilium`. */
  readonly cilium: Omit<CiliumObjects, 'services' | 'refusesNodeSelectors'>;
}

const nameLabel = 'kubernetes.io/metadata.name';
const workloadKinds: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
]);

/**
 * The model of a snapshot: a pure function of the set of objects, whatever their order. Cost: linear in the objects,
 * plus sorting.
 */
export function buildModel(objects: Iterable<StoredObject>, info: SnapshotInfo): BuiltModel {
  const parts = new ModelParts();
  for (const object of objects) parts.add(object);
  return parts.assemble(info);
}

/** Objects sorted out by kind, parsed. */
class ModelParts {
  readonly #interner = new Interner();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #namespaces: { metadata: StoredMetadata }[] = [];
  readonly #nodes: Node[] = [];
  readonly #podBodies: string[] = [];
  readonly #workloads: StoredWorkload[] = [];
  readonly #services: StoredService[] = [];
  readonly #slices: StoredEndpointSlice[] = [];
  readonly #endpoints: StoredEndpoints[] = [];
  readonly #policies: Policy[] = [];
  readonly #secondaryPolicies: SecondaryPolicy[] = [];
  readonly #notUnderstood: NotUnderstood[] = [];
  readonly #components = new ComponentParts();
  readonly #networkObjects: NetworkObject[] = [];
  readonly #entries = new EntryObjects();
  readonly #calico = new StoredCalicoObjects();
  readonly #cilium = new StoredCiliumObjects();

  add({ ref, body }: StoredObject): void {
    // Most of a cluster is pods: each is parsed when all else is known, and dropped at once.
    if (ref.kind === 'Pod' && ref.group === '') return void this.#podBodies.push(body);
    const value: unknown = JSON.parse(body);
    if (ref.group === 'policy.networking.k8s.io') return this.#addTieredPolicy(ref, value);
    if (ref.group === 'k8s.cni.cncf.io' && ref.kind === 'MultiNetworkPolicy')
      return this.#addSecondaryPolicy(ref, value);
    const isKnownGroup = ['', 'apps', 'batch', 'discovery.k8s.io', 'networking.k8s.io'].includes(ref.group);
    if (isNetworkObject(ref.group, ref.kind)) {
      const { metadata, spec } = value as StoredNetworkObject;
      this.#networkObjects.push({ ref, annotations: metadata.annotations ?? {}, spec });
      return;
    }
    if (this.#entries.add(ref, value)) return;
    if (isKnownGroup && workloadKinds.has(ref.kind)) return this.#addWorkload(ref, value as StoredWorkload);
    switch (isKnownGroup ? ref.kind : '') {
      case 'Namespace':
        this.#namespaces.push(value as { metadata: StoredMetadata });
        break;
      case 'Node':
        this.#nodes.push(nodeOf(value as StoredNode));
        break;
      case 'Service':
        this.#services.push(value as StoredService);
        break;
      case 'ServiceAccount':
        this.#calico.addServiceAccount((value as { metadata: StoredMetadata }).metadata);
        break;
      case 'EndpointSlice':
        this.#slices.push(value as StoredEndpointSlice);
        break;
      case 'Endpoints':
        this.#endpoints.push(value as StoredEndpoints);
        break;
      case 'ConfigMap':
        this.#components.addConfigMap(ref, value as { metadata: StoredMetadata; data: Record<string, string> });
        break;
      case 'NetworkPolicy':
        // Read leniently, an invalid policy was stored as it was written.
        if ((value as { invalid?: true }).invalid === true) this.#doubt(ref);
        else this.#policies.push(policyOf(ref, value as StoredNetworkPolicy));
        break;
      default:
        if (ref.group === 'projectcalico.org') this.#calico.add(ref, value as object);
        if (ref.group === 'cilium.io') this.#cilium.add(ref, value as object);
        this.#doubt(ref);
    }
  }

  /** Of a version that is not read, or read leniently although it is invalid, a policy was stored as it was written. */
  #addTieredPolicy(ref: StoredObject['ref'], value: unknown): void {
    const members = readAgain(value);
    if (members === null) return this.#doubt(ref);
    const policy = members as Pick<StoredTieredPolicy, 'spec'>;
    this.#policies.push(tieredPolicyOf(ref, policy));
    for (const path of unknownPeersIn(policy)) {
      const message = `${path} has no property that is known: the rule fails closed`;
      this.#note('UNKNOWN_PEER', 'warning', message, formatObjectRef(ref), path);
    }
  }

  #addSecondaryPolicy(ref: StoredObject['ref'], value: unknown): void {
    if (readAgain(value) === null) return this.#doubt(ref);
    this.#secondaryPolicies.push(secondaryPolicyOf(ref, value as StoredNetworkPolicy));
  }

  assemble(info: SnapshotInfo): BuiltModel {
    const owners = new Owners(this.#workloads);
    const ofComponents: StoredPod[] = [];
    const observed = this.#podBodies.map((body) => {
      const pod = JSON.parse(body) as StoredPod;
      if (showsComponent(pod)) ofComponents.push(pod);
      return observedPod(pod, owners, this.#interner);
    });
    const { pods, workloads } = podsAndWorkloads(observed, this.#workloads, owners, this.#interner);
    this.#reportSharedAddresses(pods);
    this.#reportMissingTiers();
    const policies = inModelOrder(this.#policies);
    const services = servicesOf(this.#services, this.#slices, this.#endpoints);
    const used = new Set<string>();
    for (const part of [pods, workloads, services]) for (const { namespace } of part) used.add(namespace);
    for (const { ref } of [...policies, ...this.#notUnderstood]) if (ref.namespace !== null) used.add(ref.namespace);
    const namespaces = this.#allNamespaces(used);
    const doubts = [
      ...this.#notUnderstood,
      ...notCollectedPolicies(
        info,
        namespaces.map(({ name }) => name),
      ),
    ];
    return {
      model: {
        namespaces,
        nodes: this.#nodes.sort((a, b) => compareText(a.name, b.name)),
        pods,
        workloads,
        services,
        entries: this.#entries.entries(namespaces, info),
        policies,
        secondaryPolicies: this.#secondaryPolicies.sort((a, b) => compareObjectRefs(a.policy.ref, b.policy.ref)),
        notUnderstood: doubts.sort((a, b) => compareObjectRefs(a.ref, b.ref)),
        components: this.#components.assemble(ofComponents, this.#workloads),
        networkObjects: this.#networkObjects.sort((a, b) => compareObjectRefs(a.ref, b.ref)),
        info,
      },
      diagnostics: this.#diagnostics,
      calico: this.#calico,
      cilium: { policies: this.#cilium.policies, serviceLabels: labelsByName(this.#services) },
    };
  }

  #addWorkload(ref: StoredObject['ref'], workload: StoredWorkload): void {
    this.#workloads.push(workload);
    this.#components.addWorkload(ref, workload);
  }

  #doubt(ref: StoredObject['ref']): void {
    const meaning = meaningOf(ref.group, ref.kind, ref.namespace, ref.name);
    if (meaning === null) return;
    this.#notUnderstood.push({ ref, ...meaning });
    if (meaning.scope.kind !== 'Nothing') {
      this.#note(
        'NOT_UNDERSTOOD',
        'warning',
        meaning.actedOnBy === 'calico' || meaning.actedOnBy === 'cilium'
          ? `it decides only where ${meaning.actedOnBy} is in charge, and is ignored under another engine; where none is known, verdicts it could change are unknown`
          : 'the kind is not modelled yet: verdicts it could change are unknown',
        formatObjectRef(ref),
      );
    }
  }

  #allNamespaces(used: ReadonlySet<string>): Namespace[] {
    const found = this.#namespaces.map(({ metadata: { name, labels } }): Namespace => {
      const stored = Object.hasOwn(labels, nameLabel) ? labels[nameLabel] : name;
      if (stored !== name) {
        this.#note(
          'NAMESPACE_LABEL_SPOOFED',
          'warning',
          `${nameLabel} is ${JSON.stringify(stored)}; the API server always makes it ${JSON.stringify(name)}, and so it is read`,
          `Namespace/-/${name}`,
        );
      }
      return { name, labels: { ...labels, [nameLabel]: name }, implicit: false };
    });
    const known = new Set(found.map(({ name }) => name));
    for (const name of [...used].sort(compareText)) {
      if (known.has(name)) continue;
      this.#note(
        'NAMESPACE_MISSING',
        'warning',
        `namespace ${name} is used but not in the input; it is taken to exist with the one label ${nameLabel}`,
        `Namespace/-/${name}`,
      );
      found.push({ name, labels: { [nameLabel]: name }, implicit: true });
    }
    return found.sort((a, b) => compareText(a.name, b.name));
  }

  #reportSharedAddresses(pods: readonly Pod[]): void {
    const owner = new Map<string, Pod>();
    for (const pod of pods) {
      if (pod.hostNetwork || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
      for (const address of pod.addresses) {
        const other = owner.get(address);
        if (other === undefined) owner.set(address, pod);
        else
          this.#note(
            'DUPLICATE_POD_IP',
            'error',
            `${address} is the address of ${other.namespace}/${other.name} and of ${pod.namespace}/${pod.name}; name pods instead of this address`,
            `Pod/${pod.namespace}/${pod.name}`,
          );
      }
    }
  }

  #reportMissingTiers(): void {
    const tiers = calicoTiers(this.#calico.tiers);
    for (const { ref, body } of this.#calico.policies) {
      const { tier } = body.spec;
      if (tiers.has(tier)) continue;
      const message = `tier ${tier} is not in the input; Calico takes no policy of a tier that does not exist`;
      this.#note('CALICO_TIER_MISSING', 'warning', message, formatObjectRef(ref), 'spec.tier');
    }
  }

  #note(code: string, severity: Diagnostic['severity'], message: string, object: string, path?: string): void {
    if (this.#diagnostics.length >= 1000) return;
    this.#diagnostics.push({ code, severity, message, object, ...(path === undefined ? {} : { path }) });
  }
}

function labelsByName(objects: readonly { readonly metadata: StoredMetadata }[]): ReadonlyMap<string, Labels> {
  return new Map(objects.map(({ metadata: { namespace, name, labels } }) => [`${namespace}/${name}`, labels]));
}

function nodeOf({ metadata, spec, status }: StoredNode): Node {
  // Internal addresses first: a node is spoken to at the first of each family.
  const byType = (type: string): string[] =>
    status.addresses.filter((entry) => entry.type === type).map(({ address }) => address);
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return {
    name: metadata.name,
    labels: metadata.labels,
    annotations: metadata.annotations ?? {},
    addresses: [...new Set([...byType('InternalIP'), ...byType('ExternalIP')])],
    podCidrs: spec.podCIDRs,
    kubeletVersion: status.nodeInfo.kubeletVersion ?? null,
    operatingSystem:
      (status.nodeInfo.operatingSystem ?? metadata.labels['kubernetes.io/os']) === 'windows' ? 'windows' : 'linux',
    providerId: spec.providerID ?? null,
    ready: ready === undefined ? null : ready.status === 'True',
    allocatablePods: /^\d{1,6}$/.test(status.allocatable?.pods ?? '') ? Number(status.allocatable?.pods) : null,
    conditions: status.conditions.map(({ type, status: word, reason, message = '' }) => ({
      type,
      status: word,
      reason,
      message,
    })),
  };
}
