import {
  type ContainerPort,
  formatAddress,
  hashBasis,
  hashedOnce,
  type Labels,
  type Namespace,
  noNode,
  noOwner,
  type Pod,
  type PodColumns,
  podFlags,
  type PodOwners,
  podPhases,
  type PodSequence,
  type WorkloadRef,
} from '#model';
import type { Sections } from './sections.js';

/** The pods of a packed model: columns where they lie, and a `Pod` for whoever asks for one. */
export class PackedPods implements PodSequence, PodColumns {
  readonly length: number;
  readonly namespace: Uint32Array;
  readonly labelSet: Uint32Array;
  readonly portList: Uint32Array;
  readonly node: Uint32Array;
  readonly flags: Uint16Array;
  readonly address4: Uint32Array;
  readonly address6: Uint32Array;
  readonly serviceAccount: Uint32Array;
  readonly annotationSet: Uint32Array;
  readonly #nameStart: Uint32Array;
  readonly #nameUnits: Uint16Array;
  readonly #parsed = new Map<string, unknown>();

  constructor(
    readonly sections: Sections,
    readonly namespaces: () => readonly Namespace[],
  ) {
    this.namespace = sections.u32('namespace');
    this.labelSet = sections.u32('labelSet');
    this.portList = sections.u32('portList');
    this.node = sections.u32('node');
    this.flags = sections.u16('flags');
    this.address4 = sections.u32('address4');
    this.address6 = sections.u32('address6');
    this.serviceAccount = sections.u32('serviceAccount');
    this.annotationSet = sections.u32('annotationSet');
    this.#nameStart = sections.u32('nameStart');
    this.#nameUnits = sections.u16('nameUnits');
    this.length = this.namespace.length;
  }

  get columns(): PodColumns {
    return this;
  }

  get labelSets(): readonly Labels[] {
    return this.#json('labelSets');
  }

  get portLists(): readonly (readonly ContainerPort[])[] {
    return this.#json('portLists');
  }

  get nodeNames(): readonly string[] {
    return this.#json('nodeNames');
  }

  get annotationSets(): readonly Labels[] {
    return this.#json('annotationSets');
  }

  get serviceAccounts(): readonly string[] {
    return this.#json('serviceAccounts');
  }

  owners(): PodOwners {
    return { owner: this.sections.u32('owner'), workloads: this.#json<readonly WorkloadRef[]>('owners') };
  }

  at(number: number): Pod | undefined {
    return number >= 0 && number < this.length ? new PackedPod(this, number) : undefined;
  }

  *entries(): IterableIterator<[number, Pod]> {
    for (let i = 0; i < this.length; i++) yield [i, new PackedPod(this, i)];
  }

  *[Symbol.iterator](): Iterator<Pod> {
    for (let i = 0; i < this.length; i++) yield new PackedPod(this, i);
  }

  nameOf(pod: number): string {
    return String.fromCharCode(...this.#nameUnits.subarray(this.#nameStart[pod], this.#nameStart[pod + 1]));
  }

  hashName(pod: number): number {
    const end = this.#nameStart[pod + 1];
    let hash = hashBasis;
    for (let i = this.#nameStart[pod]; i < end; i++) hash = hashedOnce(hash, this.#nameUnits[i]);
    return hash;
  }

  isNamed(pod: number, name: string): boolean {
    const start = this.#nameStart[pod];
    if (this.#nameStart[pod + 1] - start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#nameUnits[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  #json<T>(section: string): T {
    let value = this.#parsed.get(section);
    if (value === undefined) this.#parsed.set(section, (value = this.sections.json(section)));
    return value as T;
  }
}

/** One pod, read from the columns when it is asked. */
class PackedPod implements Pod {
  constructor(
    readonly pods: PackedPods,
    readonly number: number,
  ) {}

  get namespace(): string {
    return this.pods.namespaces()[this.pods.namespace[this.number]].name;
  }

  get name(): string {
    return this.pods.nameOf(this.number);
  }

  get labels(): Labels {
    return this.pods.labelSets[this.pods.labelSet[this.number]];
  }

  get addresses(): readonly string[] {
    const { address4, address6 } = this.pods;
    const addresses: string[] = [];
    if (this.#has(podFlags.hasIPv4)) {
      addresses.push(formatAddress({ family: 'IPv4', value: address4[this.number] }));
    }
    if (this.#has(podFlags.hasIPv6)) {
      const words = address6.subarray(4 * this.number, 4 * this.number + 4);
      const value = words.reduce((high, word) => (high << 32n) | BigInt(word), 0n);
      addresses.push(formatAddress({ family: 'IPv6', value }));
    }
    return this.#has(podFlags.IPv6First) ? addresses.reverse() : addresses;
  }

  get node(): string | null {
    const node = this.pods.node[this.number];
    return node === noNode ? null : this.pods.nodeNames[node];
  }

  get hostNetwork(): boolean {
    return this.#has(podFlags.hostNetwork);
  }

  get phase(): Pod['phase'] {
    return podPhases[this.pods.flags[this.number] & podFlags.phase];
  }

  get ready(): boolean {
    return this.#has(podFlags.ready);
  }

  get serviceAccount(): string {
    return this.pods.serviceAccounts[this.pods.serviceAccount[this.number]];
  }

  get annotations(): Labels {
    return this.pods.annotationSets[this.pods.annotationSet[this.number]];
  }

  get ports(): readonly ContainerPort[] {
    return this.pods.portLists[this.pods.portList[this.number]];
  }

  get workload(): WorkloadRef | null {
    const { owner, workloads } = this.pods.owners();
    return owner[this.number] === noOwner ? null : workloads[owner[this.number]];
  }

  get origin(): Pod['origin'] {
    return this.#has(podFlags.template) ? 'Template' : 'Observed';
  }

  #has(flag: number): boolean {
    return (this.pods.flags[this.number] & flag) !== 0;
  }
}
