import type { Action, Direction, Policy, PolicyRule, RulePort, Tier } from '#model';
import { compareObjectRefs, compareText, isIsolating } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import type { Runs } from '../sets/runs.js';
import { Sequences } from '../sets/sequences.js';
import type { MatchedRule } from './fold.js';
import type { PodClasses } from './pod-classes.js';
import { type Area, type AtUnknown, everywhere, type RuleAreas } from './rule-areas.js';
import { hasNamedPort, noNamedPorts, ruleConnections } from './rule-connections.js';
import { rulesBySubject } from './rules-by-subject.js';

/** One rule, or a part of it, in the form that all policy kinds share: what it does to the peers of an area. */
export interface LoweredRule extends Area, MatchedRule {}

/** The subjects of one policy in one direction, and what it says to them. */
export interface LoweredDirection {
  /** Classes the policy applies to. */
  readonly subject: Runs;
  /** Equal numbers say the same thing to equal subjects, from whatever object they come. */
  readonly content: number;
}

/** The policies of a snapshot, lowered, in evaluation order. */
export type LoweredDirections = Readonly<Record<Direction, readonly LoweredDirection[]>>;

/** The place of a policy among all. */
export interface PolicyPlace {
  readonly tier: Tier;
  /** Inside the tier; means nothing where its evaluation is `Union`. */
  readonly order: number;
  /** Whether the policy isolates its subjects. */
  readonly isolates: boolean;
}

/**
 * The order in which rules are tried: tiers by order, then name; policies by order inside a tier, and those that tie in
 * the order of the text `name/namespace/kind` (policy semantics 3.2).
 */
export function inEvaluationOrder(policies: readonly Policy[]): readonly Policy[] {
  return policies.toSorted(
    (a, b) =>
      a.tier.order - b.tier.order ||
      compareText(a.tier.name, b.tier.name) ||
      a.order - b.order ||
      (a.tier.ties === 'ByName' && a.tier.evaluation === 'FirstMatch'
        ? compareText(tieName(a), tieName(b))
        : compareObjectRefs(a.ref, b.ref)),
  );
}

function tieName({ ref: { name, namespace, kind } }: Policy): string {
  return `${name}/${namespace ?? ''}/${kind}`;
}

interface Content extends PolicyPlace {
  readonly rules: readonly OpenRule[];
  readonly dependsOnPorts: boolean;
}

/** A rule of which the connections may still depend on the subject: `ports` is then a number in `#ports`, else -1. */
interface OpenRule extends LoweredRule {
  readonly ports: number;
}

const actionNumber: Readonly<Record<Action, number>> = { Allow: 0, Deny: 1, Pass: 2, Log: 3 };
const atUnknownNumber: Readonly<Record<AtUnknown, number>> = { Never: 0, ByAddress: 1, Always: 2 };

/**
 * Turns policies into uniform rules. What it has lowered it remembers, so that lowering a snapshot that differs little
 * costs little. Cost: linear in rules × peers and ports, plus selections.
 */
export class Lowering {
  readonly contents: Content[] = [];
  readonly #classes: PodClasses;
  readonly #lowered = new WeakMap<Policy, LoweredDirections>();
  readonly #contentKeys = new Sequences();
  readonly #places = new Map<string, number>();
  readonly #ports: PolicyRule[] = [];
  readonly #portNumbers = new Map<string, number>();
  readonly #portsAtTables = new PairNumbers();
  readonly #connectionsAtTables: ConnectionSetId[] = [];
  readonly #partsAtLists = new PairNumbers();
  readonly #parts: (readonly ConnectionsOfClasses[])[] = [];

  constructor(
    readonly areas: RuleAreas,
    readonly sets: ConnectionSets,
  ) {
    this.#classes = areas.classes;
  }

  /** By tier and order, whatever the order they are given in. */
  lower(policies: readonly Policy[]): LoweredDirections {
    const directions: Record<Direction, LoweredDirection[]> = { Ingress: [], Egress: [] };
    for (const policy of inEvaluationOrder(policies)) {
      const { Ingress, Egress } = this.loweredOf(policy);
      for (const lowered of Ingress) directions.Ingress.push(lowered);
      for (const lowered of Egress) directions.Egress.push(lowered);
    }
    return directions;
  }

  /** Where the policies with this content stand among all. */
  placeOf(content: number): PolicyPlace {
    return this.contents[content];
  }

  /** Whether the rules depend on the named ports of the subject. */
  dependsOnPorts(content: number): boolean {
    return this.contents[content].dependsOnPorts;
  }

  /** What a policy says in each direction in which it applies to somebody. */
  loweredOf(policy: Policy): LoweredDirections {
    let lowered = this.#lowered.get(policy);
    if (lowered === undefined) {
      const subject = this.areas.podsOf(policy.tier, this.areas.selectors.select(policy.subject));
      // A policy without subjects says nothing to anybody.
      const directions = subject.length === 0 ? [] : policy.directions;
      const parts = (direction: Direction): LoweredDirection[] =>
        directions.includes(direction)
          ? rulesBySubject(subject, direction === 'Ingress' ? policy.ingress : policy.egress, (selector) =>
              this.areas.selectors.runsOf(this.areas.selectors.select({ ...policy.subject, pods: selector })),
            ).map((part) => ({
              subject: part.subject,
              content: this.#contentOf(policy, direction, part.rules),
            }))
          : [];
      lowered = { Ingress: parts('Ingress'), Egress: parts('Egress') };
      this.#lowered.set(policy, lowered);
    }
    return lowered;
  }

