import { canonicalText, compareText, type Labels, type Namespace, type Selector, selectorMatches } from '#model';
import type { StoredHostEndpoint, StoredNetworkSet } from '../stored-calico.js';
import { inheritedFromNamespace } from './endpoint-labels.js';

interface Labelled {
  readonly labels: Labels;
  readonly nets: readonly string[];
}

/**
 * Networks that selectors find by labels: NetworkSets with what they inherit from their namespace, GlobalNetworkSets,
 * and the expected addresses of host endpoints.
 */
export class LabelledNets {
  readonly #all: readonly Labelled[];
  readonly #found = new Map<string, readonly string[]>();

  constructor(
    networkSets: readonly StoredNetworkSet[],
    hostEndpoints: readonly StoredHostEndpoint[],
    namespaces: readonly Namespace[],
  ) {
    const labelsOf = new Map(namespaces.map(({ name, labels }) => [name, labels]));
    this.#all = [
      ...networkSets.map(({ metadata: { namespace, labels }, spec }): Labelled => {
        if (namespace === undefined) return { labels, nets: spec.nets };
        const inherited = inheritedFromNamespace(namespace, labelsOf.get(namespace) ?? {});
        return { labels: { ...inherited, ...labels }, nets: spec.nets };
      }),
      ...hostEndpoints.map(({ metadata: { labels }, spec }): Labelled => ({
        labels,
        nets: spec.expectedIPs.map((address) => `${address}/${address.includes(':') ? 128 : 32}`),
      })),
    ];
  }

  get areNone(): boolean {
    return this.#all.length === 0;
  }

  /** The networks of what a selector matches, sorted. Cost: linear in the sets, once for each distinct selector. */
  matching(selector: Selector): readonly string[] {
    const key = canonicalText(selector);
    let nets = this.#found.get(key);
    if (nets === undefined) {
      const all = this.#all.flatMap((one) => (selectorMatches(selector, one.labels) ? one.nets : []));
      nets = [...new Set(all)].sort(compareText);
      this.#found.set(key, nets);
    }
    return nets;
  }
}
