import type { Entry, EntryBackend, EntryPort, EntryRefusal } from '#model';
import type { Cluster } from '../query/cluster.js';
import { type Asked, joinJudgements, judgePair, type PairJudgement } from '../query/judge-pair.js';
import type { JudgedWord, Judgement } from '../query/judgement.js';
import type { Party } from '../query/party.js';
import type { Reason } from '../query/reason.js';
import type { Backend } from '../query/resolve-service.js';
import { controllerSources } from './controller-sources.js';
import { backendsOf } from './entry-backends.js';
import { controllerOf, type EntryController } from './entry-controller.js';
import { bothHops } from './both-hops.js';
import { type EntryManner, mannerFor } from './entry-manner.js';
import { judgeClients, type JudgedHop } from './judge-clients.js';

/** What became of one entry: the client's way to the controller, and the controller's to each backend. */
export interface JudgedEntry {
  readonly entry: Entry;
  readonly controller: EntryController;
  readonly judgement: Judgement;
  /** Null where nothing is served, or no client was asked about. */
  readonly client: Judgement | null;
  readonly backends: readonly JudgedEntryBackend[];
  /** Everything that was judged: what leads to backends first. */
  readonly pairs: readonly JudgedHop[];
}

export interface JudgedEntryBackend {
  readonly backend: EntryBackend;
  readonly judgement: Judgement;
  readonly members: readonly JudgedMember[];
}

/** One backend of a Service, at one port. */
export interface JudgedMember {
  readonly backend: Backend;
  readonly protocol: EntryBackend['protocol'];
  readonly judgement: Judgement;
  readonly pairs: readonly PairJudgement[];
}

/**
 * Judges the hops of an entry by which policies are passed: client → controller, at the ports asked for, and controller →
 * backends (policy semantics 5.2). Without clients only the latter. Cost: groups of controller pods × backends, plus clients ×
 * groups.
 */
export function judgeEntry(
  cluster: Cluster,
  entry: Entry,
  clients: { readonly parties: readonly Party[]; readonly ports: readonly EntryPort[] } | null,
  manner: EntryManner,
): JudgedEntry {
  const controller = controllerOf(cluster, entry);
  const nothing = { entry, controller, client: null, backends: [], pairs: [] };
  if (entry.refusal !== null) return { ...nothing, judgement: uniform(wordOfRefusal[entry.refusal]) };
  if (clients?.ports.length === 0)
    return { ...nothing, judgement: uniform({ verdict: 'notApplicable', reason: 'NO_LISTENER' }) };
  const backends = entry.backends.map((backend) => judgeBackend(cluster, controller, backend, manner));
  const behind = joinJudgements(
    backends.map(({ judgement }) => judgement),
    'BACKENDS_DIFFER',
    'NO_BACKEND',
  );
  const way = clients === null ? null : judgeClients(cluster, controller, clients, manner);
  const hops = backends.flatMap(({ members }) =>
    members.flatMap(({ backend, protocol, pairs }) =>
      pairs.map((pair): JudgedHop => ({ pair, asked: { protocol, first: backend.port, last: backend.port } })),
    ),
  );
  return {
    entry,
    controller,
    client: way?.judgement ?? null,
    backends,
    judgement: way === null ? behind : bothHops(way.judgement, behind),
    pairs: [...hops, ...(way?.pairs ?? [])],
  };
}

const wordOfRefusal: Readonly<Record<EntryRefusal, JudgedWord>> = {
  NoGateway: { verdict: 'notApplicable', reason: 'NO_GATEWAY' },
  NoParent: { verdict: 'notApplicable', reason: 'NO_GATEWAY' },
  NotAdmitted: { verdict: 'notApplicable', reason: 'ROUTE_NOT_ADMITTED' },
  NoRoute: { verdict: 'notApplicable', reason: 'NO_BACKEND' },
  NotUnderstood: { verdict: 'unknown', reason: 'NOT_UNDERSTOOD' },
};

function judgeBackend(
  cluster: Cluster,
  controller: EntryController,
  backend: EntryBackend,
  manner: EntryManner,
): JudgedEntryBackend {
  const found = backendsOf(cluster, backend);
  if (found.kind === 'None') return { backend, judgement: uniform(found.word), members: [] };
  const members = found.ports.flatMap(({ protocol, backends }) =>
    backends.map((one): JudgedMember => {
      const asked: Asked = { protocol, first: one.port, last: one.port };
      const pairs = controllerSources(cluster, controller, one.party).map((source) =>
        judgePair(cluster, source, one.party, mannerFor(cluster, manner, asked, source)),
      );
      return { backend: one, protocol, pairs, judgement: joinJudgements(pairs, 'MEMBERS_DIFFER', 'NO_BACKEND') };
    }),
  );
  const judgements = members.map(({ judgement }) => judgement);
  return { backend, members, judgement: joinJudgements(judgements, 'BACKENDS_DIFFER', 'NO_BACKEND') };
}

function uniform(word: { verdict: JudgedWord['verdict']; reason: Reason }): Judgement {
  return { intended: word, effective: word };
}
