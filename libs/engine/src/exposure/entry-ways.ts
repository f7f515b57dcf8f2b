import type { Assumption, Entry } from '#model';
import type { ConnectivityQuestion } from '../connectivity/connectivity.js';
import type { Ends } from '../connectivity/ends.js';
import type { Units } from '../connectivity/units.js';
import { doorsOf } from '../entries/controller-doors.js';
import type { EntryController } from '../entries/entry-controller.js';
import { judgeClients } from '../entries/judge-clients.js';
import { judgeEntry } from '../entries/judge-entry.js';
import type { Cluster } from '../query/cluster.js';
import type { JudgedWord } from '../query/judgement.js';
import type { ExposureWay } from './exposure.js';
import type { Offers } from './offers.js';
import type { OutsideClients } from './outside-clients.js';

/**
 * Adds what Ingresses, Routes and Gateways lead to: clients outside must be let through to the controller, and the controller
 * to the pod. Yields between entries. Cost: that of judging each, and the clients of each controller once.
 */
export function* addEntryWays(
  cluster: Cluster,
  ends: Ends,
  units: Units,
  clients: OutsideClients,
  { mode, family }: ConnectivityQuestion,
  offers: Offers,
  assumptions: Map<string, Assumption>,
): Iterable<null> {
  const manner = { family, semantics: null };
  const ways = new Map<EntryController, Map<string, readonly JudgedWord[]>>();
  for (const entry of cluster.model.entries) {
    if (entry.refusal !== null) continue;
    const { controller, backends } = judgeEntry(cluster, entry, null, manner);
    assumptions.set(controller.assumption.value, controller.assumption);
    let byPorts = ways.get(controller);
    if (byPorts === undefined) ways.set(controller, (byPorts = new Map<string, readonly JudgedWord[]>()));
    const key = entry.ports.map(({ protocol, port }) => `${protocol} ${port}`).join();
    let way = byPorts.get(key);
    if (way === undefined) byPorts.set(key, (way = wayTo(controller, entry)));
    for (const { backend, protocol, pairs } of backends.flatMap(({ members }) => members)) {
      const { podNumber } = backend.party;
      const end = podNumber < 0 ? -1 : ends.ofPod[podNumber];
      if (end < 0) continue;
      const said = pairs.flatMap(({ families }) => families.map((judged) => judged[mode]));
      offers.add(end, wayOf(entry), protocol, backend.port, bothWays(way, said));
    }
    yield null;
  }

  /** What is said of the clients' way to a controller. */
  function wayTo(controller: EntryController, { ports }: Entry): readonly JudgedWord[] {
    if (controller.isStandIn) {
      const { judgement } = judgeClients(cluster, controller, { parties: clients.parties, ports }, manner);
      return wordsOf(judgement[mode]);
    }
    return ports.flatMap((port) =>
      doorsOf(cluster, controller, port).flatMap((door) => {
        const alike = units.ofPod[door.party.podNumber];
        return door.service === null
          ? clients.straight(door.party, alike, door.protocol, door.port)
          : clients.through(door.service, door.party, alike, door.protocol, door.port);
      }),
    );
  }
}

/** `mixed` is allowed for some and not for others. */
function wordsOf(word: JudgedWord): JudgedWord[] {
  if (word.verdict !== 'mixed') return [word];
  return [
    { verdict: 'allowed', reason: word.reason },
    { verdict: 'denied', reason: word.reason },
  ];
}

function bothWays(way: readonly JudgedWord[], behind: readonly JudgedWord[]): JudgedWord[] {
  const order = ['notApplicable', 'denied', 'unknown', 'allowed'];
  const rank = ({ verdict }: JudgedWord): number => order.indexOf(verdict);
  const distinct = [...new Map(way.map((word) => [`${word.verdict} ${word.reason}`, word])).values()];
  return distinct.flatMap((first) => behind.map((second) => (rank(first) < rank(second) ? first : second)));
}

function wayOf({ ref, gateway, hosts }: Entry): ExposureWay {
  return {
    kind: ref.kind,
    namespace: ref.namespace as string,
    name: ref.name,
    ...(gateway === null ? {} : { gateway: `${gateway.namespace}/${gateway.name}` }),
    hosts,
  };
}
