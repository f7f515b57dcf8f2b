import type { ObjectEdit, ObjectRef, Pod } from '#model';
import { canonicalText, formatObjectRef, parseAddress } from '#model';
import { podAddresses, podRole } from '../compile/liveness.js';
import { speaksOf } from '../compile/speaks-of.js';
import type { Cluster } from '../query/cluster.js';
import { lazy } from '../query/lookups.js';
import { directionsOf, partsByRef } from '../query/policy-parts.js';
import { podsSubjectTo } from '../query/who-selects-whom.js';
import type { MergedEnds } from './merged-ends.js';

/**
 * Where connections may differ at all. `whole` are ends that may look different to others, or exist in one snapshot
 * only: all their pairs may differ. `egress` and `ingress` are ends to which other policies apply: their pairs differ
 * only with peers of which the policies say something else. Null: anywhere.
 */
export interface AffectedEnds {
  readonly whole: Uint8Array;
  readonly egress: Uint8Array;
  readonly ingress: Uint8Array;
}

/**
 * Finds from the edits between two snapshots which ends they may concern; too many is right, too few would be wrong.
 * `edits` null means that nobody knows them. Nobody looks at them either where ends that are in one snapshot only have
 * more than `pairsMax` pairs already. Yields after each edit. Cost: linear in the edits and the pods of the namespaces that they touch.
 */
export function* findAffectedEnds(
  before: Cluster,
  after: Cluster,
  merged: MergedEnds,
  edits: readonly ObjectEdit[] | null,
  pairsMax: number,
): Generator<void, AffectedEnds | null> {
  if (edits === null || 2 * endsInOne(merged) * merged.count > pairsMax || settingsOf(before) !== settingsOf(after))
    return null;
  const finder = new Finder(before, after, merged);
  finder.takeRewrittenPolicies();
  for (const edit of edits) {
    if (!finder.take(edit)) return null;
    yield;
  }
  return finder.found();
}

function endsInOne({ count, inBefore, inAfter }: MergedEnds): number {
  let ends = 0;
  for (let end = 0; end < count; end++) if (inBefore[end] < 0 || inAfter[end] < 0) ends++;
  return ends;
}

/** What all verdicts of a snapshot depend on besides its objects. */
function settingsOf({ model, semantics, enforcement, lookups }: Cluster): string {
  const { collected, notCollected, scope } = model.info;
  return canonicalText([
    semantics,
    enforcement.cluster,
    enforcement.policyEngine,
    [...enforcement.nodes].sort(([a], [b]) => (a < b ? -1 : 1)),
    lookups.families(),
    [collected, notCollected, scope],
    // What is in doubt may hang on other objects than those that are in doubt.
    model.notUnderstood,
  ]);
}

/** Kinds whose objects change no row. */
const withoutRows: ReadonlySet<string> = new Set(['Service', 'EndpointSlice', 'Endpoints', 'ConfigMap']);

/** Kinds whose objects own pods: pods may have changed hands, or be made of another template. */
const owners: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'Job',
  'CronJob',
]);

class Finder {
  readonly #whole: Uint8Array;
  readonly #egress: Uint8Array;
  readonly #ingress: Uint8Array;
  readonly #sides: readonly Side[];

  constructor(
    before: Cluster,
    after: Cluster,
    readonly merged: MergedEnds,
  ) {
    this.#whole = new Uint8Array(merged.count);
    this.#egress = new Uint8Array(merged.count);
    this.#ingress = new Uint8Array(merged.count);
    this.#sides = [new Side(before, merged, 'before'), new Side(after, merged, 'after')];
  }

