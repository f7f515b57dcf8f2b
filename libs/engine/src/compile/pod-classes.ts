import type { ContainerPort, Labels, PodColumns, Policy, PolicySemantics, Selector } from '#model';
import { compareText, labelRequirements, noNode, peerStatements, podColumnsOf, podFlags } from '#model';
import { PairNumbers } from '../sets/pair-numbers.js';
import { type Runs, runsOfAscending } from '../sets/runs.js';
import type { CompileInput } from './compile-input.js';
import type { NodeEnforcement } from './enforcement-view.js';
import { podRolesOf, podRoleWords } from './liveness.js';
import { namedPortKeys, namedPortsOf, type NamedPorts, noNamedPorts } from './rule-connections.js';

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
  /** By class: index into `portTables`. */
  readonly portTableOf: Uint32Array;
  /** What the names of ports in policies stand for; the first table is empty and that of the outside class. */
  readonly portTables: readonly NamedPorts[];
  /** By class: index into `enforcementWords`. */
  readonly enforcementOf: Uint8Array;
  /** Classes of hostNetwork pods, which are pods to some tiers only; none unless `hostNetworkAs=pod`. */
  readonly hostNetworkClasses: Runs;
  /** By namespace: its classes are `start[i]` to `start[i + 1] - 1`. */
  readonly namespaceStart: Int32Array;
}

const ordinary = podRoleWords.indexOf('Ordinary');
const onNodeNetwork = podRoleWords.indexOf('HostNetwork');

/** The words of `PodClasses.enforcementOf`, in the order of their numbers. */
export const enforcementWords: readonly NodeEnforcement[] = ['enforced', 'notEnforced', 'unknown'];

/**
 * Sorts the pods of a model into classes, and afterwards those of models that differ little from it, as long as they all
 * fit the same classes. Immutable but for what it remembers.
 */
export class PodClassFinder {
  readonly classes: PodClasses;
  readonly #labels: LabelProjections;
  readonly #ports: PortProjections;
  readonly #kinds = new PairNumbers();
  readonly #drafts = new PairNumbers();
  readonly #classOfDraft: Int32Array;

