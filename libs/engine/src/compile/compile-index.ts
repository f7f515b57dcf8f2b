import type { Family, Node } from '#model';
import { parseAddress } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { Outcomes } from '../sets/outcomes.js';
import { type Runs, unionOfRuns } from '../sets/runs.js';
import {
  type AddressBlocks,
  blockOfText,
  cutAddressBlocks,
  noAddress,
  noBlock,
  unknownBlock,
} from './address-blocks.js';
import type { CompileInput } from './compile-input.js';
import { decide, type Decisions } from './decide.js';
import { actsHere } from './not-understood.js';
import { clusterFamilies, firstPerFamily, podAddresses } from './liveness.js';
import { lowerPolicies } from './lower-policies.js';
import { findPodClasses, notLive, outsideClass, type PodClasses } from './pod-classes.js';
import { flattenSets, type IndexArrays, ReachabilityIndex } from './reachability-index.js';
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
  const blocks = timed('address-blocks', () => cutAddressBlocks(model));
  const located = locate(input, blocks, classes.podClass);
  const selectors = timed('selector-index', () => new SelectorIndex(model, classes));
  const policies = timed('lower-policies', () => lowerPolicies(model.policies, classes, blocks, selectors, sets));
  const decisions = timed('decide', () =>
    decide({
      classes,
      blocks,
      policies,
      semantics,
      outcomes,
      podBlocks: blocksWithPods(located, classes.podClass),
      hasUnknownAddress: {
        IPv4: located.podBlock4.includes(unknownBlock.IPv4),
        IPv6: located.podBlock6.includes(unknownBlock.IPv6),
      },
      notUnderstood: classesNotUnderstood(input, classes),
    }),
  );
  const index = timed('pack', () => new ReachabilityIndex(pack(classes, located, decisions, outcomes, blocks)));
  return { index, timings };
}

type Located = Pick<IndexArrays, 'podBlock4' | 'podBlock6' | 'nodeBlock4' | 'nodeBlock6'>;

/** The address blocks of pods and nodes. Cost: a binary search per address. */
function locate({ model, semantics }: CompileInput, blocks: AddressBlocks, podClass: Int32Array): Located {
  const nodes = new Map(model.nodes.map((node): [string, Node] => [node.name, node]));
  const families = clusterFamilies(model);
  const podBlock = { IPv4: emptyBlocks(model.pods.length), IPv6: emptyBlocks(model.pods.length) };
  for (const [i, pod] of model.pods.entries()) {
    if (podClass[i] === notLive) continue;
    if (pod.origin === 'Template') for (const family of families) podBlock[family][i] = unknownBlock[family];
    // A hostNetwork pod has its node's address, which an ipBlock always matches (policy semantics 1.2).
    const matched = pod.hostNetwork || semantics.podIpInIpBlock === 'yes';
    if (pod.origin === 'Template' && !matched) for (const family of families) podBlock[family][i] = noBlock;
    for (const text of podAddresses(pod, pod.node === null ? undefined : nodes.get(pod.node))) {
      podBlock[familyOfText(text)][i] = matched ? blockOfText(blocks, text) : noBlock;
    }
  }
  const nodeBlock = { IPv4: emptyBlocks(model.nodes.length), IPv6: emptyBlocks(model.nodes.length) };
  for (const [i, node] of model.nodes.entries()) {
    for (const text of firstPerFamily(node.addresses)) nodeBlock[familyOfText(text)][i] = blockOfText(blocks, text);
  }
  return {
    podBlock4: podBlock.IPv4,
    podBlock6: podBlock.IPv6,
    nodeBlock4: nodeBlock.IPv4,
    nodeBlock6: nodeBlock.IPv6,
  };
}

function emptyBlocks(length: number): Uint32Array {
  return new Uint32Array(length).fill(noAddress);
}

function familyOfText(text: string): Family {
  return parseAddress(text)?.family ?? 'IPv4';
}

function blocksWithPods({ podBlock4, podBlock6 }: Located, podClass: Int32Array): number[] {
  const found = new Set<number>();
  for (let pod = 0; pod < podClass.length; pod++) {
    if (podClass[pod] <= outsideClass) continue;
    found.add(podBlock4[pod]).add(podBlock6[pod]);
  }
  found.delete(noAddress);
  return [...found].sort((a, b) => a - b);
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

function pack(
  classes: PodClasses,
  located: Located,
  { egressProfile, ingressProfile, profiles, rows }: Decisions,
  outcomes: Outcomes,
  blocks: AddressBlocks,
): IndexArrays {
  const enforcementNumber = { enforced: 0, notEnforced: 1, unknown: 2 };
  const profileRuns = splitRuns(profiles.map((profile) => profile.blocks));
  const rowRuns = splitRuns(rows);
  const outcomeIds = Array.from({ length: outcomes.size }, (_, id) => id);
  return {
    podClass: classes.podClass,
    ...located,
    classEnforcement: Uint8Array.from(classes.enforcementOf, (word) => enforcementNumber[word]),
    egressProfile,
    ingressProfile,
    profileFlags: Uint8Array.from(profiles, ({ flags }) => flags),
    profileOffsets: profileRuns.offsets,
    blockStart: profileRuns.starts,
    blockRow: profileRuns.values,
    rowOffsets: rowRuns.offsets,
    classStart: rowRuns.starts,
    classOutcome: rowRuns.values,
    outcomeAllowed: Uint32Array.from(outcomeIds, (id) => outcomes.allowed(id)),
    outcomeUnknown: Uint32Array.from(outcomeIds, (id) => outcomes.unknown(id)),
    ...flattenSets(outcomes.sets),
    starts4: Uint32Array.from(blocks.starts4),
    starts6: Uint32Array.from(blocks.starts6.flatMap(wordsOf)),
  };
}

function wordsOf(value: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));
}

interface SplitRuns {
  readonly offsets: Uint32Array;
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
}

/** Lists of `start, value, start, value, …` as three arrays. */
function splitRuns(lists: readonly (readonly number[])[]): SplitRuns {
  const total = lists.reduce((sum, list) => sum + list.length / 2, 0);
  const offsets = new Uint32Array(lists.length + 1);
  const starts = new Uint32Array(total);
  const values = new Uint32Array(total);
  let at = 0;
  lists.forEach((list, i) => {
    for (let k = 0; k < list.length; k += 2, at++) {
      starts[at] = list[k];
      values[at] = list[k + 1];
    }
    offsets[i + 1] = at;
  });
  return { offsets, starts, values };
}
