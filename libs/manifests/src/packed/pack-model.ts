import { type ClusterModel, type Labels, podColumnsOf } from '#model';
import { writeSections } from './sections.js';

/** Bumped whenever the same objects give another model, another dataplane, or another layout of either. */
export const packedModelVersion = 9;

/**
 * A model as bytes, with what was found out about it (`extra`, plain JSON). Pods lie in columns; the rest, of which
 * there is less, as JSON that is parsed when it is first asked for. Equal models give equal bytes. Cost: linear.
 */
export function packModel(model: ClusterModel, extra: unknown = null): Uint8Array<ArrayBuffer> {
  const { namespaces, nodes, workloads, services, entries, policies, secondaryPolicies, notUnderstood } = model;
  const { components, networkObjects, info } = model;
  const columns = podColumnsOf(model);
  const { owner, workloads: owners } = columns.owners();
  const accounts = new Map<string, number>();
  const serviceAccount = new Uint32Array(columns.length);
  const annotationSets = new Map<string, number>([['{}', 0]]);
  const annotationSet = new Uint32Array(columns.length);
  const names: string[] = [];
  let i = 0;
  for (const pod of model.pods) {
    names.push(pod.name);
    let account = accounts.get(pod.serviceAccount);
    if (account === undefined) accounts.set(pod.serviceAccount, (account = accounts.size));
    annotationSet[i] = numberOf(annotationSets, annotationText(pod.annotations));
    serviceAccount[i++] = account;
  }
  return writeSections(packedModelVersion, {
    extra: JSON.stringify(extra),
    info: JSON.stringify(info),
    namespaces: JSON.stringify(namespaces),
    nodes: JSON.stringify(nodes),
    workloads: JSON.stringify(workloads),
    services: JSON.stringify(services),
    entries: JSON.stringify(entries),
    policies: JSON.stringify(policies),
    secondaryPolicies: JSON.stringify(secondaryPolicies),
    notUnderstood: JSON.stringify(notUnderstood),
    components: JSON.stringify(components),
    networkObjects: JSON.stringify(networkObjects),
    annotationSets: `[${[...annotationSets.keys()].join(',')}]`,
    labelSets: JSON.stringify(columns.labelSets),
    portLists: JSON.stringify(columns.portLists),
    nodeNames: JSON.stringify(columns.nodeNames),
    owners: JSON.stringify(owners),
    serviceAccounts: JSON.stringify([...accounts.keys()]),
    namespace: columns.namespace,
    labelSet: columns.labelSet,
    portList: columns.portList,
    node: columns.node,
    owner,
    serviceAccount,
    annotationSet,
    flags: columns.flags,
    address4: columns.address4,
    address6: columns.address6,
    ...packNames(names),
  });
}

function annotationText(annotations: Labels): string {
  // Most pods share the one empty record.
  for (const _ in annotations) return JSON.stringify(annotations);
  return '{}';
}

function numberOf(numbers: Map<string, number>, text: string): number {
  let number = numbers.get(text);
  if (number === undefined) numbers.set(text, (number = numbers.size));
  return number;
}

/** Names end to end, two bytes for a code unit; name i ends where name i + 1 begins. */
function packNames(names: readonly string[]): { nameStart: Uint32Array; nameUnits: Uint16Array } {
  const nameStart = new Uint32Array(names.length + 1);
  names.forEach((name, i) => (nameStart[i + 1] = nameStart[i] + name.length));
  const nameUnits = new Uint16Array(nameStart[names.length]);
  names.forEach((name, i) => {
    for (let k = 0; k < name.length; k++) nameUnits[nameStart[i] + k] = name.charCodeAt(k);
  });
  return { nameStart, nameUnits };
}
