import type { Direction, PolicySemantics } from '#model';
import type { Outcomes } from '../sets/outcomes.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import type { Runs } from '../sets/runs.js';
import type { Sequences } from '../sets/sequences.js';
import type { AddressBlocks } from './address-blocks.js';
import type { LoweredDirection, LoweredDirections, Lowering } from './lower-policies.js';
import type { PodClasses } from './pod-classes.js';
import { PolicyWalk } from './policy-walk.js';
import { ProfileTable } from './profile-table.js';
import { SpareFinder } from './spare-finder.js';

/** Profiles and rows; the arrays of the index are made from them at the end. */
export interface Decisions {
  /** By class. */
  readonly egressProfile: Uint32Array;
  readonly ingressProfile: Uint32Array;
  /** By profile: its flags, then start and row of each run over the address blocks. */
  readonly profiles: Sequences;
  /** By row: start and outcome of each run over the classes. */
  readonly rows: Sequences;
}

/** What a `Decider` reads; the parts are made by the stages before it. */
export interface DecideInput {
  readonly classes: PodClasses;
  readonly blocks: AddressBlocks;
  readonly lowering: Lowering;
  readonly semantics: PolicySemantics;
  readonly outcomes: Outcomes;
  /** Blocks in which some pod has its address; ascending, without repetition. */
  readonly podBlocks: readonly number[];
  /** Whether some pod's address in the family is unknown. */
  readonly hasUnknownAddress: Readonly<Record<'IPv4' | 'IPv6', boolean>>;
  /** Classes to which something may apply that is not understood. */
  readonly notUnderstood: Runs;
}

/**
 * Gives every class a profile per direction. Classes to which the same policies apply share a profile. A profile says,
 * for each stretch of address blocks that its own ipBlocks do not tell apart, which row of outcomes over peer classes
 * holds; so classes and addresses are combined only where a profile's ipBlocks cut the range of the pods.
 *
 * It remembers what it has decided: other policies for the same classes cost what differs.
 */
export class Decider {
  readonly #table: ProfileTable;
  readonly #directions: Readonly<Record<Direction, DirectionDecider>>;

  constructor(input: DecideInput) {
    this.#table = new ProfileTable(input);
    this.#directions = {
      Ingress: new DirectionDecider(input, this.#table),
      Egress: new DirectionDecider(input, this.#table),
    };
  }

  get rows(): Sequences {
    return this.#table.rowTable.rows;
  }

  get profiles(): Sequences {
    return this.#table.profiles;
  }

  /**
   * Cost: linear in classes × policies that select them, plus, for each distinct list of rules, a sweep over their runs,
   * plus the runs of the rows that ipBlocks widen. After the first time, only for the classes whose policies differ from
   * those of the last time, plus the number of policies.
   */
  decide({ Ingress, Egress }: LoweredDirections): Decisions {
    return {
      egressProfile: this.#directions.Egress.profilesOf(Egress),
      ingressProfile: this.#directions.Ingress.profilesOf(Ingress),
      profiles: this.profiles,
      rows: this.rows,
    };
  }

  /** Of policies in evaluation order those that each could go without any outcome changing; cost as `SpareFinder`. */
  spare(policies: readonly LoweredDirection[]): ReadonlySet<LoweredDirection> {
    return new SpareFinder(this.#table).find(policies);
  }
}

/** Walks each class through the policies that apply to it; classes at the same place of the walk share a profile. */
class DirectionDecider {
  readonly #walk = new PolicyWalk();
  readonly #ends = new PairNumbers();
  readonly #profileAtEnd: number[] = [];
  readonly #portsMatterAt: boolean[] = [];
  #policies: readonly LoweredDirection[] = [];
  /** Nobody's profile is known at first: that of a class without policies is 0. */
  #profile: Uint32Array;

  constructor(
    readonly input: DecideInput,
    readonly table: ProfileTable,
  ) {
    const { classes, notUnderstood } = input;
    this.#profile = new Uint32Array(classes.end);
    for (let i = 0; i < notUnderstood.length; i += 2) {
      for (let c = notUnderstood[i]; c < notUnderstood[i + 1]; c++) this.#profile[c] = table.unknownProfile(0);
    }
  }

  profilesOf(policies: readonly LoweredDirection[]): Uint32Array {
    const { classes, notUnderstood } = this.input;
    const touched = this.#touchedBy(policies);
    const place = new Uint32Array(classes.end);
    for (const { subject, content } of policies) {
      for (let i = 0; i < subject.length; i += 2) {
        for (let c = subject[i]; c < subject[i + 1]; c++) {
          if (touched[c] === 1) place[c] = this.#walk.step(place[c], content);
        }
      }
    }
    const profile = this.#profile.slice();
    for (let c = 1; c < classes.end; c++) if (touched[c] === 1) profile[c] = this.#profileAt(place[c], c);
    for (let i = 0; i < notUnderstood.length; i += 2) {
      for (let c = notUnderstood[i]; c < notUnderstood[i + 1]; c++) {
        if (touched[c] === 1) profile[c] = this.table.unknownProfile(profile[c]);
      }
    }
    this.#policies = policies;
    this.#profile = profile;
    return profile;
  }

  /** By class: 1 where a policy applies that did not before, or the other way round. */
  #touchedBy(policies: readonly LoweredDirection[]): Uint8Array {
    const touched = new Uint8Array(this.input.classes.end);
    const mark = (those: readonly LoweredDirection[], others: ReadonlySet<LoweredDirection>): void => {
      for (const policy of those) {
        if (others.has(policy)) continue;
        for (let i = 0; i < policy.subject.length; i += 2) touched.fill(1, policy.subject[i], policy.subject[i + 1]);
      }
    };
    mark(policies, new Set(this.#policies));
    mark(this.#policies, new Set(policies));
    return touched;
  }

  #profileAt(place: number, classNumber: number): number {
    const { lowering, classes } = this.input;
    this.#portsMatterAt[place] ??= this.#walk.numbersAt(place).some((content) => lowering.dependsOnPorts(content));
    // Where no rule has a name of a port, it does not matter what names mean.
    const portTable = this.#portsMatterAt[place] ? classes.portTableOf[classNumber] : 0;
    const end = this.#ends.of(place, portTable);
    if (end === this.#profileAtEnd.length) {
      const applied = this.#walk
        .numbersAt(place)
        .map((content) => ({ place: lowering.placeOf(content), rules: lowering.rulesOf(content, portTable) }));
      this.#profileAtEnd.push(this.table.profileOf(applied));
    }
    return this.#profileAtEnd[end];
  }
}
