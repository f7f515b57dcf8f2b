import type { Policy } from '#model';
import { canonicalText, patchPodColumns } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { Outcomes } from '../sets/outcomes.js';
import { type Runs, unionOfRuns } from '../sets/runs.js';
import { type AddressBlocks, cutAddressBlocks, rangesSeenBy, unknownBlock } from './address-blocks.js';
import type { CompileInput } from './compile-input.js';
import { Decider } from './decide.js';
import { blocksWithPods, locate, type Located } from './locate.js';
import { Lowering } from './lower-policies.js';
import { NodeAddresses } from './node-addresses.js';
import { actsHere } from './not-understood.js';
import { IndexPacker } from './pack-index.js';
import { PodClassFinder, type PodClasses } from './pod-classes.js';
import { ReachabilityIndex } from './reachability-index.js';
import { RuleAreas } from './rule-areas.js';
import { SelectorIndex } from './selector-index.js';
import { speaksOf } from './speaks-of.js';
import type { Timed } from './stage-timing.js';

/** Numbers in rows that a small state may remember in any case. */
const rowNumbersSpare = 2 ** 18;

/**
 * What a compile has found out, kept for the next one: classes, address blocks, lowered policies, profiles and rows. A
 * model whose pods fit the same classes and whose policies ask for no finer ones is compiled from it at the cost of what
 * differs. What is remembered only grows, up to a bound; whoever keeps states asks for their `bytes`.
 */
export class CompileState {
  readonly #classes: PodClassFinder;
  readonly #nodes: NodeAddresses;
  /** Whether rules spoke of what is neither pod nor node, so that `#nodes` knows the pods. */
  readonly #knowsOutside: boolean;
  readonly #blocks: AddressBlocks;
  #located: Located;
  #podClass: Int32Array;
  readonly #outcomes = new Outcomes(new ConnectionSets());
  readonly #lowering: Lowering;
  readonly #decider: Decider;
  readonly #packer: IndexPacker;
  readonly #hasPods: Uint8Array;
  readonly #hasUnknownAddress: Readonly<Record<'IPv4' | 'IPv6', boolean>>;
  #input: CompileInput;
  /** Rows may double before a state starts again; 0 before the first compile. */
  #rowNumbersMax = 0;

  constructor(input: CompileInput, timed: Timed) {
    const { model, semantics } = input;
    this.#input = input;
    this.#classes = timed('pod-classes', () => new PodClassFinder(input));
    const { classes } = this.#classes;
    this.#podClass = classes.podClass;
    this.#knowsOutside = speaksOf(model.policies, 'External');
    // Pods that nobody asks for would be held as long as the state.
    this.#nodes = new NodeAddresses({ nodes: model.nodes, pods: this.#knowsOutside ? model.pods : [] });
    this.#blocks = timed('address-blocks', () => cutAddressBlocks(rangesSeenBy(model.policies, this.#nodes)));
    this.#located = locate(input, this.#blocks, classes.podClass);
    const podBlocks = blocksWithPods(this.#located, classes.podClass, this.#blocks.end);
    this.#hasPods = new Uint8Array(this.#blocks.end);
    for (const block of podBlocks) this.#hasPods[block] = 1;
    this.#hasUnknownAddress = unknownAddressesIn(this.#located);
    const selectors = timed('selector-index', () => new SelectorIndex(model, classes));
    const areas = new RuleAreas(classes, this.#blocks, selectors, this.#nodes, semantics);
    this.#lowering = new Lowering(areas, this.#outcomes.sets);
    this.#decider = new Decider({
      classes,
      blocks: this.#blocks,
      lowering: this.#lowering,
      semantics,
      outcomes: this.#outcomes,
      podBlocks,
      hasUnknownAddress: this.#hasUnknownAddress,
      notUnderstood: classesNotUnderstood(input, classes),
    });
    this.#packer = new IndexPacker(classes, this.#blocks, this.#outcomes);
  }

  /** Roughly what the state holds, in bytes. */
  get bytes(): number {
    const { classLists, blockLists } = this.#lowering.areas;
    const { rows, profiles } = this.#decider;
    const words = rows.length + profiles.length + classLists.length + blockLists.length;
    return 4 * words + this.#packer.bytes + 64 * this.#podClass.length;
  }

  /** The index of the model that the state was made for. */
  compile({ model }: CompileInput, timed: Timed): ReachabilityIndex {
    return this.#compile(model.policies, this.#podClass, this.#located, timed);
  }

