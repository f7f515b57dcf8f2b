import type { ClusterModel, Labels, PodColumns, Policy, Selector } from '#model';
import { compareText, labelRequirements, noNode, peerStatements, podColumnsOf, podFlags } from '#model';
import { PairNumbers } from '../sets/pair-numbers.js';
import { type Runs, runsOfAscending } from '../sets/runs.js';
import type { CompileInput } from './compile-input.js';
import type { NodeEnforcement } from './enforcement-view.js';
import { podRoles } from './liveness.js';
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

/** The words of `PodClasses.enforcementOf`, in the order of their numbers. */
export const enforcementWords: readonly NodeEnforcement[] = ['enforced', 'notEnforced', 'unknown'];

/**
 * Cost: linear in the pods, plus the labels of the distinct label sets, plus sorting the classes of each namespace.
 */
export function findPodClasses(input: CompileInput): PodClasses {
  const { model } = input;
  const columns = podColumnsOf(model);
  const labels = projectLabels(columns, mentionedLabels(model));
  const ports = projectPorts(columns, input);
  const enforcement = enforcementByNode(input, columns);
  const roles = podRoles(input);

  const kinds = new PairNumbers();
  const drafts = new PairNumbers();
  const draftOfPod = new Int32Array(columns.length);
  const members: Draft[] = [];
  for (let i = 0; i < columns.length; i++) {
    if (roles[i] !== 'Ordinary') continue;
    const node = columns.node[i];
    const enforced = node === noNode ? enforcementWords.indexOf(input.enforcement.cluster) : enforcement[node];
    const portTable = ports.tableOf[columns.portList[i]];
    const hostNetwork = Number((columns.flags[i] & podFlags.hostNetwork) !== 0);
    const kind = kinds.of(
      labels.projectionOf[columns.labelSet[i]],
      (portTable * enforcementWords.length + enforced) * 2 + hostNetwork,
    );
    const draft = drafts.of(columns.namespace[i], kind);
    draftOfPod[i] = draft;
    if (draft === members.length) {
      const projection = labels.projectionOf[columns.labelSet[i]];
      members.push({
        draft,
        namespace: columns.namespace[i],
        labelSet: columns.labelSet[i],
        projection,
        portTable,
        enforced,
        hostNetwork,
      });
    }
  }
  const sorted = inCanonicalOrder(members, model.namespaces.length, labels.texts, ports.texts);
  const classOfDraft = new Int32Array(members.length);
  sorted.forEach(({ draft }, i) => (classOfDraft[draft] = i + 1));
  const podClass = new Int32Array(columns.length);
  for (let i = 0; i < columns.length; i++) {
    podClass[i] =
      roles[i] === 'Ordinary' ? classOfDraft[draftOfPod[i]] : roles[i] === 'HostNetwork' ? outsideClass : notLive;
  }
  return describe(sorted, podClass, columns, ports.tables, model.namespaces.length);
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
function mentionedLabels(model: ClusterModel): ReadonlyMap<string, Mention> {
  const mentioned = new Map<string, Mention>();
  const mention = (selector: Selector): void => {
    for (const { key, operator, values } of labelRequirements(selector)) {
      let known = mentioned.get(key);
      if (known === undefined) mentioned.set(key, (known = { values: new Set<string>(), everyValue: false }));
      if (operator === 'Contains' || operator === 'StartsWith' || operator === 'EndsWith') known.everyValue = true;
      for (const value of values) known.values.add(value);
    }
  };
  for (const policy of model.policies) {
    mention(policy.subject.pods);
    for (const rules of [policy.ingress, policy.egress]) {
      for (const { peers } of rules) {
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
function projectLabels(
  { labelSets }: PodColumns,
  mentioned: ReadonlyMap<string, Mention>,
): { readonly projectionOf: Uint32Array; readonly texts: readonly string[] } {
  const numbers = new Map<string, number>();
  const projectionOf = Uint32Array.from(labelSets, (labels) => {
    const parts: string[] = [];
    for (const key of Object.keys(labels)) {
      const mention = mentioned.get(key);
      if (mention === undefined) continue;
      const value = labels[key];
      // "=" cannot occur in a key, nor "!" in a value: the text is unambiguous.
      parts.push(mention.everyValue || mention.values.has(value) ? `${key}=${value},` : `${key}=!,`);
    }
    const text = parts.length < 2 ? (parts[0] ?? '') : parts.sort().join('');
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    return number;
  });
  return { projectionOf, texts: [...numbers.keys()] };
}

/** Port lists reduced to the names that policies mention. */
function projectPorts(
  { portLists }: PodColumns,
  { model, semantics }: CompileInput,
): { readonly tableOf: Uint32Array; readonly texts: readonly string[]; readonly tables: readonly NamedPorts[] } {
  const mentioned = mentionedPortNames(model.policies);
  const numbers = new Map<string, number>([['', 0]]);
  const tables: NamedPorts[] = [noNamedPorts];
  const tableOf = Uint32Array.from(portLists, (ports) => {
    const all = [...namedPortsOf(ports, semantics)];
    const seen = all.filter(([name]) => mentioned.has(name)).sort(([a], [b]) => compareText(a, b));
    const text = seen.map(([name, list]) => `${name}:${list.toSorted((a, b) => a - b).join('+')}`).join(',');
    let number = numbers.get(text);
    if (number === undefined) {
      number = tables.push(new Map(seen)) - 1;
      numbers.set(text, number);
    }
    return number;
  });
  return { tableOf, texts: [...numbers.keys()], tables };
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
