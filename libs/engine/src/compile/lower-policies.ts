import type { Action, Direction, Policy, PolicyRule, RulePort, Tier } from '#model';
import { compareObjectRefs } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import { type Runs, unionOfRuns } from '../sets/runs.js';
import { Sequences } from '../sets/sequences.js';
import type { RunLists } from '../sets/sweep.js';
import type { AddressBlocks } from './address-blocks.js';
import type { PodClasses } from './pod-classes.js';
import { hasNamedPort, noNamedPorts, ruleConnections } from './rule-connections.js';
import type { SelectorIndex } from './selector-index.js';

/** Stands for every class, or every address block, the outside included. */
export const everywhere = -1;

/**
 * One rule, or a part of it, in the form that all policy kinds share: it matches a peer whose class is in the class
 * list `classes` and whose address block is in the block list `blocks`.
 */
export interface LoweredRule {
  readonly action: Action;
  readonly connections: ConnectionSetId;
  readonly classes: number;
  readonly blocks: number;
}

/** The subjects of one policy in one direction, and what it says to them. */
export interface LoweredDirection {
  /** Classes the policy applies to. */
  readonly subject: Runs;
  /** Equal numbers say the same thing to equal subjects, from whatever object they come. */
  readonly content: number;
}

/** The policies of a snapshot, lowered, in evaluation order. */
export type LoweredDirections = Readonly<Record<Direction, readonly LoweredDirection[]>>;

/** Tiers by order, policies by order inside a tier, ties by name: the order in which rules are tried. */
export function inEvaluationOrder(policies: readonly Policy[]): readonly Policy[] {
  return policies.toSorted(
    (a, b) => a.tier.order - b.tier.order || a.order - b.order || compareObjectRefs(a.ref, b.ref),
  );
}

interface Content {
  readonly tier: Tier;
  readonly rules: readonly OpenRule[];
  readonly dependsOnPorts: boolean;
}

/** A rule of which the connections may still depend on the subject: `ports` is then a number in `#ports`, else -1. */
interface OpenRule extends LoweredRule {
  readonly ports: number;
}

const actionNumber: Readonly<Record<Action, number>> = { Allow: 0, Deny: 1, Pass: 2, Log: 3 };

/**
 * Turns policies into uniform rules. What it has lowered it remembers, so that lowering a snapshot that differs little
 * costs little. Cost: linear in rules × peers and ports, plus selections.
 */
export class Lowering {
  readonly contents: Content[] = [];
  /** Lists of classes and of address blocks that rules speak of. */
  readonly classLists: RunLists = new Sequences();
  readonly blockLists: RunLists = new Sequences();
  readonly #lowered = new WeakMap<Policy, Readonly<Partial<Record<Direction, LoweredDirection>>>>();
  readonly #contentKeys = new Sequences();
  readonly #tiers = new Map<string, number>();
  readonly #unions = new Sequences();
  readonly #unionLists: number[] = [];
  readonly #listOfSelection: number[] = [];
  readonly #ports: PolicyRule[] = [];
  readonly #portNumbers = new Map<string, number>();
  readonly #portsAtTables = new PairNumbers();
  readonly #connectionsAtTables: ConnectionSetId[] = [];
  readonly #partsAtLists = new PairNumbers();
  readonly #parts: (readonly ConnectionsOfClasses[])[] = [];

  constructor(
    readonly classes: PodClasses,
    readonly blocks: AddressBlocks,
    readonly selectors: SelectorIndex,
    readonly sets: ConnectionSets,
  ) {}

  /** By tier and order, whatever the order they are given in. */
  lower(policies: readonly Policy[]): LoweredDirections {
    const directions: Record<Direction, LoweredDirection[]> = { Ingress: [], Egress: [] };
    for (const policy of inEvaluationOrder(policies)) {
      const { Ingress, Egress } = this.#policy(policy);
      if (Ingress !== undefined) directions.Ingress.push(Ingress);
      if (Egress !== undefined) directions.Egress.push(Egress);
    }
    return directions;
  }

