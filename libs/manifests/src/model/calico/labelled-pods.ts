import { type Labels, parseAddress, parseCidr, type Pod, rangeContains } from '#model';
import type { CalicoObjects } from './calico-objects.js';
import { calicoLabels, derivedLabels, endpointLabels, isAccountLabel } from './endpoint-labels.js';
import type { Surroundings } from './surroundings.js';

/** What pods are given. */
export interface WantedLabels extends Pick<Surroundings, 'inherited' | 'nets'> {
  /** Nodes with host endpoints that may stop what goes through. */
  readonly behindHosts: ReadonlySet<string>;
}

/**
 * Pods with the labels by which Calico's policies find them. Pods with equal labels still share one record. Cost: linear
 * in the pods × lists of networks that rules want the own pod in.
 */
export function labelledPods(
  { pods, namespaces, serviceAccounts }: Pick<CalicoObjects, 'pods' | 'namespaces' | 'serviceAccounts'>,
  wanted: WantedLabels,
): Pod[] {
  const keys = [...wanted.inherited].sort();
  const namespaceLabels = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  const dependsOnAccount = keys.some(
    (key) => key === calicoLabels.serviceAccount || key.startsWith(calicoLabels.ofServiceAccount),
  );
  const readsAccount = keys.some(isAccountLabel);
  const derived = new DerivedLabels(wanted);
  const known = new Map<Labels, Map<string, Labels>>();
  return Array.from(pods, (pod) => {
    const { labels, namespace, serviceAccount } = pod;
    const extra = derived.of(pod);
    let byPlace = known.get(labels);
    if (byPlace === undefined) known.set(labels, (byPlace = new Map()));
    const place = `${namespace}/${dependsOnAccount ? serviceAccount : ''} ${extra.text}`;
    let extended = byPlace.get(place);
    if (extended === undefined) {
      const account = readsAccount ? (serviceAccounts.get(`${namespace}/${serviceAccount}`) ?? null) : {};
      const sources = { namespace: namespaceLabels.get(namespace) ?? {}, serviceAccount: account };
      extended = endpointLabels(pod, sources, keys);
      if (extra.text !== '') extended = { ...extended, ...extra.labels };
      byPlace.set(place, extended);
    }
    return extended === labels ? pod : { ...pod, labels: extended };
  });
}

/** Labels that depend on where a pod is and not on what it is called. */
class DerivedLabels {
  readonly #nets: readonly { key: string; holds: (address: string) => boolean }[];
  readonly #behindHosts: ReadonlySet<string>;

  constructor({ nets, behindHosts }: WantedLabels) {
    this.#behindHosts = behindHosts;
    this.#nets = [...nets].map(([key, { cidrs, except }]) => {
      const [inside, outside] = [cidrs, except].map((list) => list.map(parseCidr).filter((range) => range !== null));
      const holds = (text: string): boolean => {
        const address = parseAddress(text);
        if (address === null) return false;
        const isIn = (ranges: typeof inside): boolean => ranges.some((range) => rangeContains(range, address));
        return isIn(inside) && !isIn(outside);
      };
      return { key, holds };
    });
  }

  /** The labels, and a text that tells them apart; empty where there are none. */
  of({ addresses, node, origin, hostNetwork }: Pod): { readonly text: string; readonly labels: Labels } {
    if (this.#nets.length === 0 && this.#behindHosts.size === 0) return none;
    const labels: Record<string, string> = {};
    for (const { key, holds } of this.#nets) {
      if (origin === 'Template') labels[key] = 'maybe';
      else if (addresses.some(holds)) labels[key] = 'yes';
    }
    if (this.#behindHosts.size > 0 && !hostNetwork) {
      if (node !== null && this.#behindHosts.has(node)) labels[derivedLabels.behindHost] = node;
      else if (node === null && origin === 'Template') labels[derivedLabels.behindHost] = '?';
    }
    const text = JSON.stringify(labels);
    return text === '{}' ? none : { text, labels };
  }
}

const none = { text: '', labels: {} } as const;
