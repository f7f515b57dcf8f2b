import { type Cluster, outsideClass } from '#engine';
import { type ContainerPort, type Labels, podFlags } from '#model';

/**
 * Live pods that are alike in namespace, labels, container ports and in whether they are on their node's network, as
 * groups numbered from 1 by namespace. Checks look at groups, of which there are far fewer than pods.
 */
export class PodGroups {
  /** One more than the last group. */
  readonly end: number;
  readonly namespaceOf: Int32Array;
  readonly labelsOf: readonly Labels[];
  /** By namespace: its groups are `namespaceStart[i]` to `namespaceStart[i + 1] - 1`. */
  readonly namespaceStart: Int32Array;
  readonly portsOf: readonly (readonly ContainerPort[])[];
  /** By group: the first of its pods, as a number in the model. */
  readonly podOf: Int32Array;
  /** By pod: its group; 0 for a pod that is not live. */
  readonly groupOf: Int32Array;
  /** By group: how many pods policies can select there are in the groups before it; one entry more than groups. */
  readonly ordinaryBefore: Uint32Array;
  /** The same of pods that they cannot, since they are on their node's network. */
  readonly onNodeBefore: Uint32Array;

  /** Cost: linear in the pods. */
  constructor({ lookups, index, model }: Cluster) {
    const { length, namespace, labelSet, portList, flags, labelSets, portLists } = lookups.columns();
    const { podClass } = index.arrays;
    this.groupOf = new Int32Array(length);
    const namespaceOf = [-1];
    const labelsOf: Labels[] = [{}];
    const portsOf: (readonly ContainerPort[])[] = [[]];
    const podOf = [-1];
    const sizes = [0];
    const onNode = [0];
    // Pods come by namespace.
    let known = new Map<number, number>();
    let last = -1;
    const start = new Int32Array(model.namespaces.length + 1).fill(-1);
    for (let pod = 0; pod < length; pod++) {
      if (podClass[pod] < outsideClass) continue;
      if (namespace[pod] !== last) {
        known = new Map();
        last = namespace[pod];
        start[last] = podOf.length;
      }
      const hostNetwork = Number((flags[pod] & podFlags.hostNetwork) !== 0);
      const key = (labelSet[pod] * portLists.length + portList[pod]) * 2 + hostNetwork;
      let group = known.get(key);
      if (group === undefined) {
        group = podOf.length;
        known.set(key, group);
        namespaceOf.push(namespace[pod]);
        labelsOf.push(labelSets[labelSet[pod]]);
        portsOf.push(portLists[portList[pod]]);
        podOf.push(pod);
        sizes.push(0);
        onNode.push(podClass[pod] === outsideClass ? 1 : 0);
      }
      sizes[group]++;
      this.groupOf[pod] = group;
    }
    this.end = podOf.length;
    start[model.namespaces.length] = this.end;
    for (let n = model.namespaces.length - 1; n >= 0; n--) if (start[n] < 0) start[n] = start[n + 1];
    this.namespaceStart = start;
    this.namespaceOf = Int32Array.from(namespaceOf);
    this.labelsOf = labelsOf;
    this.portsOf = portsOf;
    this.podOf = Int32Array.from(podOf);
    this.ordinaryBefore = new Uint32Array(this.end + 1);
    this.onNodeBefore = new Uint32Array(this.end + 1);
    for (let group = 0; group < this.end; group++) {
      this.ordinaryBefore[group + 1] = this.ordinaryBefore[group] + (onNode[group] === 1 ? 0 : sizes[group]);
      this.onNodeBefore[group + 1] = this.onNodeBefore[group] + (onNode[group] === 1 ? sizes[group] : 0);
    }
  }

  /** Whether policies can select the pods of a group. */
  isOrdinary(group: number): boolean {
    return this.ordinaryBefore[group + 1] > this.ordinaryBefore[group];
  }
}
