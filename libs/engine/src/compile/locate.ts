import type { Family } from '#model';
import { noNode, parseAddress, podColumnsOf, podFlags } from '#model';
import { type AddressBlocks, blockOfText, noAddress, unknownBlock } from './address-blocks.js';
import type { CompileInput } from './compile-input.js';
import { clusterFamilies, firstPerFamily } from './liveness.js';
import { notLive, outsideClass } from './pod-classes.js';
import type { IndexArrays } from './reachability-index.js';

/** The address blocks of pods and nodes, as they stand in the index. */
export type Located = Pick<IndexArrays, 'podBlock4' | 'podBlock6' | 'nodeBlock4' | 'nodeBlock6'>;

/** The address blocks of pods and nodes. Cost: a binary search per address. */
export function locate({ model }: CompileInput, blocks: AddressBlocks, podClass: Int32Array): Located {
  const nodeBlock = { IPv4: emptyBlocks(model.nodes.length), IPv6: emptyBlocks(model.nodes.length) };
  for (const [i, node] of model.nodes.entries()) {
    for (const text of firstPerFamily(node.addresses)) nodeBlock[familyOfText(text)][i] = blockOfText(blocks, text);
  }
  const families = clusterFamilies(model);
  const { length, flags, node, address4, address6 } = podColumnsOf(model);
  const podBlock = { IPv4: emptyBlocks(length), IPv6: emptyBlocks(length) };
  const isKnownNode = (number: number): boolean =>
    number < model.nodes.length && (nodeBlock.IPv4[number] !== noAddress || nodeBlock.IPv6[number] !== noAddress);
  for (let i = 0; i < length; i++) {
    if (podClass[i] === notLive) continue;
    const hostNetwork = (flags[i] & podFlags.hostNetwork) !== 0;
    if ((flags[i] & podFlags.template) !== 0) {
      for (const family of families) podBlock[family][i] = unknownBlock[family];
    } else if (hostNetwork && node[i] !== noNode && isKnownNode(node[i])) {
      podBlock.IPv4[i] = nodeBlock.IPv4[node[i]];
      podBlock.IPv6[i] = nodeBlock.IPv6[node[i]];
    } else {
      if ((flags[i] & podFlags.hasIPv4) !== 0) podBlock.IPv4[i] = blocks.blockOf4(address4[i]);
      if ((flags[i] & podFlags.hasIPv6) !== 0) podBlock.IPv6[i] = blocks.blockOf6(wideOf(address6, i));
    }
  }
  return {
    podBlock4: podBlock.IPv4,
    podBlock6: podBlock.IPv6,
    nodeBlock4: nodeBlock.IPv4,
    nodeBlock6: nodeBlock.IPv6,
  };
}

function wideOf(address6: Uint32Array, pod: number): bigint {
  let value = 0n;
  for (let word = 4 * pod; word < 4 * pod + 4; word++) value = (value << 32n) | BigInt(address6[word]);
  return value;
}

function emptyBlocks(length: number): Uint32Array {
  return new Uint32Array(length).fill(noAddress);
}

function familyOfText(text: string): Family {
  return parseAddress(text)?.family ?? 'IPv4';
}

/** Address blocks in which some pod that policies know of has its address; ascending. */
export function blocksWithPods({ podBlock4, podBlock6 }: Located, podClass: Int32Array, blockEnd: number): number[] {
  const found = new Uint8Array(blockEnd);
  for (let pod = 0; pod < podClass.length; pod++) {
    if (podClass[pod] <= outsideClass) continue;
    if (podBlock4[pod] !== noAddress) found[podBlock4[pod]] = 1;
    if (podBlock6[pod] !== noAddress) found[podBlock6[pod]] = 1;
  }
  const blocks: number[] = [];
  for (let block = 0; block < blockEnd; block++) if (found[block] === 1) blocks.push(block);
  return blocks;
}
