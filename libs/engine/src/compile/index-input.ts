import type { ContainerPort, Labels } from '#model';
import { canonicalText, compareText } from '#model';
import { clusterFamilies } from './liveness.js';
import { type CompileInput, engineVersion } from './compile-input.js';

/**
 * The text of exactly what a compile reads, line by line: inputs with equal text compile to equal indexes, so its hash
 * names the index. Images, Services, annotations and everything else that no policy looks at are not in it. Cost:
 * linear in the pods and the policies.
 */
export function* indexInput({ model, semantics, enforcement }: CompileInput): Iterable<string> {
  yield `engine ${engineVersion} ${canonicalText(semantics)} ${clusterFamilies(model).join('+')}\n`;
  const nodesApart = [...enforcement.nodes].sort(([a], [b]) => compareText(a, b));
  yield `enforcement ${canonicalText([enforcement.cluster, nodesApart, enforcement.policyEngine])}\n`;
  for (const { name, labels } of model.namespaces) yield `namespace ${name} ${canonicalText(labels)}\n`;
  for (const { name, addresses } of model.nodes) yield `node ${name} ${addresses.join()}\n`;
  const labelText = remembered<Labels>(canonicalText);
  const portText = remembered<readonly ContainerPort[]>((ports) =>
    canonicalText(ports.map(({ name, protocol, port, declaredBy }) => [name, protocol, port, declaredBy])),
  );
  for (const pod of model.pods) {
    const { namespace, name, phase, origin, hostNetwork, node, addresses } = pod;
    yield `pod ${namespace}/${name} ${phase} ${origin} ${hostNetwork} ${node} ${addresses.join()} ${labelText(pod.labels)} ${portText(pod.ports)}\n`;
  }
  for (const policy of model.policies) yield `policy ${canonicalText(policy)}\n`;
  for (const object of model.notUnderstood) yield `notUnderstood ${canonicalText(object)}\n`;
}

/** Equal label sets and port lists are shared objects in a model, so their text is made once. */
function remembered<T extends object>(textOf: (value: T) => string): (value: T) => string {
  const texts = new Map<T, string>();
  return (value) => {
    let text = texts.get(value);
    if (text === undefined) texts.set(value, (text = textOf(value)));
    return text;
  };
}