  /**
   * Policies that each could go without any verdict of the model changing; those without subjects are not among them.
   * Nothing is said of policies of pods to which something may apply that is not understood. Cost: as that of a compile.
   */
  sparePolicies(): Policy[] {
    const { policies } = this.#input.model;
    const { Ingress, Egress } = this.#lowering.lower(policies);
    const spare = new Set([...this.#decider.spare(Ingress), ...this.#decider.spare(Egress)]);
    return policies.filter((policy) => {
      const directions = Object.values(this.#lowering.loweredOf(policy)).flat();
      return directions.length > 0 && directions.every((direction) => spare.has(direction));
    });
  }

  /**
   * The index of another input; null where it needs other classes or address blocks, or where too much of what is
   * remembered is of use to nobody any more. Cost: linear in the pods and the
   * policies, with small factors, plus what differs.
   */
  next(input: CompileInput, timed: Timed): ReachabilityIndex | null {
    if (this.#decider.rows.length > this.#rowNumbersMax || !isAlike(input, this.#input)) return null;
    const known = new Set(this.#input.model.policies);
    const other = input.model.policies.filter((policy) => !known.has(policy));
    if (!this.#hasSameOutside(input) || !this.#classes.covers(other)) return null;
    if (!rangesSeenBy(other, this.#nodes).every((range) => this.#blocks.isCutAt(range))) return null;
    const podClass = timed('pod-classes', () => this.#classesOf(input));
    if (podClass === null) return null;
    const located = timed('address-blocks', () => this.#locatedOf(input, podClass));
    const unknown = unknownAddressesIn(located);
    if ((['IPv4', 'IPv6'] as const).some((family) => unknown[family] && !this.#hasUnknownAddress[family])) return null;
    const podBlocks = blocksWithPods(located, podClass, this.#blocks.end);
    if (podBlocks.some((block) => this.#hasPods[block] === 0)) return null;
    this.#input = input;
    this.#podClass = podClass;
    this.#located = located;
    return this.#compile(input.model.policies, podClass, located, timed);
  }

  /**
   * Whether rules about what is neither pod nor node mean the same addresses as when the state was made; what other rules
   * read of nodes is alike anyhow. Cost: linear in the peers, and in the pods where some rule is of that kind.
   */
  #hasSameOutside({ model }: CompileInput): boolean {
    return !speaksOf(model.policies, 'External') || (this.#knowsOutside && this.#nodes.takesTheSame(model));
  }

  #classesOf(input: CompileInput): Int32Array | null {
    if (input.model.pods === this.#input.model.pods) return this.#podClass;
    patchPodColumns(input.model, this.#input.model);
    return this.#classes.find(input);
  }

  #locatedOf(input: CompileInput, podClass: Int32Array): Located {
    return podClass === this.#podClass ? this.#located : locate(input, this.#blocks, podClass);
  }

  #compile(policies: readonly Policy[], podClass: Int32Array, located: Located, timed: Timed): ReachabilityIndex {
    const lowered = timed('lower-policies', () => this.#lowering.lower(policies));
    const decisions = timed('decide', () => this.#decider.decide(lowered));
    if (this.#rowNumbersMax === 0) this.#rowNumbersMax = 2 * decisions.rows.length + rowNumbersSpare;
    return timed('pack', () => new ReachabilityIndex(this.#packer.pack(podClass, located, decisions)));
  }
}

/** Whether two inputs differ in nothing but pods and policies. */
function isAlike(a: CompileInput, b: CompileInput): boolean {
  const texts = ({ semantics, enforcement }: CompileInput): string =>
    canonicalText([semantics, enforcement.cluster, enforcement.policyEngine, [...enforcement.nodes]]);
  return (
    texts(a) === texts(b) &&
    areAlike(a.model.namespaces, b.model.namespaces) &&
    areAlike(a.model.nodes, b.model.nodes) &&
    areAlike(a.model.notUnderstood, b.model.notUnderstood)
  );
}

function areAlike(a: readonly unknown[], b: readonly unknown[]): boolean {
  return (
    a === b ||
    (a.length === b.length && a.every((item, i) => item === b[i] || JSON.stringify(item) === JSON.stringify(b[i])))
  );
}

function unknownAddressesIn({ podBlock4, podBlock6 }: Located): Readonly<Record<'IPv4' | 'IPv6', boolean>> {
  return { IPv4: podBlock4.includes(unknownBlock.IPv4), IPv6: podBlock6.includes(unknownBlock.IPv6) };
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