  tierOf(content: number): Tier {
    return this.contents[content].tier;
  }

  /** Whether the rules depend on the named ports of the subject. */
  dependsOnPorts(content: number): boolean {
    return this.contents[content].dependsOnPorts;
  }

  #policy(policy: Policy): Readonly<Partial<Record<Direction, LoweredDirection>>> {
    let lowered = this.#lowered.get(policy);
    if (lowered === undefined) {
      const subject = this.selectors.runsOf(this.selectors.select(policy.subject));
      // A policy without subjects says nothing to anybody.
      const directions = subject.length === 0 ? [] : policy.directions;
      lowered = Object.fromEntries(
        directions.map((direction) => [direction, { subject, content: this.#contentOf(policy, direction) }]),
      );
      this.#lowered.set(policy, lowered);
    }
    return lowered;
  }

  #contentOf({ tier, ingress, egress }: Policy, direction: Direction): number {
    const lowered: OpenRule[] = [];
    for (const rule of direction === 'Ingress' ? ingress : egress) this.#lowerRule(rule, direction, lowered);
    // Under Union neither the order of rules nor their repetition means anything.
    const rules = tier.evaluation === 'Union' ? lowered.sort(compareRules) : lowered;
    const key = [this.#tierNumber(tier)];
    for (const { action, classes, blocks, connections, ports } of rules) {
      key.push(actionNumber[action], classes, blocks, connections, ports);
    }
    const number = this.#contentKeys.intern(key);
    if (number === this.contents.length) {
      this.contents.push({ tier, rules, dependsOnPorts: rules.some(({ ports }) => ports >= 0) });
    }
    return number;
  }

  /** The rules behind a content number, for subjects with a table of named ports (index into `portTables`). */
  rulesOf(content: number, portTable: number): readonly LoweredRule[] {
    const { rules, dependsOnPorts } = this.contents[content];
    if (!dependsOnPorts) return rules;
    return rules.map((rule) =>
      rule.ports < 0 ? rule : { ...rule, connections: this.#connectionsAt(rule.ports, portTable) },
    );
  }

  #tierNumber({ name }: Tier): number {
    let number = this.#tiers.get(name);
    if (number === undefined) this.#tiers.set(name, (number = this.#tiers.size));
    return number;
  }

  /** What the ports of a rule mean on a destination with a table of named ports. */
  #connectionsAt(ports: number, portTable: number): ConnectionSetId {
    const number = this.#portsAtTables.of(ports, portTable);
    if (number === this.#connectionsAtTables.length) {
      const table = this.classes.portTables[portTable];
      this.#connectionsAtTables.push(ruleConnections(this.#ports[ports], table, this.sets));
    }
    return this.#connectionsAtTables[number];
  }

  #portsNumber(rule: PolicyRule): number {
    const key = (rule.ports ?? []).map(portKey).join();
    let number = this.#portNumbers.get(key);
    if (number === undefined) {
      number = this.#ports.push(rule) - 1;
      this.#portNumbers.set(key, number);
    }
    return number;
  }

