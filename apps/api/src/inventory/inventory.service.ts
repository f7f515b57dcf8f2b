import { Injectable } from '@nestjs/common';
import {
  type Cluster,
  directionsOf,
  partsByRef,
  podsSelectedBy,
  policiesSelecting,
  policyRefOf,
  ruleCountOf,
  type SelectingPolicy,
} from '#engine';
import {
  type ClusterModel,
  compareObjectRefs,
  compareText,
  type Dataplane,
  formatObjectRef,
  type Namespace,
  type Node,
  type ObjectRef,
  type Pod,
  type Policy,
  type Service,
  shownLabels,
  type Workload,
} from '#model';
import { type Page, pageOf } from '../page.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

export interface ListQuery {
  readonly namespace?: string | null;
  readonly cursor?: string | null;
  readonly limit: number;
}

/** A policy as it is listed; one that is not understood has no directions. */
export interface PolicyItem extends ObjectRef {
  readonly tier: string | null;
  readonly directions: readonly string[];
  readonly rules: { readonly ingress: number; readonly egress: number };
  readonly understood: boolean;
}

export type PodItem = Pick<
  Pod,
  | 'namespace'
  | 'name'
  | 'labels'
  | 'addresses'
  | 'node'
  | 'hostNetwork'
  | 'phase'
  | 'ready'
  | 'workload'
  | 'ports'
  | 'origin'
>;

export type NodeItem = Pick<Node, 'name' | 'labels' | 'addresses' | 'podCidrs' | 'kubeletVersion' | 'ready'>;

export interface WorkloadItem extends Workload {
  /** How many of its pods are in the snapshot. */
  readonly pods: number;
}

/** What is in a snapshot, listed. */
@Injectable()
export class InventoryService {
  constructor(private readonly snapshots: SnapshotsService) {}

  async pods(ref: string, query: ListQuery): Promise<Page<PodItem>> {
    const { model } = await this.snapshots.open(ref);
    return listed([...model.pods].map(podItem), query);
  }

  async workloads(ref: string, query: ListQuery): Promise<Page<WorkloadItem>> {
    const { model } = await this.snapshots.open(ref);
    return listed(workloadItems(model), query, workloadKeyOf);
  }

  async services(ref: string, query: ListQuery): Promise<Page<Service>> {
    const { model } = await this.snapshots.open(ref);
    return listed(model.services, query);
  }

  async policies(ref: string, query: ListQuery): Promise<Page<PolicyItem>> {
    const { model } = await this.snapshots.open(ref);
    const doubted = new Set(model.notUnderstood.map(({ ref: policy }) => formatObjectRef(policy)));
    const parts = partsByRef(model.policies);
    const secondary = model.secondaryPolicies.map(({ policy }) => ({ ...policyItem([policy], true), tier: null }));
    const understood = [...[...parts].map(([text, list]) => policyItem(list, !doubted.has(text))), ...secondary];
    const others = model.notUnderstood
      .filter(({ ref: policy }) => !parts.has(formatObjectRef(policy)))
      .map(({ ref: policy }): PolicyItem => ({
        ...policy,
        tier: null,
        directions: [],
        rules: { ingress: 0, egress: 0 },
        understood: false,
      }));
    return listed([...understood, ...others].sort(compareObjectRefs), query, formatObjectRef);
  }

  async nodes(ref: string, query: ListQuery): Promise<Page<NodeItem>> {
    const { model } = await this.snapshots.open(ref);
    const items = model.nodes.map(({ name, labels, addresses, podCidrs, kubeletVersion, ready }) => ({
      name,
      labels,
      addresses,
      podCidrs,
      kubeletVersion,
      ready,
    }));
    return listed(items, { ...query, namespace: null });
  }

  async namespaces(ref: string, query: ListQuery): Promise<Page<Namespace>> {
    const { model } = await this.snapshots.open(ref);
    return listed(model.namespaces, { ...query, namespace: null });
  }

  /** What is known of the network, under what `overrides` say of it. */
  async dataplane(ref: string, overrides?: unknown): Promise<Dataplane> {
    return (await this.snapshots.openAs(ref, { dataplane: overrides }, 'Verdicts')).dataplane;
  }

  /** The policies that apply to a pod. */
  async policiesOfPod(ref: string, namespace: string, name: string): Promise<SelectingPolicy[]> {
    return policiesSelecting(await this.snapshots.open(ref), namespace, name);
  }

  /** The pods that a policy applies to; `kind` is `Kind` or `Kind.group`, `-` stands for no namespace. */
  async podsOfPolicy(ref: string, kind: string, namespace: string, name: string): Promise<unknown[]> {
    const cluster: Cluster = await this.snapshots.open(ref);
    const policy = policyRefOf(cluster, kind, namespace === '-' ? null : namespace, name);
    return podsSelectedBy(cluster, policy).map((number) => podItem(cluster.model.pods.at(number) as Pod));
  }
}

interface Named {
  readonly namespace?: string | null;
  readonly name: string;
}

/** The order and the cursor of things that have a name. */
export function keyOfNamed({ namespace, name }: Named): string {
  return `${namespace ?? '-'}/${name}`;
}

/** The same for workloads, of which several kinds may share a name. */
export function workloadKeyOf({
  namespace,
  kind,
  name,
}: {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}): string {
  return `${namespace}/${kind}/${name}`;
}

function listed<T extends Named>(
  items: readonly T[],
  { namespace, cursor, limit }: ListQuery,
  keyOf: (item: T) => string = keyOfNamed,
): Page<T> {
  const wanted = namespace == null ? items : items.filter((item) => item.namespace === namespace);
  return pageOf(wanted, keyOf, { cursor, limit });
}

function podItem({
  namespace,
  name,
  labels,
  addresses,
  node,
  hostNetwork,
  phase,
  ready,
  workload,
  ports,
  origin,
}: Pod): PodItem {
  const shown = shownLabels(labels);
  return { namespace, name, labels: shown, addresses, node, hostNetwork, phase, ready, workload, ports, origin };
}

/** Workloads with how many of their pods are in the snapshot; a pod without an owner is one of kind `Pod`. */
function workloadItems({ workloads, pods }: ClusterModel): WorkloadItem[] {
  const counts = new Map<string, number>();
  for (const { workload } of pods) {
    if (workload !== null) counts.set(workloadKeyOf(workload), (counts.get(workloadKeyOf(workload)) ?? 0) + 1);
  }
  const owned = workloads.map((workload): WorkloadItem => ({
    ...workload,
    pods: counts.get(workloadKeyOf(workload)) ?? 0,
  }));
  const single = [...pods]
    .filter(({ workload }) => workload === null)
    .map(({ namespace, name }): WorkloadItem => ({
      group: '',
      kind: 'Pod',
      namespace,
      name,
      replicas: null,
      pods: 1,
      observed: true,
    }));
  return [...owned, ...single].sort(
    (a, b) => compareText(a.namespace, b.namespace) || compareText(a.kind, b.kind) || compareText(a.name, b.name),
  );
}

/** An object that is several policies is listed once; its rules are counted as it has them. */
function policyItem(parts: readonly Policy[], understood: boolean): PolicyItem {
  return {
    ...parts[0].ref,
    tier: parts[0].tier.name,
    directions: directionsOf(parts),
    rules: {
      ingress: ruleCountOf(parts.flatMap(({ ingress }) => ingress)),
      egress: ruleCountOf(parts.flatMap(({ egress }) => egress)),
    },
    understood,
  };
}
