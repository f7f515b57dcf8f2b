import type { ClusterModel, ContainerPort, Labels, Node, Policy, Selector } from '#model';
import { compareText } from '#model';
import type { CompileInput } from './compile-input.js';
import type { NodeEnforcement } from './enforcement-view.js';
import { podRole } from './liveness.js';
import { hasNamedPort, namedPortsOf, type NamedPorts } from './rule-connections.js';

/** The class of everything that is no pod: nodes, hostNetwork pods, addresses. Only rules about addresses match it. */
export const outsideClass = 0;

/** Stands in `podClass` for a pod that is not live. */
export const notLive = -1;

/**
 * Pods that no policy can tell apart, numbered from 1 in the canonical order: namespace, labels, ports, enforcement.
 * Addresses are not part of a class.
 */
export interface PodClasses {
  /** One more than the last class. */
  readonly end: number;
  /** By pod of the model: its class, `outsideClass` for a hostNetwork pod, `notLive`. */
  readonly podClass: Int32Array;
  /** By class: index into the model's namespaces. */
  readonly namespaceOf: Int32Array;
  /** By class: labels of one member, which every selector of the snapshot treats like those of all members. */
  readonly labelsOf: readonly Labels[];
  /** By class: what the names of ports in policies stand for; one shared value for equal tables. */
  readonly namedPortsOf: readonly NamedPorts[];
  readonly enforcementOf: readonly NodeEnforcement[];
  /** By namespace: its classes are `start[i]` to `start[i + 1] - 1`. */
  readonly namespaceStart: Int32Array;
}

/** Cost: linear in the pods, plus the distinct label sets × the keys that selectors mention. */
export function findPodClasses(input: CompileInput): PodClasses {
  const { model, semantics } = input;
  const projections = new Projections(mentionedLabels(model));
  const portTables = new PortTables(input);
  const namespaceNumber = new Map(model.namespaces.map(({ name }, i) => [name, i]));
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));

  const drafts = new Map<number, Draft>();
  const draftOfPod: (Draft | null)[] = [];
  const podClass = new Int32Array(model.pods.length).fill(notLive);
  for (const [i, pod] of model.pods.entries()) {
    const node: Node | undefined = pod.node === null ? undefined : nodes.get(pod.node);
    const role = podRole(pod, node, semantics);
    if (role === 'HostNetwork') podClass[i] = outsideClass;
    if (role !== 'Ordinary') {
      draftOfPod.push(null);
      continue;
    }
    const enforcement = enforcementOn(input, pod.node);
    const namespace = namespaceNumber.get(pod.namespace) as number;
    const labels = projections.of(pod.labels);
    const ports = portTables.of(pod.ports);
    const key =
      ((namespace * 2 ** 20 + labels.number) * 2 ** 12 + ports.number) * 4 + enforcementOrder.indexOf(enforcement);
    let draft = drafts.get(key);
    if (draft === undefined) drafts.set(key, (draft = { namespace, labels, ports, enforcement, number: 0 }));
    draftOfPod.push(draft);
  }
  const classes = [...drafts.values()].sort(compareDrafts);
  classes.forEach((draft, i) => (draft.number = i + 1));
  draftOfPod.forEach((draft, i) => {
    if (draft !== null) podClass[i] = draft.number;
  });
  return describe(classes, podClass, model.namespaces.length);
}

interface Numbered {
  readonly number: number;
  /** Canonical text, the order of classes. */
  readonly text: string;
}
type LabelProjection = Numbered & { readonly labels: Labels };
type PortTable = Numbered & { readonly namedPorts: NamedPorts };

interface Draft {
  readonly namespace: number;
  readonly labels: LabelProjection;
  readonly ports: PortTable;
  readonly enforcement: NodeEnforcement;
  number: number;
}

const enforcementOrder: readonly NodeEnforcement[] = ['enforced', 'notEnforced', 'unknown'];

function enforcementOn({ enforcement }: CompileInput, node: string | null): NodeEnforcement {
  return (node === null ? undefined : enforcement.nodes.get(node)) ?? enforcement.cluster;
}

function compareDrafts(a: Draft, b: Draft): number {
  return (
    a.namespace - b.namespace ||
    compareText(a.labels.text, b.labels.text) ||
    compareText(a.ports.text, b.ports.text) ||
    enforcementOrder.indexOf(a.enforcement) - enforcementOrder.indexOf(b.enforcement)
  );
}