  #lowerRule(rule: PolicyRule, direction: Direction, into: OpenRule[]): void {
    const { action } = rule;
    const named = hasNamedPort(rule);
    const connections = ruleConnections(rule, noNamedPorts, this.sets);
    // A name is resolved on the destination: the subject of an ingress rule, the peer of an egress rule.
    const ports = named && direction === 'Ingress' ? this.#portsNumber(rule) : -1;
    const speaks = ports >= 0 || connections !== this.sets.none;
    const { classes, blocks } = this.#peersOf(rule);
    const add = (inClasses: number, inBlocks: number): void => {
      if (speaks) into.push({ action, classes: inClasses, blocks: inBlocks, connections, ports });
    };
    if (rule.peers === null) add(everywhere, everywhere);
    if (classes !== null) add(classes, everywhere);
    if (blocks !== null) add(everywhere, blocks);
    if (!named || direction === 'Ingress') return;
    const split = (inClasses: number, inBlocks: number): void => {
      for (const part of this.#byDestination(rule, inClasses)) {
        if (part.connections === connections) continue;
        into.push({ action, classes: part.classes, blocks: inBlocks, connections: part.connections, ports: -1 });
      }
    };
    if (rule.peers === null) split(everywhere, everywhere);
    if (classes !== null) split(classes, everywhere);
    if (blocks !== null) split(everywhere, blocks);
  }

  /** The classes of a list, split by what a rule's ports mean on them. */
  #byDestination(rule: PolicyRule, list: number): readonly ConnectionsOfClasses[] {
    const ports = this.#portsNumber(rule);
    const number = this.#partsAtLists.of(ports, list + 1);
    if (number < this.#parts.length) return this.#parts[number];
    const members = new Map<ConnectionSetId, number[]>();
    const { portTableOf, end } = this.classes;
    const visit = (from: number, to: number): void => {
      for (let c = from; c < to; c++) {
        const connections = this.#connectionsAt(ports, portTableOf[c]);
        const runs = members.get(connections);
        if (runs === undefined) members.set(connections, [c, c + 1]);
        else if (runs[runs.length - 1] === c) runs[runs.length - 1] = c + 1;
        else runs.push(c, c + 1);
      }
    };
    if (list === everywhere) visit(1, end);
    else {
      const runs = this.classLists.words.slice(this.classLists.start(list), this.classLists.end(list));
      for (let i = 0; i < runs.length; i += 2) visit(runs[i], runs[i + 1]);
    }
    const parts = [...members].map(([connections, runs]) => ({ connections, classes: this.classLists.intern(runs) }));
    this.#parts.push(parts);
    return parts;
  }

  /** The peers of a rule: all of its selections as one list of classes, all of its ipBlocks as one list of blocks. */
  #peersOf({ peers }: PolicyRule): { readonly classes: number | null; readonly blocks: number | null } {
    const selected: number[] = [];
    const addressed: Runs[] = [];
    for (const peer of peers ?? []) {
      if (peer.kind === 'Pods') selected.push(this.#listOf(this.selectors.select(peer)));
      else addressed.push(this.blocks.blocksOfPeer(peer));
    }
    const classes = selected.length === 0 ? null : selected.length === 1 ? selected[0] : this.#unionOf(selected);
    const blocks = addressed.length === 0 ? null : this.blockLists.intern(unionOfRuns(addressed));
    return { classes: this.#unlessEmpty(this.classLists, classes), blocks: this.#unlessEmpty(this.blockLists, blocks) };
  }

  #unlessEmpty(lists: RunLists, list: number | null): number | null {
    return list === null || lists.start(list) === lists.end(list) ? null : list;
  }

  #listOf(selection: number): number {
    let list = this.#listOfSelection[selection] as number | undefined;
    if (list === undefined) {
      list = this.classLists.intern(this.selectors.runsOf(selection));
      this.#listOfSelection[selection] = list;
    }
    return list;
  }

  #unionOf(lists: number[]): number {
    const number = this.#unions.intern(lists.sort((a, b) => a - b));
    if (number === this.#unionLists.length) {
      const { words } = this.classLists;
      const runs = lists.map((list) => words.subarray(this.classLists.start(list), this.classLists.end(list)));
      this.#unionLists.push(this.classLists.intern(unionOfRuns(runs)));
    }
    return this.#unionLists[number];
  }
}

interface ConnectionsOfClasses {
  readonly connections: ConnectionSetId;
  /** Number of a list of classes. */
  readonly classes: number;
}

function portKey(port: RulePort): string {
  return port.kind === 'Named' ? `${port.protocol} ${port.name}` : `${port.protocol}/${port.first}-${port.last}`;
}

function compareRules(a: OpenRule, b: OpenRule): number {
  return a.classes - b.classes || a.blocks - b.blocks || a.connections - b.connections || a.ports - b.ports;
}
