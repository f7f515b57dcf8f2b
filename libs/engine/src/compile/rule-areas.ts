import type { PeerStatement, PolicySemantics, RulePeer, Tier } from '#model';
import { differenceOfRuns, intersectionOfRuns, type Runs, unionOfRuns } from '../sets/runs.js';
import { Sequences } from '../sets/sequences.js';
import type { RunLists } from '../sets/sweep.js';
import { type AddressBlocks, firstAddressBlock } from './address-blocks.js';
import type { NodeAddresses } from './node-addresses.js';
import { outsideClass, type PodClasses } from './pod-classes.js';
import type { SelectorIndex } from './selector-index.js';

/** Stands for every class, or every address block, the outside included. */
export const everywhere = -1;

/** Peers whose class is in the class list `classes` and whose address block is in the block list `blocks`. */
export interface Area {
  readonly classes: number;
  readonly blocks: number;
  /** False where the peers may be meant or not: it depends on something that a snapshot does not show. */
  readonly certain: boolean;
  readonly atUnknown: AtUnknown;
}

/**
 * Whether an area with a list of blocks holds who is at an address that nobody knows, who is always a pod: as the address
 * may be, never (only what is neither pod nor node is meant), or always (everything but that is meant).
 */
export type AtUnknown = 'Never' | 'ByAddress' | 'Always';

const everyone: readonly Area[] = [{ classes: everywhere, blocks: everywhere, certain: true, atUnknown: 'Always' }];

/** An area before its lists have numbers; null stands for everywhere. */
interface Shape {
  readonly classes: Runs | null;
  readonly blocks: Runs | null;
  readonly certain: boolean;
  readonly atUnknown: AtUnknown;
}

const whole: Shape = { classes: null, blocks: null, certain: true, atUnknown: 'Always' };

/** Turns what rules say of peers into areas; holds the lists of classes and of blocks that the areas speak of. */
export class RuleAreas {
  readonly classLists: RunLists = new Sequences();
  readonly blockLists: RunLists = new Sequences();
  readonly #unions = new Sequences();
  readonly #unionLists: number[] = [];
  readonly #listOfSelection: number[] = [];
  readonly #podListOfSelection: number[] = [];

  constructor(
    readonly classes: PodClasses,
    readonly blocks: AddressBlocks,
    readonly selectors: SelectorIndex,
    readonly nodes: NodeAddresses,
    readonly semantics: PolicySemantics,
  ) {}