function describe(classes: readonly Draft[], podClass: Int32Array, namespaceCount: number): PodClasses {
  const outsideLabels: Labels = {};
  const outsidePorts: NamedPorts = new Map();
  const namespaceStart = new Int32Array(namespaceCount + 1).fill(classes.length + 1);
  for (let i = classes.length - 1; i >= 0; i--) namespaceStart[classes[i].namespace] = i + 1;
  for (let n = namespaceCount - 1; n >= 0; n--) namespaceStart[n] = Math.min(namespaceStart[n], namespaceStart[n + 1]);
  return {
    end: classes.length + 1,
    podClass,
    namespaceOf: Int32Array.from([-1, ...classes.map((draft) => draft.namespace)]),
    labelsOf: [outsideLabels, ...classes.map((draft) => draft.labels.labels)],
    namedPortsOf: [outsidePorts, ...classes.map((draft) => draft.ports.namedPorts)],
    enforcementOf: ['enforced', ...classes.map((draft) => draft.enforcement)],
    namespaceStart,
  };
}

/** Label keys that pod selectors mention, each with the values that they list. */
function mentionedLabels(model: ClusterModel): ReadonlyMap<string, ReadonlySet<string>> {
  const mentioned = new Map<string, Set<string>>();
  for (const selector of podSelectors(model.policies)) {
    for (const { key, values } of selector.requirements) {
      const known = mentioned.get(key) ?? new Set<string>();
      for (const value of values) known.add(value);
      mentioned.set(key, known);
    }
  }
  return mentioned;
}

function* podSelectors(policies: readonly Policy[]): Iterable<Selector> {
  for (const policy of policies) {
    yield policy.subject.pods;
    for (const rule of [...policy.ingress, ...policy.egress]) {
      for (const peer of rule.peers ?? []) if (peer.kind === 'Pods') yield peer.pods;
    }
  }
}

/**
 * Label sets reduced to what selectors can see: keys that are mentioned, and values that are listed; every other value
 * of a mentioned key is alike to every selector. Remembered by the identity of the (interned) label set.
 */
class Projections {
  readonly #byLabels = new Map<Labels, LabelProjection>();
  readonly #byText = new Map<string, LabelProjection>();
  readonly #keys: readonly string[];

  constructor(readonly mentioned: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#keys = [...mentioned.keys()].sort(compareText);
  }

  of(labels: Labels): LabelProjection {
    const known = this.#byLabels.get(labels);
    if (known !== undefined) return known;
    const text = this.#textOf(labels);
    let projection = this.#byText.get(text);
    if (projection === undefined) {
      projection = { number: this.#byText.size, text, labels };
      this.#byText.set(text, projection);
    }
    this.#byLabels.set(labels, projection);
    return projection;
  }

  #textOf(labels: Labels): string {
    let text = '';
    for (const key of this.#keys) {
      if (!Object.hasOwn(labels, key)) continue;
      const value = labels[key];
      // "=" cannot occur in a key, nor "!" in a value: the text is unambiguous.
      text += this.mentioned.get(key)?.has(value) ? `${key}=${value},` : `${key}=!,`;
    }
    return text;
  }
}

/** Port lists reduced to the names that policies mention, remembered by the identity of the (shared) list. */
class PortTables {
  readonly #byPorts = new Map<readonly ContainerPort[], PortTable>();
  readonly #byText = new Map<string, PortTable>();
  readonly #mentioned: ReadonlySet<string>;

  constructor(readonly input: CompileInput) {
    this.#mentioned = mentionedPortNames(input.model.policies);
  }

  of(ports: readonly ContainerPort[]): PortTable {
    const known = this.#byPorts.get(ports);
    if (known !== undefined) return known;
    const all = [...namedPortsOf(ports, this.input.semantics)];
    const seen = all.filter(([name]) => this.#mentioned.has(name)).sort(([a], [b]) => compareText(a, b));
    const text = seen.map(([name, numbers]) => `${name}:${numbers.toSorted((a, b) => a - b).join('+')}`).join(',');
    let table = this.#byText.get(text);
    if (table === undefined) {
      table = { number: this.#byText.size, text, namedPorts: new Map(seen) };
      this.#byText.set(text, table);
    }
    this.#byPorts.set(ports, table);
    return table;
  }
}

function mentionedPortNames(policies: readonly Policy[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const policy of policies) {
    for (const rule of [...policy.ingress, ...policy.egress]) {
      if (!hasNamedPort(rule)) continue;
      for (const port of rule.ports ?? []) if (port.kind === 'Named') names.add(`${port.protocol}/${port.name}`);
    }
  }
  return names;
}