  /** Cost: linear in the pods, plus the labels of the distinct label sets, plus sorting the classes of each namespace. */
  constructor(input: CompileInput) {
    const { model, semantics } = input;
    const columns = podColumnsOf(model);
    this.#labels = new LabelProjections(mentionedLabels(model.policies));
    this.#ports = new PortProjections(mentionedPortNames(model.policies), semantics);
    const { projectionOf, portTableOf, enforcedAt, roles } = this.#kindsOfPods(input, columns);
    const draftOfPod = new Int32Array(columns.length);
    const members: Draft[] = [];
    for (let i = 0; i < columns.length; i++) {
      if (roles[i] !== ordinary) continue;
      const labelSet = columns.labelSet[i];
      const projection = projectionOf[labelSet];
      const portTable = portTableOf[columns.portList[i]];
      const enforced = enforcedAt(columns.node[i]);
      const hostNetwork = hostNetworkBit(columns.flags[i]);
      const kind = this.#kinds.of(projection, tailOf(portTable, enforced, hostNetwork));
      const namespace = columns.namespace[i];
      const draft = this.#drafts.of(namespace, kind);
      draftOfPod[i] = draft;
      if (draft === members.length) {
        members.push({ draft, namespace, labelSet, projection, portTable, enforced, hostNetwork });
      }
    }
    const sorted = inCanonicalOrder(members, model.namespaces.length, this.#labels.texts, this.#ports.texts);
    this.#classOfDraft = new Int32Array(members.length);
    sorted.forEach(({ draft }, i) => (this.#classOfDraft[draft] = i + 1));
    const podClass = new Int32Array(columns.length);
    for (let i = 0; i < columns.length; i++) {
      podClass[i] =
        roles[i] === ordinary ? this.#classOfDraft[draftOfPod[i]] : roles[i] === onNodeNetwork ? outsideClass : notLive;
    }
    this.classes = describe(sorted, podClass, columns, this.#ports.tables, model.namespaces.length);
  }

  /** Whether policies look at nothing in pods that the classes do not tell apart. */
  covers(policies: readonly Policy[]): boolean {
    for (const [key, { values, everyValue }] of mentionedLabels(policies)) {
      const known = this.#labels.mentioned.get(key);
      if (known === undefined) return false;
      // Classes that tell every value apart tell those apart that are listed.
      if (known.everyValue) continue;
      if (everyValue) return false;
      for (const value of values) if (!known.values.has(value)) return false;
    }
    for (const name of mentionedPortNames(policies)) if (!this.#ports.mentioned.has(name)) return false;
    return true;
  }

  /**
   * The classes of another model's pods; null where one of them is in none of the classes. The namespaces, nodes, knobs
   * and the enforcement must be the same. Cost: linear in the pods.
   */
  find(input: CompileInput): Int32Array | null {
    const columns = podColumnsOf(input.model);
    const { projectionOf, portTableOf, enforcedAt, roles } = this.#kindsOfPods(input, columns);
    const podClass = new Int32Array(columns.length);
    for (let i = 0; i < columns.length; i++) {
      if (roles[i] !== ordinary) {
        podClass[i] = roles[i] === onNodeNetwork ? outsideClass : notLive;
        continue;
      }
      const portTable = portTableOf[columns.portList[i]];
      const tail = tailOf(portTable, enforcedAt(columns.node[i]), hostNetworkBit(columns.flags[i]));
      const kind = this.#kinds.find(projectionOf[columns.labelSet[i]], tail);
      const draft = kind < 0 ? -1 : this.#drafts.find(columns.namespace[i], kind);
      if (draft < 0) return null;
      podClass[i] = this.#classOfDraft[draft];
    }
    return podClass;
  }

  #kindsOfPods(input: CompileInput, columns: PodColumns): KindsOfPods {
    const enforcement = enforcementByNode(input, columns);
    const elsewhere = enforcementWords.indexOf(input.enforcement.cluster);
    return {
      projectionOf: Uint32Array.from(columns.labelSets, (labels) => this.#labels.of(labels)),
      portTableOf: Uint32Array.from(columns.portLists, (ports) => this.#ports.of(ports)),
      enforcedAt: (node) => (node === noNode ? elsewhere : enforcement[node]),
      roles: podRolesOf(input),
    };
  }
}

interface KindsOfPods {
  /** By label set, by port list. */
  readonly projectionOf: Uint32Array;
  readonly portTableOf: Uint32Array;
  /** Index into `enforcementWords`. */
  enforcedAt(node: number): number;
  /** By pod: index into `podRoleWords`. */
  readonly roles: Uint8Array;
}

/** What tells the pods of one projection of labels apart, as one number. */
function tailOf(portTable: number, enforced: number, hostNetwork: number): number {
  return (portTable * enforcementWords.length + enforced) * 2 + hostNetwork;
}

function hostNetworkBit(flags: number): number {
  return Number((flags & podFlags.hostNetwork) !== 0);
}

/** A class before it has its number; `draft` counts in the order in which the pods bring them up. */
interface Draft {
  readonly draft: number;
  readonly namespace: number;
  readonly labelSet: number;
  readonly projection: number;
  readonly portTable: number;
  readonly enforced: number;
  /** 1 for hostNetwork pods, else 0. */
  readonly hostNetwork: number;
}

function inCanonicalOrder(
  members: readonly Draft[],
  namespaceCount: number,
  labelTexts: readonly string[],
  portTexts: readonly string[],
): Draft[] {
  const byNamespace: Draft[][] = Array.from({ length: namespaceCount }, () => []);
  for (const member of members) byNamespace[member.namespace].push(member);
  for (const list of byNamespace) {
    list.sort(
      (a, b) =>
        compareText(labelTexts[a.projection], labelTexts[b.projection]) ||
        compareText(portTexts[a.portTable], portTexts[b.portTable]) ||
        a.enforced - b.enforced ||
        a.hostNetwork - b.hostNetwork,
    );
  }
  return byNamespace.flat();
}

function enforcementByNode({ enforcement }: CompileInput, { nodeNames }: PodColumns): Uint8Array {
  const cluster = enforcementWords.indexOf(enforcement.cluster);
  return Uint8Array.from(nodeNames, (name) => {
    const word = enforcement.nodes.size === 0 ? undefined : enforcement.nodes.get(name);
    return word === undefined ? cluster : enforcementWords.indexOf(word);
  });
}

function describe(
  classes: readonly Draft[],
  podClass: Int32Array,
  { labelSets }: PodColumns,
  portTables: readonly NamedPorts[],
  namespaceCount: number,
): PodClasses {
  const end = classes.length + 1;
  const namespaceOf = new Int32Array(end).fill(-1);
  const portTableOf = new Uint32Array(end);
  const enforcementOf = new Uint8Array(end);
  const labelsOf: Labels[] = [{}];
  const namespaceStart = new Int32Array(namespaceCount + 1).fill(end);
  classes.forEach(({ namespace, labelSet, portTable, enforced }, i) => {
    namespaceOf[i + 1] = namespace;
    portTableOf[i + 1] = portTable;
    enforcementOf[i + 1] = enforced;
    labelsOf.push(labelSets[labelSet]);
    namespaceStart[namespace] = Math.min(namespaceStart[namespace], i + 1);
  });
  for (let n = namespaceCount - 1; n >= 0; n--) namespaceStart[n] = Math.min(namespaceStart[n], namespaceStart[n + 1]);
  const hostNetworkClasses = runsOfAscending(
    classes.flatMap(({ hostNetwork }, i) => (hostNetwork === 1 ? [i + 1] : [])),
  );
  return {
    end,
    podClass,
    namespaceOf,
    labelsOf,
    portTableOf,
    portTables,
    enforcementOf,
    hostNetworkClasses,
    namespaceStart,
  };
}

/** How selectors look at one label key: which values they tell apart. */
interface Mention {
  readonly values: Set<string>;
  /** Whether some selector looks into the text of values, so that every value counts. */
  everyValue: boolean;
}

/** Label keys that pod selectors mention. */
function mentionedLabels(policies: readonly Policy[]): ReadonlyMap<string, Mention> {
  const mentioned = new Map<string, Mention>();
  const mention = (selector: Selector): void => {
    for (const { key, operator, values } of labelRequirements(selector)) {
      let known = mentioned.get(key);
      if (known === undefined) mentioned.set(key, (known = { values: new Set<string>(), everyValue: false }));
      if (operator === 'Contains' || operator === 'StartsWith' || operator === 'EndsWith') known.everyValue = true;
      for (const value of values) known.values.add(value);
    }
  };
  for (const policy of policies) {
    mention(policy.subject.pods);
    for (const rules of [policy.ingress, policy.egress]) {
      for (const { peers, subject } of rules) {
        if (subject !== undefined) mention(subject);
        for (const peer of peerStatements(peers)) if (peer.kind === 'Pods') mention(peer.pods);
      }
    }
  }
  return mentioned;
}

/**
 * Label sets reduced to what selectors can see: keys that are mentioned, and values that are listed; every other value
 * of a mentioned key is alike to every selector.
 */
class LabelProjections {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<Labels, number>();

  constructor(readonly mentioned: ReadonlyMap<string, Mention>) {}

  of(labels: Labels): number {
    const known = this.#known.get(labels);
    if (known !== undefined) return known;
    const parts: string[] = [];
    for (const key of Object.keys(labels)) {
      const mention = this.mentioned.get(key);
      if (mention === undefined) continue;
      const value = labels[key];
      // "=" cannot occur in a key, nor "!" in a value: the text is unambiguous.
      parts.push(mention.everyValue || mention.values.has(value) ? `${key}=${value},` : `${key}=!,`);
    }
    const text = parts.length < 2 ? (parts[0] ?? '') : parts.sort().join('');
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.texts.push(text) - 1));
    this.#known.set(labels, number);
    return number;
  }
}

/** Port lists reduced to the names that policies mention; table 0 has none. */
class PortProjections {
  readonly texts = [''];
  readonly tables: NamedPorts[] = [noNamedPorts];
  readonly #numbers = new Map<string, number>([['', 0]]);

  constructor(
    readonly mentioned: ReadonlySet<string>,
    readonly semantics: PolicySemantics,
  ) {}

  of(ports: readonly ContainerPort[]): number {
    const all = [...namedPortsOf(ports, this.semantics)];
    const seen = all.filter(([name]) => this.mentioned.has(name)).sort(([a], [b]) => compareText(a, b));
    const text = seen.map(([name, list]) => `${name}:${list.toSorted((a, b) => a - b).join('+')}`).join(',');
    let number = this.#numbers.get(text);
    if (number === undefined) {
      this.#numbers.set(text, (number = this.tables.push(new Map(seen)) - 1));
      this.texts.push(text);
    }
    return number;
  }
}

function mentionedPortNames(policies: readonly Policy[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const policy of policies) {
    for (const rules of [policy.ingress, policy.egress]) {
      for (const { ports, exceptPorts } of rules) {
        for (const port of ports ?? []) {
          if (port.kind === 'Named') for (const key of namedPortKeys(port)) names.add(key);
        }
        for (const port of exceptPorts ?? []) {
          if (port.kind === 'Named') for (const key of namedPortKeys(port)) names.add(key);
        }
      }
    }
  }
  return names;
}
