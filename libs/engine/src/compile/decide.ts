import type { Direction, PolicySemantics } from '#model';
import type { Outcomes } from '../sets/outcomes.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import type { Runs } from '../sets/runs.js';
import type { Sequences } from '../sets/sequences.js';
import type { AddressBlocks } from './address-blocks.js';
import type { LoweredPolicies } from './lower-policies.js';
import type { PodClasses } from './pod-classes.js';
import { ProfileTable } from './profile-table.js';

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

/** What `decide` reads; the parts are made by the stages before it. */
export interface DecideInput {
  readonly classes: PodClasses;
  readonly blocks: AddressBlocks;
  readonly policies: LoweredPolicies;
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
 * Cost: linear in classes × policies that select them, plus, for each distinct list of rules, a sweep over their runs,
 * plus the runs of the rows that ipBlocks widen.
 */
export function decide(input: DecideInput): Decisions {
  const table = new ProfileTable(input);
  return {
    egressProfile: profilesOf('Egress', input, table),
    ingressProfile: profilesOf('Ingress', input, table),
    profiles: table.profiles,
    rows: table.rowTable.rows,
  };
}

/** Walks each class through the policies that apply to it; classes at the same place of the walk share a profile. */
function profilesOf(direction: Direction, input: DecideInput, table: ProfileTable): Uint32Array {
  const { classes, policies, notUnderstood } = input;
  const walk = new PolicyWalk();
  const place = new Uint32Array(classes.end);
  for (const { subject, content } of policies[direction]) {
    for (let i = 0; i < subject.length; i += 2) {
      for (let c = subject[i]; c < subject[i + 1]; c++) place[c] = walk.step(place[c], content);
    }
  }
  const profile = new Uint32Array(classes.end);
  const portsMatterAt: boolean[] = [];
  const ends = new PairNumbers();
  const profileAtEnd: number[] = [];
  for (let c = 1; c < classes.end; c++) {
    const at = place[c];
    portsMatterAt[at] ??= walk.contentsAt(at).some((content) => policies.dependsOnPorts(content));
    // A class with table 0, which has no names, is not told from one to which names mean nothing.
    const portTable = portsMatterAt[at] ? classes.portTableOf[c] : 0;
    const end = ends.of(at, portTable);
    if (end === profileAtEnd.length) {
      const applied = walk
        .contentsAt(at)
        .map((content) => ({ place: policies.placeOf(content), rules: policies.rulesOf(content, portTable) }));
      profileAtEnd.push(table.profileOf(applied));
    }
    profile[c] = profileAtEnd[end];
  }
  for (let i = 0; i < notUnderstood.length; i += 2) {
    for (let c = notUnderstood[i]; c < notUnderstood[i + 1]; c++) profile[c] = table.unknownProfile(profile[c]);
  }
  return profile;
}

/** A trie of policy contents: equal sequences of policies end at the same place. Place 0 is where no policy applies. */
class PolicyWalk {
  readonly #next = new PairNumbers();
  readonly #parent = [0];
  readonly #content = [-1];

  step(place: number, content: number): number {
    const next = this.#next.of(place, content) + 1;
    if (next === this.#parent.length) {
      this.#parent.push(place);
      this.#content.push(content);
    }
    return next;
  }

  contentsAt(place: number): number[] {
    const contents: number[] = [];
    for (let at = place; at !== 0; at = this.#parent[at]) contents.push(this.#content[at]);
    return contents.reverse();
  }
}
