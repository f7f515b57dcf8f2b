import type { Family } from '#model';
import { noNode, parseAddress, podColumnsOf, podFlags } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { Outcomes } from '../sets/outcomes.js';
import { type Runs, unionOfRuns } from '../sets/runs.js';
import { type AddressBlocks, blockOfText, cutAddressBlocks, noAddress, unknownBlock } from './address-blocks.js';
import type { CompileInput } from './compile-input.js';
import { decide } from './decide.js';
import { actsHere } from './not-understood.js';
import { clusterFamilies, firstPerFamily } from './liveness.js';
import { lowerPolicies } from './lower-policies.js';
import { NodeAddresses } from './node-addresses.js';
import { findPodClasses, notLive, outsideClass, type PodClasses } from './pod-classes.js';
import { packIndex } from './pack-index.js';
import { type IndexArrays, ReachabilityIndex } from './reachability-index.js';
import { RuleAreas } from './rule-areas.js';
import { SelectorIndex } from './selector-index.js';

/** How long one stage of a compile took. */
export interface StageTiming {
  readonly stage: 'pod-classes' | 'address-blocks' | 'selector-index' | 'lower-policies' | 'decide' | 'pack';
  readonly millis: number;
}

export interface CompiledIndex {
  readonly index: ReachabilityIndex;
  readonly timings: readonly StageTiming[];
}

/**
 * Compiles a model into an index: a pure function of the input and the engine's version. Cost: see the stages; no
 * stage passes over pairs of pods. `clock` gives milliseconds and is only used to time the stages.
 */
export function compileIndex(input: CompileInput, clock: () => number = () => 0): CompiledIndex {
  const timings: StageTiming[] = [];
  const timed = <T>(stage: StageTiming['stage'], work: () => T): T => {
    const begun = clock();
    const result = work();
    timings.push({ stage, millis: clock() - begun });
    return result;
  };
  const { model, semantics } = input;
  const sets = new ConnectionSets();
  const outcomes = new Outcomes(sets);
  const classes = timed('pod-classes', () => findPodClasses(input));
  const nodes = new NodeAddresses(model);
  const blocks = timed('address-blocks', () => cutAddressBlocks(model.policies, nodes));
  const located = locate(input, blocks, classes.podClass);
  const selectors = timed('selector-index', () => new SelectorIndex(model, classes));
  const areas = new RuleAreas(classes, blocks, selectors, nodes, semantics);
  const policies = timed('lower-policies', () => lowerPolicies(model.policies, areas, sets));
  const decisions = timed('decide', () =>
    decide({
      classes,
      blocks,
      policies,
      semantics,
      outcomes,
      podBlocks: blocksWithPods(located, classes.podClass, blocks.end),
      hasUnknownAddress: {
        IPv4: located.podBlock4.includes(unknownBlock.IPv4),
        IPv6: located.podBlock6.includes(unknownBlock.IPv6),
      },
      notUnderstood: classesNotUnderstood(input, classes),
    }),
  );
  const index = timed(
    'pack',
    () => new ReachabilityIndex(packIndex({ classes, located, decisions, outcomes, blocks })),
  );
  return { index, timings };
}

/** The address blocks of pods and nodes, as they stand in the index. */
export type Located = Pick<IndexArrays, 'podBlock4' | 'podBlock6' | 'nodeBlock4' | 'nodeBlock6'>;

/** The address blocks of pods and nodes. Cost: a binary search per address. */
function locate({ model }: CompileInput, blocks: AddressBlocks, podClass: Int32Array): Located {
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
function blocksWithPods({ podBlock4, podBlock6 }: Located, podClass: Int32Array, blockEnd: number): number[] {
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

/** Classes whose traffic an object may change that is not understood. */
function classesNotUnderstood({ model, enforcement }: CompileInput, classes: PodClasses): Runs {
  const numbers = new Map(model.namespaces.map(({ name }, i) => [name, i]));
  const scopes: Runs[] = [[]];
  for (const { scope, ...object } of model.notUnderstood) {
    if (scope.kind !== 'Pods' || !actsHere(object, enforcement)) continue;
    const namespace = scope.namespace === null ? null : numbers.get(scope.namespace);
    if (namespace === undefined) continue;
    const { namespaceStart: start } = classes;
    const [from, to] = namespace === null ? [1, classes.end] : [start[namespace], start[namespace + 1]];
    if (from < to) scopes.push([from, to]);
  }
  return unionOfRuns(scopes);
}
