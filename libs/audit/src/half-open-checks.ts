import {
  isolatedFlag,
  notUnderstoodFlag,
  outsideClass,
  ruleConnections,
  namedPortsOf,
  type ConnectionSetId,
} from '#engine';
import { type Direction, type Finding, type Policy } from '#model';
import type { Audited } from './audited.js';
import { blocksOfPod } from './egress-reach.js';
import { lint } from './lint.js';
import { nameOf, peerPath, type WrittenRule, writtenRules } from './written.js';

/** Pairs of groups that are looked at for one peer of a rule, at most. */
const pairsMax = 1024;

/** Classes of subjects that are looked at for one rule, at most. */
const subjectsMax = 16;

/**
 * Rules that open one side of a connection whose other side is closed: one finding for each rule, with the first pair. It
 * speaks of rules that name pods; one that admits everybody means nobody in particular. Groups are looked at by one of
 * their pods, and each profile is asked about another group once.
 */
export function* halfOpenChecks(audited: Audited): Iterable<Finding> {
  const sides = new Sides(audited);
  for (const policy of audited.cluster.model.policies) {
    for (const written of writtenRules(policy)) {
      if (written.rule.action === 'Allow') yield* ruleFindings(audited, written, policy, sides);
    }
  }
}

function* ruleFindings(audited: Audited, written: WrittenRule, policy: Policy, sides: Sides): Iterable<Finding> {
  const { rule, direction } = written;
  const { groups: subjects } = audited.subject(policy);
  for (const [j, peer] of (rule.peers ?? []).entries()) {
    if (peer.kind !== 'Pods') continue;
    const { namespaces, pods } = peer;
    const namesNobody =
      namespaces.kind === 'Selected' && namespaces.selector.requirements.length === 0 && pods.requirements.length === 0;
    if (namesNobody) continue;
    const pair = sides.halfOpenPair(written, subjects, audited.select(peer).groups);
    if (pair === null) continue;
    const path = peerPath(written, peer, j);
    const [from, to] = direction === 'Egress' ? [pair.subject, pair.peer] : [pair.peer, pair.subject];
    const closed = direction === 'Egress' ? 'ingress' : 'egress';
    const text = `${audited.podText(from)?.slice(4)} to ${audited.podText(to)?.slice(4)}`;
    const message = `${path} of ${nameOf(policy)} allows ${text}, and policies of the other side deny ${closed}`;
    yield lint('HALF_OPEN', message, [policy.ref], {
      path,
      witness: audited.podText(pair.peer),
      subject: audited.podText(pair.subject),
      closed,
    });
    return;
  }
}

/** Two pods, by their numbers. */
interface PodPair {
  readonly subject: number;
  readonly peer: number;
}

class Sides {
  /** Whether some policy may deny without isolating. */
  readonly #knowsDeny: boolean;

  constructor(readonly audited: Audited) {
    this.#knowsDeny = audited.cluster.model.policies.some((policy) =>
      writtenRules(policy).some(({ rule }) => rule.action === 'Deny'),
    );
  }

  /** A pair of which the side of the rule allows some of what the rule says, and the other side denies all of that. */
  halfOpenPair(written: WrittenRule, subjects: ArrayLike<number>, peers: ArrayLike<number>): PodPair | null {
    const { groups, cluster } = this.audited;
    const { index } = cluster;
    const { podClass, profileFlags } = index.arrays;
    const other: Direction = written.direction === 'Egress' ? 'Ingress' : 'Egress';
    const representatives = this.#representatives(subjects);
    const isByName = (written.rule.ports ?? []).some(({ kind }) => kind === 'Named');
    const seen = new Set<string>();
    let pairs = 0;
    for (let i = 0; i < peers.length; i += 2) {
      for (let g = peers[i]; g < peers[i + 1]; g++) {
        const peer = groups.podOf[g];
        if (podClass[peer] <= outsideClass) continue;
        const profile = index.profileOf(other, podClass[peer]);
        const flags = profileFlags[profile];
        // A side that is not isolated is closed by an explicit Deny at most.
        if (profile === 0 || (flags & notUnderstoodFlag) !== 0) continue;
        if ((flags & isolatedFlag) === 0 && !this.#knowsDeny) continue;
        // Only a name of a port means something else on each peer; else the same profile needs no second look.
        const key = isByName ? `${profile} ${g}` : String(profile);
        if (seen.has(key)) continue;
        seen.add(key);
        for (const subject of representatives) {
          if (subject === peer || ++pairs > pairsMax) continue;
          if (this.#isHalfOpen(written, subject, peer, other)) return { subject, peer };
        }
        if (pairs > pairsMax) return null;
      }
    }
    return null;
  }

  /** One pod for each class of subjects. */
  #representatives(subjects: ArrayLike<number>): number[] {
    const { groups, cluster } = this.audited;
    const { podClass } = cluster.index.arrays;
    const found = new Map<number, number>();
    for (let i = 0; i < subjects.length; i += 2) {
      for (let g = subjects[i]; g < subjects[i + 1]; g++) {
        const pod = groups.podOf[g];
        if (podClass[pod] > outsideClass && !found.has(podClass[pod])) found.set(podClass[pod], pod);
        if (found.size >= subjectsMax) return [...found.values()];
      }
    }
    return [...found.values()];
  }

  #isHalfOpen(written: WrittenRule, subject: number, peer: number, other: Direction): boolean {
    const { index, semantics } = this.audited.cluster;
    const { sets } = index;
    const destination = written.direction === 'Egress' ? peer : subject;
    const ports = this.audited.groups.portsOf[this.audited.groups.groupOf[destination]];
    const meant = ruleConnections(written.rule, namedPortsOf(ports, semantics), sets);
    const opened = sets.intersection(meant, this.#possible(written.direction, subject, peer));
    if (opened === sets.none) return false;
    return sets.intersection(opened, this.#possible(other, peer, subject)) === sets.none;
  }

  /** What a pod's side allows, or may allow, of connections with another pod, in any family that both have. */
  #possible(direction: Direction, pod: number, peer: number): ConnectionSetId {
    const { index } = this.audited.cluster;
    const { sets, outcomes } = index;
    const { podClass } = index.arrays;
    const profile = index.profileOf(direction, podClass[pod]);
    return blocksOfPod(this.audited, peer)
      .map((block) => index.outcome(profile, podClass[peer], block))
      .map((outcome) => sets.union(outcomes.allowed(outcome), outcomes.unknown(outcome)))
      .reduce((a, b) => sets.union(a, b), sets.none);
  }
}
