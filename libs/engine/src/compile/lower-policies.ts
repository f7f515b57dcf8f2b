import type { Direction, Policy, PolicyRule, Tier } from '#model';
import { compareObjectRefs } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';
import { membersOfRuns, type Runs, runsOfAscending, unionOfRuns } from '../sets/runs.js';
import type { AddressBlocks } from './address-blocks.js';
import type { MatchedRule } from './fold.js';
import type { PodClasses } from './pod-classes.js';
import { hasNamedPort, type NamedPorts, noNamedPorts, ruleConnections } from './rule-connections.js';
import type { SelectorIndex } from './selector-index.js';

/**
 * One rule, or a part of it, in the form that all policy kinds share: it matches a peer whose class is in `classes`
 * and whose address block is in `blocks`. Null means all of them, the outside class included.
 */
export interface LoweredRule extends MatchedRule {
  readonly classes: Runs | null;
  readonly blocks: Runs | null;
}

/** What one policy does in one direction, for subjects whose named ports are those of `subjectPorts`. */
export interface LoweredPolicy {
  readonly tier: Tier;
  readonly rules: readonly LoweredRule[];
}

/** The subjects of one policy in one direction, and what it says to them. */
export interface LoweredDirection {
  /** Classes the policy applies to. */
  readonly subject: Runs;
  /** Equal numbers say the same thing to equal subjects, from whatever object they come. */
  readonly content: number;
}

/** Everything that `decide` needs to know about policies. */
export interface LoweredPolicies {
  readonly Ingress: readonly LoweredDirection[];
  readonly Egress: readonly LoweredDirection[];
  /** By content number: whether the rules depend on the named ports of the subject. */
  readonly dependsOnPorts: readonly boolean[];
  /** The rules behind a content number; for content that depends on ports, those of that subject. */
  policy(content: number, subjectPorts: NamedPorts): LoweredPolicy;
}

/** Turns every policy into uniform rules, by tier and order. Cost: linear in rules × peers, plus selections. */
export function lowerPolicies(
  policies: readonly Policy[],
  classes: PodClasses,
  blocks: AddressBlocks,
  selectors: SelectorIndex,
  sets: ConnectionSets,
): LoweredPolicies {
  const lowering = new Lowering(classes, blocks, selectors, sets);
  const ordered = inEvaluationOrder(policies);
  const direction = (name: Direction): LoweredDirection[] =>
    ordered
      .filter((policy) => policy.directions.includes(name))
      .map((policy) => ({
        subject: selectors.select(policy.subject),
        content: lowering.contentOf(
          policy.tier,
          policy.order,
          name === 'Ingress' ? policy.ingress : policy.egress,
          name,
        ),
      }));
  return {
    Ingress: direction('Ingress'),
    Egress: direction('Egress'),
    dependsOnPorts: lowering.dependsOnPorts,
    policy: (content, subjectPorts) => lowering.policy(content, subjectPorts),
  };
}

/** Tiers by order, policies by order inside a tier, ties by name: the order in which rules are tried. */
export function inEvaluationOrder(policies: readonly Policy[]): readonly Policy[] {
  return policies.toSorted(
    (a, b) => a.tier.order - b.tier.order || a.order - b.order || compareObjectRefs(a.ref, b.ref),
  );
}

interface Content {
  readonly tier: Tier;
  readonly direction: Direction;
  readonly rules: readonly PolicyRule[];
  readonly byPorts: Map<NamedPorts, LoweredPolicy>;
}

class Lowering {
  readonly dependsOnPorts: boolean[] = [];
  readonly #contents: Content[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #classesByPorts = new Map<string, ReadonlyMap<ConnectionSetId, Runs>>();

  constructor(
    readonly classes: PodClasses,
    readonly blocks: AddressBlocks,
    readonly selectors: SelectorIndex,
    readonly sets: ConnectionSets,
  ) {}

