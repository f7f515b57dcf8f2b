import { noNode, podColumnsOf } from '#model';
import { firstAddressBlock, noAddress } from '../compile/address-blocks.js';
import type { NodeEnforcement } from '../compile/enforcement-view.js';
import { notLive, outsideClass } from '../compile/pod-classes.js';
import type { ReachabilityIndex } from '../compile/reachability-index.js';
import type { Cluster } from '../query/cluster.js';
import { type AddressEndpoint, makeAddressEndpoints } from './address-endpoints.js';

/**
 * Everything that can take part in a connection, grouped: members of one unit cannot be told apart by the index, nor
 * by what their nodes enforce. Pods come first, by class; then nodes with hostNetwork pods; then the address endpoints
 * in their order. Blocks stand for all blocks that every policy treats alike; `noAddress` means no address in that
 * family.
 */
export interface Units {
  readonly count: number;
  /** One more than the last unit of pods that are subjects. */
  readonly podEnd: number;
  /** One more than the last unit of nodes. */
  readonly nodeEnd: number;
  readonly classOf: Int32Array;
  readonly block4: Uint32Array;
  readonly block6: Uint32Array;
  /** 1 where the unit has an address in the family. */
  readonly has4: Uint8Array;
  readonly has6: Uint8Array;
  /** As numbered in `enforcementWords`. */
  readonly enforcement: Uint8Array;
  /** 1: what its nodes open is in doubt; 2: what they take. Nothing of pods that are subjects. */
  readonly doubt: Uint8Array;
  /** By pod of the model: its unit, -1 where it is not live. */
  readonly ofPod: Int32Array;
  /** By node of the model: its unit, -1 where it has no address. */
  readonly ofNode: Int32Array;
  readonly addressEndpoints: readonly AddressEndpoint[];
  readonly endpointOfBlock: Int32Array;
}

export const enforcementWords: readonly NodeEnforcement[] = ['enforced', 'notEnforced', 'unknown'];

/** Pods in one step: about a millisecond. */
const podsInStep = 8192;

/** In steps. Cost: linear in the pods, the nodes and the block runs of the profiles. */
export function* makeUnits({ index, model, enforcement, lookups }: Cluster): Generator<void, Units> {
  const { podClass, podBlock4, podBlock6, nodeBlock4, nodeBlock6 } = index.arrays;
  const alike = blocksAlike(index);
  const drafts = new Drafts();
  const { node, nodeNames } = podColumnsOf(model);
  const enforcedOn = (name: string): number =>
    enforcementWords.indexOf(enforcement.nodes.get(name) ?? enforcement.cluster);
  const enforcementOfNode = nodeNames.map(enforcedOn);
  const elsewhere = enforcementWords.indexOf(enforcement.cluster);
  const doubts = lookups.nodeDoubts(enforcement);
  const doubtOf = (name: string | null): number =>
    Number(doubts.concern(name, 'Egress')) + 2 * Number(doubts.concern(name, 'Ingress'));
  const doubtOfNode = doubts.areNone ? null : nodeNames.map(doubtOf);
  const draftOf = (pod: number): number => {
    const number = podClass[pod];
    if (number === notLive) return -1;
    const enforced = node[pod] === noNode ? elsewhere : enforcementOfNode[node[pod]];
    const isSubject = doubtOfNode === null || number !== outsideClass;
    const doubt = isSubject ? 0 : node[pod] === noNode ? doubtOf(null) : doubtOfNode[node[pod]];
    return drafts.add(number, alike(podBlock4[pod]), alike(podBlock6[pod]), enforced, doubt);
  };
  const draftOfPod = new Int32Array(podClass.length);
  for (let pod = 0; pod < podClass.length; pod++) {
    draftOfPod[pod] = draftOf(pod);
    if (pod % podsInStep === 0) yield;
  }
  const draftOfNode = Int32Array.from(nodeBlock4, (block4, number) =>
    block4 === noAddress && nodeBlock6[number] === noAddress
      ? -1
      : drafts.add(
          outsideClass,
          alike(block4),
          alike(nodeBlock6[number]),
          enforcedOn(model.nodes[number].name),
          doubtOfNode === null ? 0 : doubtOf(model.nodes[number].name),
        ),
  );
  yield;
  const { endpoints, endpointOfBlock } = yield* makeAddressEndpoints(
    model.policies,
    index.blocks,
    lookups.nodeAddressIndex(),
  );
  yield;
  const { order, unitOf } = drafts.ordered();
  yield;
  const count = order.length + endpoints.length;
  const units = {
    classOf: new Int32Array(count),
    block4: new Uint32Array(count).fill(noAddress),
    block6: new Uint32Array(count).fill(noAddress),
    enforcement: new Uint8Array(count),
    doubt: new Uint8Array(count),
  };
  order.forEach((draft, unit) => {
    units.classOf[unit] = drafts.classes[draft];
    units.block4[unit] = drafts.blocks4[draft];
    units.block6[unit] = drafts.blocks6[draft];
    units.enforcement[unit] = drafts.enforcements[draft];
    units.doubt[unit] = drafts.doubts[draft];
  });
  endpoints.forEach(({ blocks }, i) => {
    units.block4[order.length + i] = blocks.IPv4;
    units.block6[order.length + i] = blocks.IPv6;
  });
  return {
    ...units,
    has4: Uint8Array.from(units.block4, (block) => (block === noAddress ? 0 : 1)),
    has6: Uint8Array.from(units.block6, (block) => (block === noAddress ? 0 : 1)),
    count,
    podEnd: order.filter((draft) => drafts.classes[draft] !== outsideClass).length,
    nodeEnd: order.length,
    ofPod: draftOfPod.map((draft) => (draft < 0 ? -1 : unitOf[draft])),
    ofNode: draftOfNode.map((draft) => (draft < 0 ? -1 : unitOf[draft])),
    addressEndpoints: endpoints,
    endpointOfBlock,
  };
}

