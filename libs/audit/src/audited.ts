import { type Cluster, type Runs, SelectorIndex } from '#engine';
import { canonicalText, type Diagnostic, type PodSelection, type Policy, type Selector, selectorMatches } from '#model';
import { PodGroups } from './pod-groups.js';
import type { Selected } from './selected.js';

/**
 * One snapshot under audit: what many checks ask of it is found out once. Selections are looked up through lists of
 * groups by label, each distinct one once, so that no check passes over policies times pods.
 */
export class Audited {
  readonly groups: PodGroups;
  readonly #selectors: SelectorIndex;
  readonly #selected: Selected[] = [];
  readonly #subjects = new Map<Policy, Selected>();
  readonly #namespaces = new Map<Selector, readonly string[]>();
  readonly #namespacesByText = new Map<string, readonly string[]>();

  /** Cost: linear in the pods. */
  constructor(
    readonly cluster: Cluster,
    /** Of the input that the snapshot was read from. */
    readonly diagnostics: readonly Diagnostic[],
  ) {
    this.groups = new PodGroups(cluster);
    this.#selectors = new SelectorIndex(cluster.model, this.groups);
  }

  /** Whom a policy applies to. */
  subject(policy: Policy): Selected {
    let selected = this.#subjects.get(policy);
    if (selected === undefined) this.#subjects.set(policy, (selected = this.select(policy.subject)));
    return selected;
  }

  /** Cost: the pods with a label that the selection asks for, for each distinct selection once. */
  select(selection: PodSelection): Selected {
    const number = this.#selectors.select(selection);
    return (this.#selected[number] ??= this.#summary(this.#selectors.runsOf(number)));
  }

  /** Names of the namespaces that a selector matches. Cost: linear in the namespaces, for each distinct selector once. */
  namespacesOf(selector: Selector): readonly string[] {
    let names = this.#namespaces.get(selector);
    if (names === undefined) {
      const text = canonicalText(selector);
      names = this.#namespacesByText.get(text);
      if (names === undefined) {
        const { namespaces } = this.cluster.model;
        names = namespaces.filter(({ labels }) => selectorMatches(selector, labels)).map(({ name }) => name);
        this.#namespacesByText.set(text, names);
      }
      this.#namespaces.set(selector, names);
    }
    return names;
  }

  /** The first group of pods that policies can select in two lists of groups; -1 where they share none. Cost: linear in both. */
  sharedGroup(a: Runs, b: Runs): number {
    for (let i = 0, j = 0; i < a.length && j < b.length;) {
      const end = Math.min(a[i + 1], b[j + 1]);
      for (let g = Math.max(a[i], b[j]); g < end; g++) if (this.groups.isOrdinary(g)) return g;
      if (a[i + 1] < b[j + 1]) i += 2;
      else j += 2;
    }
    return -1;
  }

  /** A pod by its number, as findings name it. */
  podText(number: number): string | null {
    const pod = number < 0 ? undefined : this.cluster.model.pods.at(number);
    return pod === undefined ? null : `pod:${pod.namespace}/${pod.name}`;
  }

  #summary(groups: Runs): Selected {
    const { ordinaryBefore, onNodeBefore, podOf } = this.groups;
    const found = { ordinary: 0, onNode: 0, firstOrdinary: -1, firstOnNode: -1 };
    for (let i = 0; i < groups.length; i += 2) {
      const [start, end] = [groups[i], groups[i + 1]];
      found.ordinary += ordinaryBefore[end] - ordinaryBefore[start];
      found.onNode += onNodeBefore[end] - onNodeBefore[start];
      for (let g = start; g < end && (found.firstOrdinary < 0 || found.firstOnNode < 0); g++) {
        if (!this.groups.isOrdinary(g)) {
          if (found.firstOnNode < 0) found.firstOnNode = podOf[g];
        } else if (found.firstOrdinary < 0) found.firstOrdinary = podOf[g];
        else if (onNodeBefore[end] === onNodeBefore[g]) break;
      }
    }
    return { groups, ...found };
  }
}