  contentOf(tier: Tier, order: number, rules: readonly PolicyRule[], direction: Direction): number {
    // Under Union the order of policies means nothing, so it does not tell their contents apart.
    const place = tier.evaluation === 'Union' ? tier.name : `${tier.name} ${order}`;
    const key = `${direction} ${place} ${JSON.stringify(rules)}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#contents.push({ tier, direction, rules, byPorts: new Map() }) - 1;
      this.#numbers.set(key, number);
      this.dependsOnPorts.push(direction === 'Ingress' && rules.some(hasNamedPort));
    }
    return number;
  }

  policy(number: number, subjectPorts: NamedPorts): LoweredPolicy {
    const content = this.#contents[number];
    const ports = this.dependsOnPorts[number] ? subjectPorts : noNamedPorts;
    let lowered = content.byPorts.get(ports);
    if (lowered === undefined) {
      lowered = {
        tier: content.tier,
        rules: content.rules.flatMap((rule) => this.#lower(rule, content.direction, ports)),
      };
      content.byPorts.set(ports, lowered);
    }
    return lowered;
  }

  #lower(rule: PolicyRule, direction: Direction, subjectPorts: NamedPorts): LoweredRule[] {
    const peers = this.#peersOf(rule);
    const { action } = rule;
    // A name is resolved on the destination: the subject of an ingress rule, the peer of an egress rule.
    if (direction === 'Ingress' || !hasNamedPort(rule)) {
      const connections = ruleConnections(rule, direction === 'Ingress' ? subjectPorts : noNamedPorts, this.sets);
      return peers.map((peer) => ({ ...peer, action, connections }));
    }
    return peers.flatMap((peer) => this.#lowerByDestination(rule, peer));
  }

  /** A rule with named ports, split by what the names mean on the peers. */
  #lowerByDestination(rule: PolicyRule, peer: RulePeers): LoweredRule[] {
    const { action } = rule;
    const withoutNames = ruleConnections(rule, noNamedPorts, this.sets);
    const result: LoweredRule[] = [{ ...peer, action, connections: withoutNames }];
    for (const [connections, classes] of this.#classesByConnections(rule)) {
      if (connections === withoutNames) continue;
      const matching = peer.classes === null ? classes : intersectionOfRuns(classes, peer.classes);
      if (matching.length > 0) result.push({ action, connections, classes: matching, blocks: peer.blocks });
    }
    return result;
  }

  /** Classes grouped by the connections that the rule's ports mean on them. */
  #classesByConnections(rule: PolicyRule): ReadonlyMap<ConnectionSetId, Runs> {
    const key = JSON.stringify(rule.ports);
    const known = this.#classesByPorts.get(key);
    if (known !== undefined) return known;
    const members = new Map<ConnectionSetId, number[]>();
    for (let number = 1; number < this.classes.end; number++) {
      const connections = ruleConnections(rule, this.classes.namedPortsOf[number], this.sets);
      const list = members.get(connections);
      if (list === undefined) members.set(connections, [number]);
      else list.push(number);
    }
    const result = new Map([...members].map(([connections, list]) => [connections, runsOfAscending(list)]));
    this.#classesByPorts.set(key, result);
    return result;
  }

  /** The peers of a rule: all of its selections as one set of classes, all of its ipBlocks as one set of blocks. */
  #peersOf(rule: PolicyRule): RulePeers[] {
    if (rule.peers === null) return [{ classes: null, blocks: null }];
    const selected = rule.peers.flatMap((peer) => (peer.kind === 'Pods' ? [this.selectors.select(peer)] : []));
    const addressed = rule.peers.flatMap((peer) => (peer.kind === 'Addresses' ? [this.blocks.blocksOfPeer(peer)] : []));
    const result: RulePeers[] = [];
    if (selected.length > 0) result.push({ classes: unionOfRuns(selected), blocks: null });
    if (addressed.length > 0) result.push({ classes: null, blocks: unionOfRuns(addressed) });
    return result.filter(({ classes, blocks }) => classes?.length !== 0 && blocks?.length !== 0);
  }
}

interface RulePeers {
  readonly classes: Runs | null;
  readonly blocks: Runs | null;
}

function intersectionOfRuns(a: Runs, b: Runs): Runs {
  const inB = new Set(membersOfRuns(b));
  return runsOfAscending([...membersOfRuns(a)].filter((number) => inB.has(number)));
}