  #contentOf(policy: Policy, direction: Direction, own: readonly PolicyRule[]): number {
    const { tier, order } = policy;
    const isolates = isIsolating(policy, direction);
    const lowered: OpenRule[] = [];
    for (const rule of own) this.#lowerRule(rule, tier, direction, lowered);
    // Under Union neither the order of rules nor their repetition means anything.
    const rules = tier.evaluation === 'Union' ? lowered.sort(compareRules) : lowered;
    const key = [2 * this.#placeNumber(tier, order) + Number(isolates)];
    for (const { action, certain, atUnknown, classes, blocks, connections, ports } of rules) {
      const kind = actionNumber[action] * 8 + Number(certain) * 4 + atUnknownNumber[atUnknown];
      key.push(kind, classes, blocks, connections, ports);
    }
    const number = this.#contentKeys.intern(key);
    if (number === this.contents.length) {
      this.contents.push({ tier, order, isolates, rules, dependsOnPorts: rules.some(({ ports }) => ports >= 0) });
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

  /** Under Union the order of policies means nothing, so it does not tell their contents apart. */
  #placeNumber({ name, evaluation }: Tier, order: number): number {
    const key = evaluation === 'Union' ? name : `${name} ${order}`;
    let number = this.#places.get(key);
    if (number === undefined) this.#places.set(key, (number = this.#places.size));
    return number;
  }

  /** What the ports of a rule mean on a destination with a table of named ports. */
  #connectionsAt(ports: number, portTable: number): ConnectionSetId {
    const number = this.#portsAtTables.of(ports, portTable);
    if (number === this.#connectionsAtTables.length) {
      const table = this.#classes.portTables[portTable];
      this.#connectionsAtTables.push(ruleConnections(this.#ports[ports], table, this.sets));
    }
    return this.#connectionsAtTables[number];
  }

  #portsNumber(rule: PolicyRule): number {
    const key = [rule.ports, rule.exceptPorts ?? []]
      .map((ports) => ports?.map(portKey).join() ?? 'all')
      .join(' except ');
    let number = this.#portNumbers.get(key);
    if (number === undefined) {
      number = this.#ports.push(rule) - 1;
      this.#portNumbers.set(key, number);
    }
    return number;
  }

  #lowerRule(rule: PolicyRule, tier: Tier, direction: Direction, into: OpenRule[]): void {
    const { action } = rule;
    const named = hasNamedPort(rule);
    const connections = ruleConnections(rule, noNamedPorts, this.sets);
    // A name is resolved on the destination: the subject of an ingress rule, the peer of an egress rule.
    const ports = named && direction === 'Ingress' ? this.#portsNumber(rule) : -1;
    const splits = named && direction === 'Egress';
    // What names add is split off by destination; where names are excepted, everything is.
    const whole = (ports >= 0 || connections !== this.sets.none) && !(splits && rule.exceptPorts !== undefined);
    for (const { classes, blocks, certain, atUnknown } of this.areas.of(rule.peers, tier)) {
      if (whole) into.push({ action, classes, blocks, certain, atUnknown, connections, ports });
      if (!splits) continue;
      for (const part of this.#byDestination(rule, classes)) {
        const isKnown = part.connections === this.sets.none || (whole && part.connections === connections);
        if (!isKnown) into.push({ action, blocks, certain, atUnknown, ...part, ports: -1 });
      }
    }
  }

  /** The classes of a list, split by what a rule's ports mean on them. */
  #byDestination(rule: PolicyRule, list: number): readonly ConnectionsOfClasses[] {
    const ports = this.#portsNumber(rule);
    const number = this.#partsAtLists.of(ports, list + 1);
    if (number < this.#parts.length) return this.#parts[number];
    const members = new Map<ConnectionSetId, number[]>();
    const { portTableOf, end } = this.#classes;
    const visit = (from: number, to: number): void => {
      for (let c = from; c < to; c++) {
        const connections = this.#connectionsAt(ports, portTableOf[c]);
        const runs = members.get(connections);
        if (runs === undefined) members.set(connections, [c, c + 1]);
        else if (runs[runs.length - 1] === c) runs[runs.length - 1] = c + 1;
        else runs.push(c, c + 1);
      }
    };
    if (list === everywhere) visit(0, end);
    else {
      const { classLists } = this.areas;
      const runs = classLists.words.slice(classLists.start(list), classLists.end(list));
      for (let i = 0; i < runs.length; i += 2) visit(runs[i], runs[i + 1]);
    }
    const parts = [...members].map(([connections, runs]) => ({
      connections,
      classes: this.areas.classLists.intern(runs),
    }));
    this.#parts.push(parts);
    return parts;
  }
}

interface ConnectionsOfClasses {
  readonly connections: ConnectionSetId;
  /** Number of a list of classes. */
  readonly classes: number;
}

function portKey(port: RulePort): string {
  switch (port.kind) {
    case 'Range':
      return `${port.protocol}/${port.first}-${port.last}`;
    case 'Named':
      return `${port.protocol} ${port.name}`;
    case 'Icmp':
      return `ICMP ${port.family} ${port.type} ${port.code}`;
    case 'Protocol':
      return `protocol ${port.number}`;
  }
}

function compareRules(a: OpenRule, b: OpenRule): number {
  return (
    actionNumber[a.action] - actionNumber[b.action] ||
    a.classes - b.classes ||
    a.blocks - b.blocks ||
    a.connections - b.connections ||
    a.ports - b.ports
  );
}
