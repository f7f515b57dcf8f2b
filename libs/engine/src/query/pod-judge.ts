import type { Family, PodColumns, PortProtocol } from '#model';
import { noNode, podFlags } from '#model';
import { noAddress } from '../compile/address-blocks.js';
import type { NodeEnforcement } from '../compile/enforcement-view.js';
import { notLive, outsideClass } from '../compile/pod-classes.js';
import { isolatedFlag, notUnderstoodFlag, type ReachabilityIndex } from '../compile/reachability-index.js';
import { type ConnectionSetId, type ConnectionSets, type Dimension, dimensions } from '../sets/connection-sets.js';
import { intervalsContain } from '../sets/interval-set.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import type { Cluster } from './cluster.js';
import { joinJudgements } from './judge-pair.js';
import { type FlowWord, type Judgement, judgementOfWords, type SideWords } from './judgement.js';
import type { Reason } from './reason.js';

/** No policy and no index says anything of this pair by itself: ask `judgePair`. */
export const askThePair = -1;

/** Words by their numbers in a code; the last is unknown for a rule's condition, not for an address or a node. */
const words: readonly FlowWord[] = ['denied', 'allowed', 'unknown', 'unknown'];
const undecidableWord = 3;
const enforcements: readonly NodeEnforcement[] = ['enforced', 'notEnforced', 'unknown'];

/** A side in eight bits: its word, what applies to it, whether it is not understood, whether it is ruled; its enforcement. */
const wordBits = 3;
const statusBits = 12;
const appliesStatus = 4;
const isolatedStatus = 8;
const notSubjectStatus = 12;
const notUnderstoodBit = 16;
const ruledBit = 32;
const enforcementShift = 6;
const sideBits = 8;

/** After the codes of two sides come pairs with an end that is not live, then those whose families differ. */
const sourceNotLive = 1 << (2 * sideBits);
const destinationNotLive = sourceNotLive + 1;
const firstJoined = sourceNotLive + 2;

/**
 * Judges single connections between pods that are given by their numbers. It answers for pairs that no exemption
 * concerns (two different pods, and a pod on its node's network only with one on another node) from the index alone,
 * without allocating. The answer is a number; `judgementOf` says what it stands for. Immutable but for what it remembers.
 *
 * Cost of an answer: the two look-ups of a verdict, in each family that both pods have.
 */
export class PodJudge {
  static readonly #judges = new WeakMap<Cluster, PodJudge>();

  /** The one judge of a cluster, made when it is first asked for: linear in the nodes. */
  static of(cluster: Cluster): PodJudge {
    let judge = this.#judges.get(cluster);
    if (judge === undefined) this.#judges.set(cluster, (judge = new PodJudge(cluster)));
    return judge;
  }

  readonly #judgements = new Array<Judgement | undefined>(firstJoined);
  readonly #joined = new PairNumbers();
  /** By node, then for no node: number of its enforcement. */
  readonly #enforcement: Uint8Array;
  readonly #node: Uint32Array;
  readonly #flags: PodColumns['flags'];
  readonly #index: ReachabilityIndex;

  /** Whether something that is not understood may act on the traffic of nodes. */
  readonly #nodesDoubted: boolean;

  constructor({ index, enforcement, lookups }: Cluster) {
    const { node, nodeNames, flags } = lookups.columns();
    const number = (word: NodeEnforcement): number => enforcements.indexOf(word);
    this.#index = index;
    this.#node = node;
    this.#flags = flags;
    this.#nodesDoubted = !lookups.nodeDoubts(enforcement).areNone;
    this.#enforcement = new Uint8Array(nodeNames.length + 1).fill(number(enforcement.cluster));
    if (enforcement.nodes.size > 0) {
      nodeNames.forEach((name, i) => {
        this.#enforcement[i] = number(enforcement.nodes.get(name) ?? enforcement.cluster);
      });
    }
  }

