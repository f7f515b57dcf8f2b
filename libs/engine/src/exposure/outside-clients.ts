import type { Family, PortProtocol, Service } from '#model';
import type { Cluster } from '../query/cluster.js';
import { type Asked, judgePair } from '../query/judge-pair.js';
import type { JudgedWord } from '../query/judgement.js';
import { blockOf, type Party, partyOfNode } from '../query/party.js';
import { resolvePeer } from '../query/resolve-peer.js';
import type { ConnectivityQuestion } from '../connectivity/connectivity.js';

/** What is said of one client in one family. */
type FamilyWord = JudgedWord & { readonly family: Family };

/**
 * Everybody outside: one address for each piece of the address space that policies tell apart and that nobody in the cluster
 * has. What is said of them is remembered for pods that cannot be told apart.
 */
export class OutsideClients {
  readonly parties: readonly Party[];
  /** At most two nodes of each group that policies cannot tell apart: one may be the pod's own. */
  readonly #nodes: readonly Party[];
  readonly #known = new Map<string, readonly FamilyWord[]>();

  constructor(
    readonly cluster: Cluster,
    readonly question: Pick<ConnectivityQuestion, 'mode' | 'family'>,
  ) {
    const resolved = resolvePeer(cluster, 'internet', 'from');
    this.parties = resolved.kind === 'Parties' ? resolved.parties : [];
    const groups = new Map<string, Party[]>();
    for (const number of cluster.model.nodes.keys()) {
      const node = partyOfNode(cluster, number);
      const key = (['IPv4', 'IPv6'] as const).map((family) => blockOf(cluster, node, family)).join(' ');
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [node]);
      else if (group.length < 2) group.push(node);
    }
    this.#nodes = [...groups.values()].flat();
  }

  /** What is said of connections of theirs to a pod's port, straight. `alike` is equal for pods that cannot be told apart. */
  straight(pod: Party, alike: number, protocol: PortProtocol, port: number): readonly FamilyWord[] {
    return this.#remembered(`${alike} ${protocol} ${port}`, () =>
      this.parties.flatMap((client) => this.#wordsOf(client, pod, protocol, port)),
    );
  }

  /** The same by way of a Service: the pod may see a node instead of the client (policy semantics 5.1, point 8). */
  through(service: Service, pod: Party, alike: number, protocol: PortProtocol, port: number): readonly FamilyWord[] {
    const straight = this.straight(pod, alike, protocol, port);
    if (service.externalTrafficPolicy === 'Local') return straight;
    const own = pod.node === null ? undefined : this.cluster.lookups.nodeNumber().get(pod.node);
    return this.#remembered(`${alike} ${protocol} ${port} ${own === undefined ? '-' : 'own'} Cluster`, () => {
      const nodes = own === undefined ? this.#nodes : [...this.#nodes, partyOfNode(this.cluster, own)];
      const seen = nodes.flatMap((node) => this.#wordsOf(node, pod, protocol, port));
      return straight.map((word) =>
        seen.every(({ family, verdict }) => family !== word.family || verdict === word.verdict)
          ? word
          : { family: word.family, verdict: 'unknown', reason: 'SOURCE_MAY_BE_TRANSLATED' },
      );
    });
  }

  /** One word for each common family. */
  #wordsOf(client: Party, pod: Party, protocol: PortProtocol, port: number): FamilyWord[] {
    const asked: Asked = { protocol, first: port, last: port };
    const { family, mode } = this.question;
    const manner = { asked, family, viaService: true, twins: false, semantics: null };
    return judgePair(this.cluster, client, pod, manner).families.map((judged) => ({
      ...judged[mode],
      family: judged.pair.family,
    }));
  }

  #remembered(key: string, find: () => readonly FamilyWord[]): readonly FamilyWord[] {
    let words = this.#known.get(key);
    if (words === undefined) this.#known.set(key, (words = find()));
    return words;
  }
}