  /**
   * The peers of a rule as a union of areas, the certain ones first: all of its selections as one list of classes, all
   * of its addresses as one list of blocks, then what joins these. Cost: linear in the statements and the runs they
   * pick; statements that are joined cost the product of their areas.
   */
  of(peers: readonly RulePeer[] | null, tier: Tier): readonly Area[] {
    if (peers === null) return everyone;
    const areas: Area[] = [];
    const selected: number[] = [];
    const addressed: Runs[] = [];
    const joined: RulePeer[] = [];
    for (const peer of peers) {
      if (peer.kind === 'Pods') selected.push(this.#listOf(this.selectors.select(peer), tier));
      else if (peer.kind === 'Nodes' || (peer.kind === 'Addresses' && !this.#hidesPods(tier))) {
        addressed.push(this.#blocksOf(peer));
      } else joined.push(peer);
    }
    if (selected.length > 0) this.#add(areas, this.#unionOf(selected), everywhere);
    if (addressed.length > 0) {
      this.#add(areas, everywhere, this.blockLists.intern(unionOfRuns(addressed)), true, 'ByAddress');
    }
    if (joined.length > 0) this.#addJoined(areas, joined, tier);
    return areas;
  }

  #addJoined(areas: Area[], peers: readonly RulePeer[], tier: Tier): void {
    const shapes = peers.flatMap((peer) => this.#shapes(peer, tier, true));
    for (const certain of [true, false]) {
      for (const shape of shapes) {
        if (shape.certain !== certain) continue;
        const classes = shape.classes === null ? everywhere : this.classLists.intern(shape.classes);
        const blocks = shape.blocks === null ? everywhere : this.blockLists.intern(shape.blocks);
        this.#add(areas, classes, blocks, certain, shape.atUnknown);
      }
    }
  }

  #add(areas: Area[], classes: number, blocks: number, certain = true, atUnknown: AtUnknown = 'Always'): void {
    if (isEmpty(this.classLists, classes)) return;
    // Without an address that is known there may still be one that nobody knows.
    if (isEmpty(this.blockLists, blocks) && atUnknown !== 'Always') return;
    areas.push({ classes, blocks, certain, atUnknown });
  }

  /** Of a selection, the classes that are pods to a tier: to most, a hostNetwork pod never is (policy semantics 2). */
  podsOf(tier: Tier, selection: number): Runs {
    const selected = this.selectors.runsOf(selection);
    const { hostNetworkClasses } = this.classes;
    return tier.knobs === 'NetworkPolicy' || hostNetworkClasses.length === 0
      ? selected
      : differenceOfRuns(selected, hostNetworkClasses);
  }

  #shapes(peer: RulePeer, tier: Tier, positive: boolean): readonly Shape[] {
    switch (peer.kind) {
      case 'All':
        return positive
          ? peer.of.reduce<readonly Shape[]>((shapes, part) => product(shapes, this.#shapes(part, tier, true)), [whole])
          : peer.of.flatMap((part) => this.#shapes(part, tier, false));
      case 'Not':
        return this.#shapes(peer.of, tier, !positive);
      case 'Pods':
        return this.#ofClasses(this.podsOf(tier, this.selectors.select(peer)), positive);
      case 'Addresses':
        return this.#hidesPods(tier)
          ? this.#ofBoth(this.#atNodes(), this.#blocksOf(peer), positive)
          : this.#ofBlocks(this.#blocksOf(peer), positive);
      case 'Nodes':
        return this.#ofBlocks(this.#blocksOf(peer), positive);
      case 'External': {
        const shapes = this.#ofBoth([outsideClass, outsideClass + 1], this.#blocksOf(peer), positive);
        return shapes.map((shape) =>
          shape.blocks === null ? shape : { ...shape, atUnknown: positive ? 'Never' : 'Always' },
        );
      }
      case 'OwnNode':
        // Pairs of a pod and its own node are not looked up here: they are replayed.
        return positive ? [] : [whole];
      case 'Undecidable':
        return [{ ...whole, certain: false }];
    }
  }

  /** Whether what a tier's rules say of addresses does not concern pods. */
  #hidesPods(tier: Tier): boolean {
    return tier.knobs === 'NetworkPolicy' && this.semantics.podIpInIpBlock === 'no';
  }

  /** Classes of what has the address of a node, which rules about addresses always match. */
  #atNodes(): Runs {
    return unionOfRuns([[outsideClass, outsideClass + 1], this.classes.hostNetworkClasses]);
  }

  #blocksOf(statement: PeerStatement): Runs {
    return this.blocks.blocksOfStatement(statement, this.nodes) ?? [];
  }

  #ofClasses(classes: Runs, positive: boolean): readonly Shape[] {
    return [{ ...whole, classes: positive ? classes : differenceOfRuns([0, this.classes.end], classes) }];
  }

  #ofBlocks(blocks: Runs, positive: boolean): readonly Shape[] {
    const all = [firstAddressBlock, this.blocks.end];
    return [{ ...whole, blocks: positive ? blocks : differenceOfRuns(all, blocks), atUnknown: 'ByAddress' }];
  }

  #ofBoth(classes: Runs, blocks: Runs, positive: boolean): readonly Shape[] {
    const [ofClasses, ofBlocks] = [this.#ofClasses(classes, positive), this.#ofBlocks(blocks, positive)];
    return positive ? product(ofClasses, ofBlocks) : [...ofClasses, ...ofBlocks];
  }

  #listOf(selection: number, tier: Tier): number {
    const lists = tier.knobs === 'NetworkPolicy' ? this.#listOfSelection : this.#podListOfSelection;
    let list = lists[selection] as number | undefined;
    if (list === undefined) lists[selection] = list = this.classLists.intern(this.podsOf(tier, selection));
    return list;
  }

  #unionOf(lists: number[]): number {
    if (lists.length === 1) return lists[0];
    const number = this.#unions.intern(lists.sort((a, b) => a - b));
    if (number === this.#unionLists.length) {
      const { words } = this.classLists;
      const runs = lists.map((list) => words.subarray(this.classLists.start(list), this.classLists.end(list)));
      this.#unionLists.push(this.classLists.intern(unionOfRuns(runs)));
    }
    return this.#unionLists[number];
  }
}

function isEmpty(lists: RunLists, list: number): boolean {
  return list !== everywhere && lists.start(list) === lists.end(list);
}

function product(left: readonly Shape[], right: readonly Shape[]): Shape[] {
  const both = (a: Runs | null, b: Runs | null): Runs | null =>
    a === null ? b : b === null ? a : intersectionOfRuns(a, b);
  return left.flatMap((a) =>
    right.map((b) => ({
      classes: both(a.classes, b.classes),
      blocks: both(a.blocks, b.blocks),
      certain: a.certain && b.certain,
      atUnknown: [a.atUnknown, b.atUnknown].includes('Never')
        ? 'Never'
        : [a.atUnknown, b.atUnknown].includes('ByAddress')
          ? 'ByAddress'
          : 'Always',
    })),
  );
}