  /** False where the edit may concern anything. */
  take({ object }: ObjectEdit): boolean {
    const { kind, namespace, name } = object;
    if (withoutRows.has(kind)) return true;
    // Rules about nodes, and about what is neither pod nor node, mean other addresses where nodes change.
    const touchesNodes = kind === 'Node' || (kind === 'Pod' && this.#isOnHostNetwork(namespace ?? '', name));
    if (touchesNodes && this.#sides.some((side) => side.speaksOfNodes())) return false;
    if (kind === 'Pod') return this.#eachSide((side) => this.#mark(side, side.podNamed(namespace ?? '', name)));
    if (kind === 'Namespace') return this.#eachSide((side) => this.#mark(side, side.podsIn(name)));
    if (owners.has(kind)) return this.#eachSide((side) => this.#mark(side, side.podsIn(namespace ?? '')));
    if (kind === 'Node') return this.#takeNode(name);
    const text = formatObjectRef(object);
    if (this.#sides.some((side) => side.notUnderstood().has(text))) return false;
    if (!this.#sides.some((side) => side.policies().has(text))) return false;
    this.#takePolicy(object);
    return true;
  }

  /**
   * What policies of an engine say may depend on other objects, such as the backends of a Service: those that say something
   * else count as edited. Cost: linear in their rules.
   */
  takeRewrittenPolicies(): void {
    const [before, after] = this.#sides.map((side) => side.policies());
    for (const [text, parts] of [...before, ...after]) {
      const { ref } = parts[0];
      if (ref.group.endsWith('k8s.io')) continue;
      if (JSON.stringify(before.get(text)) !== JSON.stringify(after.get(text))) this.#takePolicy(ref);
    }
  }

  #takePolicy(ref: ObjectRef): void {
    for (const side of this.#sides) {
      const parts = side.policies().get(formatObjectRef(ref));
      if (parts === undefined) continue;
      const directions = directionsOf(parts);
      const ends = podsSubjectTo(side.cluster, parts).map((pod) => side.endOfPod(pod));
      for (const end of ends) {
        if (directions.includes('Egress')) this.#egress[end] = 1;
        if (directions.includes('Ingress')) this.#ingress[end] = 1;
      }
    }
  }

  /** What of the candidates looks the same in both snapshots is left out again. */
  found(): AffectedEnds {
    const { merged } = this;
    const [before, after] = this.#sides.map((side) => side.looks(this.#whole));
    for (let end = 0; end < merged.count; end++) {
      const isInBoth = merged.inBefore[end] >= 0 && merged.inAfter[end] >= 0;
      if (!isInBoth) this.#whole[end] = 1;
      else if (end < merged.podEnd && this.#whole[end] === 1 && before.get(end) === after.get(end))
        this.#whole[end] = 0;
    }
    // Ends whose members differ are not told apart any further.
    for (let end = 0; end < merged.podEnd; end++) {
      const isAffected = this.#egress[end] + this.#ingress[end] > 0;
      if (isAffected && this.#sides.some((side) => side.unitsOf(end) > 1)) this.#whole[end] = 1;
    }
    return { whole: this.#whole, egress: this.#egress, ingress: this.#ingress };
  }

  #isOnHostNetwork(namespace: string, name: string): boolean {
    return this.#sides.some((side) =>
      side.podNamed(namespace, name).some((pod) => side.cluster.model.pods.at(pod)?.hostNetwork === true),
    );
  }

  #takeNode(name: string): boolean {
    return this.#eachSide((side) => {
      const node = side.cluster.lookups.nodeNumber().get(name);
      const end = node === undefined ? -1 : side.endOfNode(node);
      if (end >= 0) this.#whole[end] = 1;
      this.#mark(side, side.hostNetworkPodsOn(name));
    });
  }

  #eachSide(visit: (side: Side) => void): true {
    this.#sides.forEach(visit);
    return true;
  }

  #mark(side: Side, pods: readonly number[]): void {
    for (const pod of pods) {
      const end = side.endOfPod(pod);
      if (end >= 0) this.#whole[end] = 1;
    }
  }
}

/** One of the two snapshots, asked in the numbers of the merged ends. */
class Side {
  readonly #mergedOf: ReturnType<MergedEnds['mergedOf']>;
  readonly #labelsText = new Map<object, string>();