/** The first of the blocks that no profile tells from a block; blocks differ where some profile changes its row. */
function blocksAlike(index: ReachabilityIndex): (block: number) => number {
  const { profileOffsets, blockStart } = index.arrays;
  const first = new Uint32Array(Math.max(index.blocks.end, firstAddressBlock));
  for (let profile = 0; profile + 1 < profileOffsets.length; profile++) {
    for (let k = profileOffsets[profile]; k < profileOffsets[profile + 1]; k++) first[blockStart[k]] = blockStart[k];
  }
  for (let block = 1; block < first.length; block++) if (first[block] === 0) first[block] = first[block - 1];
  return (block) => (block === noAddress ? noAddress : first[block]);
}

/** Distinct units as they are met. */
class Drafts {
  readonly classes: number[] = [];
  readonly blocks4: number[] = [];
  readonly blocks6: number[] = [];
  readonly enforcements: number[] = [];
  readonly doubts: number[] = [];
  readonly #places = new Map<number, number>();
  readonly #drafts = new Map<number, number>();

  add(classNumber: number, block4: number, block6: number, enforcement: number, doubt: number): number {
    // Where a unit is and what is enforced there; few distinct ones.
    const shown = (block: number): number => (block === noAddress ? 0 : block + 1);
    const place = this.#number(this.#places, (shown(block4) * 2 ** 24 + shown(block6)) * 16 + doubt * 4 + enforcement);
    const draft = this.#number(this.#drafts, classNumber * 2 ** 26 + place);
    if (draft === this.classes.length) {
      this.classes.push(classNumber);
      this.blocks4.push(block4);
      this.blocks6.push(block6);
      this.enforcements.push(enforcement);
      this.doubts.push(doubt);
    }
    return draft;
  }

  /** Drafts by class, then blocks and enforcement, those outside of every class last; and the place of each. */
  ordered(): { readonly order: readonly number[]; readonly unitOf: Int32Array } {
    const { classes, blocks4, blocks6, enforcements, doubts } = this;
    const rank = (draft: number): number => (classes[draft] === outsideClass ? Infinity : classes[draft]);
    const order = [...classes.keys()].sort((a, b) =>
      rank(a) === rank(b)
        ? blocks4[a] - blocks4[b] ||
          blocks6[a] - blocks6[b] ||
          enforcements[a] - enforcements[b] ||
          doubts[a] - doubts[b]
        : rank(a) - rank(b),
    );
    const unitOf = new Int32Array(order.length);
    order.forEach((draft, unit) => (unitOf[draft] = unit));
    return { order, unitOf };
  }

  #number(numbers: Map<number, number>, key: number): number {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    return number;
  }
}