  /**
   * The judgement of one connection, as a number; `askThePair` where this is not the one to ask.
   * @param family null: every family that both pods have
   */
  judge(source: number, destination: number, protocol: PortProtocol, port: number, family: Family | null): number {
    const { podClass, podBlock4, podBlock6 } = this.#index.arrays;
    const from = podClass[source];
    const to = podClass[destination];
    if (from === notLive || to === notLive) return from === notLive ? sourceNotLive : destinationNotLive;
    if (source === destination) return askThePair;
    if ((from === outsideClass || to === outsideClass) && !this.#areOnOtherNodes(source, destination))
      return askThePair;
    const dimension = dimensions.indexOf(protocol as Dimension);
    const has4 = family !== 'IPv6' && podBlock4[source] !== noAddress && podBlock4[destination] !== noAddress;
    const has6 = family !== 'IPv4' && podBlock6[source] !== noAddress && podBlock6[destination] !== noAddress;
    if (has4) {
      const code = this.#code(source, destination, podBlock4, dimension, port);
      if (!has6) return code;
      const other = this.#code(source, destination, podBlock6, dimension, port);
      return code === other ? code : firstJoined + this.#join(code, other);
    }
    return has6 ? this.#code(source, destination, podBlock6, dimension, port) : askThePair;
  }

  /** What a number from `judge` stands for; equal numbers give the same object. */
  judgementOf(number: number): Judgement {
    return (this.#judgements[number] ??=
      number === sourceNotLive
        ? notApplicable('SOURCE_NOT_LIVE')
        : number === destinationNotLive
          ? notApplicable('DESTINATION_NOT_LIVE')
          : judgementOfWords(sideOf(number), sideOf(number >>> sideBits)));
  }

  /** Whether the exemptions of a node, and doubts about it, certainly do not concern a pair. */
  #areOnOtherNodes(source: number, destination: number): boolean {
    const [a, b] = [this.#node[source], this.#node[destination]];
    return a !== b && a !== noNode && b !== noNode && !this.#nodesDoubted;
  }

  #join(code: number, other: number): number {
    const number = this.#joined.of(code, other);
    this.#judgements[firstJoined + number] ??= joinJudgements(
      [this.judgementOf(code), this.judgementOf(other)],
      'FAMILIES_DIFFER',
      'NO_COMMON_FAMILY',
    );
    return number;
  }

  #code(source: number, destination: number, blocks: Uint32Array, dimension: number, port: number): number {
    const { podClass, egressProfile, ingressProfile } = this.#index.arrays;
    const from = podClass[source];
    const to = podClass[destination];
    const undecidable = !this.#isTemplate(source) && !this.#isTemplate(destination);
    const egress =
      from === outsideClass
        ? notSubject
        : this.#side(egressProfile[from], to, blocks[destination], dimension, port, undecidable);
    const ingress =
      to === outsideClass
        ? notSubject
        : this.#side(ingressProfile[to], from, blocks[source], dimension, port, undecidable);
    return egress | this.#enforcementBits(source) | ((ingress | this.#enforcementBits(destination)) << sideBits);
  }

  #side(
    profile: number,
    peerClass: number,
    peerBlock: number,
    dimension: number,
    port: number,
    undecidable: boolean,
  ): number {
    const index = this.#index;
    const flags = index.arrays.profileFlags[profile];
    const status = (flags & isolatedFlag) !== 0 ? isolatedStatus : profile === 0 ? 0 : appliesStatus;
    if ((flags & notUnderstoodFlag) !== 0) return 2 | status | notUnderstoodBit;
    const outcome = index.outcome(profile, peerClass, peerBlock);
    const { outcomes, sets } = index;
    const ruled = outcomes.ruled(outcome);
    const found = status | (ruled !== sets.none && holds(sets, ruled, dimension, port) ? ruledBit : 0);
    if (holds(sets, outcomes.allowed(outcome), dimension, port)) return 1 | found;
    const unknown = outcomes.unknown(outcome);
    if (unknown === sets.none || !holds(sets, unknown, dimension, port)) return found;
    return (undecidable ? undecidableWord : 2) | found;
  }

  #isTemplate(pod: number): boolean {
    return (this.#flags[pod] & podFlags.template) !== 0;
  }

  #enforcementBits(pod: number): number {
    const node = this.#node[pod];
    return this.#enforcement[node === noNode ? this.#enforcement.length - 1 : node] << enforcementShift;
  }
}

/** A pod on its node's network is no subject of any policy: its side allows everything. */
const notSubject = 1 | notSubjectStatus;

function holds(sets: ConnectionSets, id: ConnectionSetId, dimension: number, port: number): boolean {
  return id === sets.all || (id !== sets.none && intervalsContain(sets.get(id)[dimension], port));
}

function notApplicable(reason: Reason): Judgement {
  const word = { verdict: 'notApplicable', reason } as const;
  return { intended: word, effective: word };
}

function sideOf(bits: number): SideWords {
  const intended = words[bits & wordBits];
  const status = bits & statusBits;
  const enforcement = enforcements[(bits >>> enforcementShift) & 3];
  return {
    intended,
    // A denial may hold on the pod's node, not hold, or be in doubt; what is allowed or unknown stays it, but where
    // nothing is enforced.
    effective:
      enforcement === 'notEnforced'
        ? 'allowed'
        : enforcement === 'unknown' && intended === 'denied'
          ? 'unknown'
          : intended,
    isolated: status === isolatedStatus,
    applies: status === isolatedStatus || status === appliesStatus,
    by: (bits & notUnderstoodBit) !== 0 ? 'NotUnderstood' : status === notSubjectStatus ? 'NotSubject' : 'Policies',
    ruled: (bits & ruledBit) !== 0,
    undecidable: (bits & wordBits) === undecidableWord,
  };
}
