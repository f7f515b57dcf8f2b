import type { Direction } from '#model';
import type { ReachabilityIndex } from '../compile/reachability-index.js';
import type { Cluster } from '../query/cluster.js';
import type { Mode } from '../query/verdict.js';
import type { OutcomeId } from '../sets/outcomes.js';
import { enforcementWords, type Units } from './units.js';

/**
 * What stands at the doors of the units in one direction: units with the same gate say the same to every peer. A gate
 * is a profile as the unit's node enforces it, or one outcome for every peer: of what no policy selects, and of pods
 * on nodes that enforce nothing.
 */
export class Gates {
  /** By unit. */
  readonly of: Uint32Array;
  /** By gate: its profile, -1 where its outcome is constant. */
  readonly #profiles: number[] = [];
  /** By gate: the outcome that every peer gets; only of constant gates. */
  readonly #constants: OutcomeId[] = [];
  /** By gate: whether a denial of the profile is in doubt. */
  readonly #doubted: boolean[] = [];
  readonly #index: ReachabilityIndex;
  readonly #doubtOf: (OutcomeId | undefined)[] = [];

  constructor(cluster: Cluster, units: Units, direction: Direction, mode: Mode) {
    this.#index = cluster.index;
    const numbers = new Map<number, number>();
    const doubted = direction === 'Egress' ? 1 : 2;
    this.of = Uint32Array.from({ length: units.count }, (_, unit) => {
      const enforced = mode === 'intended' ? 'enforced' : enforcementWords[units.enforcement[unit]];
      const { allowAll, unknownAll } = cluster.index.outcomes;
      const isSubject = unit < units.podEnd;
      const isNode = !isSubject && unit < units.nodeEnd;
      const profile = isSubject ? cluster.index.profileOf(direction, units.classOf[unit]) : -1;
      // Host endpoints that are not understood may deny what goes to and from nodes.
      const constant =
        isNode && (units.doubt[unit] & doubted) !== 0 && enforced !== 'notEnforced' ? unknownAll : allowAll;
      const isConstant = !isSubject || enforced === 'notEnforced';
      const key = isConstant ? -1 - constant : profile * enforcementWords.length + enforcementWords.indexOf(enforced);
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = numbers.size));
        this.#profiles.push(isConstant ? -1 : profile);
        this.#constants.push(constant);
        this.#doubted.push(enforced === 'unknown');
      }
      return number;
    });
  }

  get count(): number {
    return this.#profiles.length;
  }

  /** The gate's profile; -1 where it says the same to all. */
  profile(gate: number): number {
    return this.#profiles[gate];
  }

  /** What a gate with a constant outcome says. */
  constant(gate: number): OutcomeId {
    return this.#constants[gate];
  }

  /** What becomes of an outcome of the gate's profile on the nodes behind the gate, wherever it comes from. */
  inForce(gate: number, outcome: OutcomeId): OutcomeId {
    const { outcomes } = this.#index;
    if (!this.#doubted[gate]) return outcomes.plain(outcome);
    return (this.#doubtOf[outcome] ??= outcomes.plain(outcomes.doubted(outcome)));
  }

  /** What the gate says of a peer. Cost: two binary searches. */
  outcome(gate: number, peerClass: number, peerBlock: number): OutcomeId {
    const profile = this.#profiles[gate];
    if (profile < 0) return this.#constants[gate];
    return this.inForce(gate, this.#index.outcome(profile, peerClass, peerBlock));
  }
}
