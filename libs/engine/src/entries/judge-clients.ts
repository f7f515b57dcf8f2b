import type { EntryPort } from '#model';
import { clientsFor, joinClients } from '../query/clients.js';
import type { Cluster } from '../query/cluster.js';
import { type Asked, joinJudgements, judgePair, type PairJudgement } from '../query/judge-pair.js';
import type { Judgement } from '../query/judgement.js';
import type { Party } from '../query/party.js';
import { doorsOf } from './controller-doors.js';
import type { EntryController } from './entry-controller.js';
import { type EntryManner, mannerFor } from './entry-manner.js';

/** One connection that was judged. */
export interface JudgedHop {
  readonly pair: PairJudgement;
  readonly asked: Asked;
}

/** The way of clients to a controller, at each port. Cost: clients × doors, and × nodes where they may be translated. */
export function judgeClients(
  cluster: Cluster,
  controller: EntryController,
  clients: { readonly parties: readonly Party[]; readonly ports: readonly EntryPort[] },
  manner: EntryManner,
): { readonly judgement: Judgement; readonly pairs: readonly JudgedHop[] } {
  const pairs: JudgedHop[] = [];
  const byPort = clients.ports.map((port) => {
    const doors = doorsOf(cluster, controller, port).map(({ service, party, protocol, port: number }) => {
      const asked: Asked = { protocol, first: number, last: number };
      const seen =
        service === null
          ? clients.parties.map((client) => ({ of: client, as: client }))
          : clientsFor(cluster, service, clients.parties, party);
      const parts = seen.map((client) => {
        const pair = judgePair(cluster, client.as, party, mannerFor(cluster, manner, asked, client.as, party));
        pairs.push({ pair, asked });
        return { client: client.of, pair };
      });
      return joinClients(parts);
    });
    return joinJudgements(doors, 'MEMBERS_DIFFER', 'NO_BACKEND');
  });
  return { judgement: joinJudgements(byPort, 'PORTS_DIFFER', 'NO_LISTENER'), pairs };
}
