import { canonicalText, compareText, podColumnsOf, podFlags } from '#model';
import { type CompileInput, engineVersion } from './compile-input.js';
import { clusterFamilies } from './liveness.js';
import { speaksOf } from './speaks-of.js';

/** What a compile reads of a pod's flags. */
const readFlags = podFlags.phase | podFlags.hostNetwork | podFlags.template | podFlags.hasIPv4 | podFlags.hasIPv6;

/**
 * Exactly what a compile reads, as texts and bytes: inputs that yield the same compile to equal indexes, so their hash
 * names the index. A model is built with its keys in one order, so that plain JSON will do. Names of pods, images, Services, annotations and everything else that no policy looks at are not in
 * it. Cost: linear in the policies and in the distinct label sets, plus the bytes of the pods' columns.
 */
export function* indexInput({ model, semantics, enforcement }: CompileInput): Iterable<string | Uint8Array> {
  yield `engine ${engineVersion} ${canonicalText(semantics)} ${clusterFamilies(model).join('+')}\n`;
  const nodesApart = [...enforcement.nodes].sort(([a], [b]) => compareText(a, b));
  yield `enforcement ${canonicalText([enforcement.cluster, nodesApart, enforcement.policyEngine])}\n`;
  for (const { name, labels } of model.namespaces) yield `namespace ${name} ${canonicalText(labels)}\n`;
  const readsLabels = speaksOf(model.policies, 'Nodes');
  for (const { name, addresses, labels } of model.nodes) {
    yield `node ${name} ${addresses.join()} ${readsLabels ? canonicalText(labels) : ''}\n`;
  }
  const columns = podColumnsOf(model);
  for (const labels of columns.labelSets) yield `labels ${JSON.stringify(labels)}\n`;
  for (const ports of columns.portLists) {
    yield `ports ${JSON.stringify(ports.map(({ name, protocol, port, declaredBy }) => [name, protocol, port, declaredBy]))}\n`;
  }
  for (const name of columns.nodeNames.slice(model.nodes.length)) yield `node elsewhere ${name}\n`;
  yield `pods ${columns.length}\n`;
  yield bytesOf(columns.flags.map((flags) => flags & readFlags));
  yield bytesOf(columns.namespace);
  yield bytesOf(columns.labelSet);
  yield bytesOf(columns.portList);
  yield bytesOf(columns.node);
  yield bytesOf(columns.address4);
  yield bytesOf(columns.address6);
  for (const policy of model.policies) yield `policy ${JSON.stringify(policy)}\n`;
  for (const object of model.notUnderstood) yield `notUnderstood ${canonicalText(object)}\n`;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