  constructor(
    readonly cluster: Cluster,
    readonly merged: MergedEnds,
    readonly name: 'before' | 'after',
  ) {
    this.#mergedOf = merged.mergedOf(name);
  }

  readonly policies = lazy(() => partsByRef(this.cluster.model.policies));

  readonly notUnderstood = lazy(() => new Set(this.cluster.model.notUnderstood.map(({ ref }) => formatObjectRef(ref))));

  /** Whether some rule says something of nodes, or of what is neither pod nor node. */
  readonly speaksOfNodes = lazy(() => speaksOf(this.cluster.model.policies, 'Nodes', 'External'));

  podNamed(namespace: string, name: string): readonly number[] {
    const number = this.cluster.lookups.podNumber(namespace, name);
    return number === undefined ? [] : [number];
  }

  hostNetworkPodsOn(node: string): readonly number[] {
    return this.#hostNetworkPods().filter((pod) => this.cluster.model.pods.at(pod)?.node === node);
  }

  readonly #hostNetworkPods = lazy(() =>
    [...this.cluster.model.pods.entries()].flatMap(([pod, { hostNetwork }]) => (hostNetwork ? [pod] : [])),
  );

  podsIn(namespace: string): readonly number[] {
    return this.cluster.lookups.podNumbers(namespace);
  }

  endOfPod(pod: number): number {
    return this.#mergedEnd(this.merged[this.name].ends.ofPod[pod]);
  }

  endOfNode(node: number): number {
    return this.#mergedEnd(this.merged[this.name].ends.ofNode[node]);
  }

  /** How many units an end has; 0 where it is not in this snapshot. */
  unitsOf(end: number): number {
    const own = (this.name === 'before' ? this.merged.inBefore : this.merged.inAfter)[end];
    const { unitOffsets } = this.merged[this.name].ends;
    return own < 0 ? 0 : unitOffsets[own + 1] - unitOffsets[own];
  }

  /** What the members of each wanted end look like to policies, as text; whether twice or more often makes no difference. */
  looks(wanted: Uint8Array): ReadonlyMap<number, string> {
    const looks = new Map<number, string[]>();
    for (const [number, pod] of this.cluster.model.pods.entries()) {
      const end = this.endOfPod(number);
      if (end < 0 || wanted[end] === 0) continue;
      const list = looks.get(end);
      if (list === undefined) looks.set(end, [this.#lookOf(pod)]);
      else list.push(this.#lookOf(pod));
    }
    return new Map(
      [...looks].map(([end, list]) => {
        const sorted = list.sort();
        return [end, sorted.filter((look, i) => i < 2 || look !== sorted[i - 2]).join('\n')];
      }),
    );
  }

  #lookOf(pod: Pod): string {
    const { lookups, model, semantics, enforcement } = this.cluster;
    const number = pod.node === null ? undefined : lookups.nodeNumber().get(pod.node);
    const node = number === undefined ? undefined : model.nodes[number];
    const blocks = podAddresses(pod, node).map((text) => {
      const address = parseAddress(text);
      return address === null ? text : this.merged.blocks.blockOf(address);
    });
    return [
      podRole(pod, node, semantics),
      pod.origin,
      pod.hostNetwork,
      this.#textOf(pod.labels),
      this.#textOf(lookups.namespaceLabels().get(pod.namespace) ?? {}),
      this.#textOf(pod.ports),
      pod.serviceAccount,
      (pod.node === null ? undefined : enforcement.nodes.get(pod.node)) ?? enforcement.cluster,
      ...blocks,
    ].join(' ');
  }

  /** Labels and ports are shared among pods. */
  #textOf(value: object): string {
    let text = this.#labelsText.get(value);
    if (text === undefined) this.#labelsText.set(value, (text = canonicalText(value)));
    return text;
  }

  #mergedEnd(own: number): number {
    return own < 0 ? -1 : this.#mergedOf.merged[this.#mergedOf.offsets[own]];
  }
}
