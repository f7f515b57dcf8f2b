import type { AddressRange, ClusterModel, PeerStatement, Selector } from '#model';
import { canonicalText, formatAddress, parseAddress, parseCidr, selectorMatches } from '#model';

/**
 * The addresses behind what rules say of addresses, of nodes and of everything outside the cluster. Each distinct
 * selector of nodes is evaluated once.
 */
export class NodeAddresses {
  readonly #matching = new Map<string, readonly AddressRange[]>();
  #taken: readonly AddressRange[] | null = null;

  constructor(readonly model: Pick<ClusterModel, 'nodes' | 'pods'>) {}

  /** Every address of the nodes whose labels match. Cost: linear in the nodes, once per selector. */
  matching(selector: Selector): readonly AddressRange[] {
    const key = canonicalText(selector);
    let found = this.#matching.get(key);
    if (found === undefined) {
      found = this.model.nodes
        .filter(({ labels }) => selectorMatches(selector, labels))
        .flatMap(({ addresses }) => addresses.flatMap(rangeOfAddress));
      this.#matching.set(key, found);
    }
    return found;
  }

  /** Addresses of nodes and of live hostNetwork pods: what is neither outside nor an ordinary pod. */
  taken(): readonly AddressRange[] {
    this.#taken ??= [...this.model.nodes, ...hostNetworkPods(this.model)].flatMap(({ addresses }) =>
      addresses.flatMap(rangeOfAddress),
    );
    return this.#taken;
  }

  /** Whether the same addresses are taken in another model. Cost: linear in the nodes and pods. */
  takesTheSame(model: Pick<ClusterModel, 'nodes' | 'pods'>): boolean {
    const [own, other] = [this, new NodeAddresses(model)].map((nodes) =>
      [...new Set(nodes.taken().map(({ first }) => formatAddress(first)))].sort().join(),
    );
    return own === other;
  }

  /** The ranges at whose borders a statement tells addresses apart; none for one that does not look at addresses. */
  rangesOf(statement: PeerStatement): readonly AddressRange[] {
    switch (statement.kind) {
      case 'Addresses':
        return rangesOfCidrs([...statement.cidrs, ...statement.except]);
      case 'Nodes':
        return this.matching(statement.nodes);
      case 'External':
        return this.taken();
      case 'Pods':
      case 'OwnNode':
      case 'Undecidable':
        return [];
    }
  }
}

const rangesOfLists = new WeakMap<readonly string[], readonly AddressRange[]>();

/** The ranges of CIDRs in canonical text; remembered for as long as the list is, since rules are asked again and again. */
export function rangesOfCidrs(cidrs: readonly string[]): readonly AddressRange[] {
  let ranges = rangesOfLists.get(cidrs);
  if (ranges === undefined) rangesOfLists.set(cidrs, (ranges = cidrs.flatMap((cidr) => parseCidr(cidr) ?? [])));
  return ranges;
}

function* hostNetworkPods({ pods }: Pick<ClusterModel, 'pods'>): Iterable<{ addresses: readonly string[] }> {
  for (const pod of pods) if (pod.hostNetwork && pod.phase !== 'Succeeded' && pod.phase !== 'Failed') yield pod;
}

function rangeOfAddress(text: string): AddressRange[] {
  const address = parseAddress(text);
  return address === null ? [] : [{ first: address, last: address } as AddressRange];
}
