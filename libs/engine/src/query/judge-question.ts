import type { PolicySemantics } from '#model';
import { QuestionError } from '#model';
import { bothHops } from '../entries/both-hops.js';
import { mannerFor } from '../entries/entry-manner.js';
import { type JudgedEntry, judgeEntry } from '../entries/judge-entry.js';
import { standInAddress } from '../entries/stand-ins.js';
import { namedPortsOf } from '../compile/rule-connections.js';
import { behindNode, type BehindNode } from './behind-node.js';
import { clientsOf, joinClients } from './clients.js';
import type { Cluster } from './cluster.js';
import { type Asked, joinJudgements, judgePair, type Manner, type PairJudgement } from './judge-pair.js';
import type { Judgement } from './judgement.js';
import { judgeSets, type SetJudgement } from './judge-sets.js';
import type { Party } from './party.js';
import type { Reason } from './reason.js';
import { type Resolved, resolvePeer } from './resolve-peer.js';
import { askedServicePorts, type AskedServicePort, type Backend } from './resolve-service.js';
import type { PortQuestion, VerdictQuestion, VerdictWord } from './verdict.js';

/** Everything that was found out about a question; `answerVerdict` turns it into words. */
export interface Judged {
  readonly from: Resolved;
  readonly to: Resolved;
  readonly judgement: Judgement;
  /** Judged pairs that stand for the answer: the pair itself, one for each backend, or one for each word of a set. */
  readonly pairs: readonly { readonly pair: PairJudgement; readonly asked: Asked }[];
  readonly set: SetJudgement | null;
  readonly ports: readonly JudgedServicePort[] | null;
  readonly entries: readonly JudgedEntry[] | null;
  readonly semantics: PolicySemantics;
}

export interface JudgedServicePort {
  readonly protocol: string;
  readonly port: number;
  readonly judgement: Judgement;
  readonly backends: readonly JudgedBackend[];
}

interface JudgedBackend {
  readonly backend: Backend;
  readonly judgement: Judgement;
}

/**
 * Judges every pair that a question is about: of sets one for each word, of Services and entries one for each backend.
 * @throws QuestionError where a peer or port cannot be found or the question makes no sense
 */
export function judgeQuestion(cluster: Cluster, question: VerdictQuestion, resolve = resolvePeer): Judged {
  const from = resolve(cluster, question.from, 'from');
  const to = resolve(cluster, question.to, 'to');
  if (from.kind !== 'Parties') {
    throw new QuestionError(
      'PEER_NOT_A_SOURCE',
      `from is ${JSON.stringify(question.from)}: ${from.kind === 'Service' ? 'a Service' : `a ${from.peer.kind}`} opens no connections; ask for its workload`,
      'from',
    );
  }
  const overridden = Object.keys(question.semantics).length > 0;
  const semantics = { ...cluster.semantics, ...question.semantics };
  const manner: Omit<Manner, 'asked'> = {
    family: question.family,
    viaService: to.kind === 'Service',
    twins: areTwins(from, to),
    semantics: overridden ? semantics : null,
    ...(question.sourcePort === null ? {} : { sourcePort: question.sourcePort }),
  };
  const found = { from, to, semantics };
  const node = to.kind === 'Parties' && !to.isSet ? to.parties[0] : undefined;
  const behind = node === undefined ? null : behindNode(cluster, question, from.parties, node);
  if (behind !== null && from.parties.length > 0) {
    return { ...found, to: withNote(to, behind.note), ...judgeBehindNode(cluster, behind, manner) };
  }
  if (to.kind === 'Entries') return { ...found, ...judgeEntries(cluster, question, from, to, manner) };
  return to.kind === 'Service'
    ? { ...found, ...judgeService(cluster, question, from, to, manner) }
    : { ...found, ...judgeParties(cluster, question, from, to, manner) };
}

function withNote(to: Resolved, note: string): Resolved {
  return { ...to, peer: { ...to.peer, note } };
}

type Parties = Extract<Resolved, { kind: 'Parties' }>;
type Found = Omit<Judged, 'from' | 'to' | 'semantics'>;

/** A workload of one replica with itself is judged as two equal replicas (design 9). */
function areTwins(from: Resolved, to: Resolved): boolean {
  if (from.kind !== 'Parties' || to.kind !== 'Parties' || !from.isSet || !to.isSet) return false;
  const [a, b] = [from.peer, to.peer];
  const isOneWorkload = a.kind === b.kind && a.namespace === b.namespace && a.name === b.name && !setKinds.has(a.kind);
  return isOneWorkload && from.parties.length === 1;
}

const setKinds: ReadonlySet<string> = new Set(['Namespace', 'Pods', 'Cidr', 'Internet']);

function judgeParties(
  cluster: Cluster,
  question: VerdictQuestion,
  from: Parties,
  to: Parties,
  manner: Omit<Manner, 'asked'>,
): Found {
  const missing = missingEnd(from, to);
  if (missing !== null) return notApplicable(missing);
  if (question.port?.kind === 'Name') return judgeNamedPort(cluster, question.port.name, question, from, to, manner);
  const asked = askedOf(question, question.port);
  if (from.parties.length === 1 && to.parties.length === 1) {
    const [source, destination] = [from.parties[0], to.parties[0]];
    if (!isPairOfOne(source, destination, from, to, manner)) return notApplicable('EMPTY_SET');
    const pair = judgePair(cluster, source, destination, { ...manner, asked });
    // A pair that does not apply is left out of a set, which then has none.
    if (pair.families.length === 0 && (from.isSet || to.isSet)) return notApplicable('EMPTY_SET');
    return { judgement: pair, pairs: [{ pair, asked }], set: null, ports: null, entries: null };
  }
  const set = judgeSets(cluster, from.parties, to.parties, { ...manner, asked });
  const pairs = [...set.examples[question.mode].values()].map((pair) => ({ pair, asked }));
  return { judgement: set, pairs, set, ports: null, entries: null };
}

/** A set does not pair a pod with itself; two names of one pod do. */
function isPairOfOne(
  source: Party,
  destination: Party,
  from: Parties,
  to: Parties,
  { twins }: Omit<Manner, 'asked'>,
): boolean {
  return source.podNumber < 0 || source.podNumber !== destination.podNumber || twins || (!from.isSet && !to.isSet);
}

/** A name means another number on each destination: each number is asked of the destinations that declare it. */
function judgeNamedPort(
  cluster: Cluster,
  name: string,
  question: VerdictQuestion,
  from: Parties,
  to: Parties,
  manner: Omit<Manner, 'asked'>,
): Found {
  const { semantics } = cluster;
  const byNumber = new Map<number, Party[]>();
  for (const party of to.parties) {
    const declared =
      party.pod === null ? [] : (namedPortsOf(party.pod.ports, semantics).get(`${question.protocol}/${name}`) ?? []);
    for (const number of new Set(declared)) byNumber.set(number, [...(byNumber.get(number) ?? []), party]);
  }
  if (byNumber.size === 0) {
    throw new QuestionError(
      'PORT_NOT_FOUND',
      `port is ${JSON.stringify(name)}: ${question.to} declares no ${question.protocol} port of that name`,
      'port',
    );
  }
  const parts = [...byNumber]
    .sort(([a], [b]) => a - b)
    .map(([number, parties]) => {
      const port: PortQuestion = { kind: 'Range', first: number, last: number };
      return judgeParties(cluster, { ...question, port }, from, { ...to, parties }, manner);
    });
  if (parts.length === 1) return parts[0];
  const judgement = joinJudgements(
    parts.map((part) => part.judgement),
    'MEMBERS_DIFFER',
    'EMPTY_SET',
  );
  return { judgement, pairs: parts.flatMap((part) => part.pairs), set: null, ports: null, entries: null };
}

function judgeService(
  cluster: Cluster,
  question: VerdictQuestion,
  from: Parties,
  to: Extract<Resolved, { kind: 'Service' }>,
  manner: Omit<Manner, 'asked'>,
): Found {
  const { service, balancer } = to;
  if (service.type === 'ExternalName') return uniform('unknown', 'EXTERNAL_NAME');
  if (from.parties.length === 0) return notApplicable(from.isSet ? 'EMPTY_SET' : 'SOURCE_NOT_LIVE');
  const asked = askedServicePorts(cluster, { ...question, service });
  if (asked.length === 0) return notApplicable('NO_SERVICE_PORT');
  const pairs: { pair: PairJudgement; asked: Asked }[] = [];
  // A load balancer that ends connections sends from an address that nobody knows.
  const clientParties = balancer === null ? from.parties : [{ ...standInAddress(cluster), text: 'load-balancer' }];
  const ports = asked.map(({ protocol, port, backends }): JudgedServicePort => {
    const clients = clientsOf(cluster, service, clientParties, backends);
    const mannerOf = (asked_: Asked, client: Party): Manner =>
      balancer === null ? { ...manner, asked: asked_ } : mannerFor(cluster, manner, asked_, client);
    const behind = judgeBackends(cluster, { protocol, port, backends, clients }, mannerOf, pairs);
    if (balancer === null) return behind;
    const wanted: Asked = { protocol, first: port, last: port };
    const toBalancer = from.parties.map((source) => judgePair(cluster, source, balancer, { ...manner, asked: wanted }));
    for (const pair of toBalancer) pairs.push({ pair, asked: wanted });
    const before = joinJudgements(toBalancer, 'MEMBERS_DIFFER', 'NO_COMMON_FAMILY');
    return { ...behind, judgement: bothHops(before, behind.judgement) };
  });
  const judgement = joinJudgements(
    ports.map((port) => port.judgement),
    'PORTS_DIFFER',
    'NO_BACKEND',
  );
  return { judgement, pairs, set: null, ports, entries: null };
}

/** What answers at a port of a node is judged as the backends of a Service are. */
function judgeBehindNode(cluster: Cluster, behind: BehindNode, manner: Omit<Manner, 'asked'>): Found {
  const pairs: { pair: PairJudgement; asked: Asked }[] = [];
  const mannerOf = (asked: Asked): Manner => ({ ...manner, viaService: true, asked });
  const port = judgeBackends(cluster, behind, mannerOf, pairs);
  return { judgement: port.judgement, pairs, set: null, ports: [port], entries: null };
}

/** One port at which backends answer; the pairs that were judged are added to `pairs`. */
function judgeBackends(
  cluster: Cluster,
  { protocol, port, backends, clients }: AskedServicePort & Pick<BehindNode, 'clients'>,
  mannerOf: (asked: Asked, client: Party) => Manner,
  pairs: { pair: PairJudgement; asked: Asked }[],
): JudgedServicePort {
  const used = backends.filter((backend) => clients.has(backend) || !backend.terminating);
  const judged = used.map((backend): JudgedBackend => {
    const asked: Asked = { protocol, first: backend.port, last: backend.port };
    const parts = (clients.get(backend) ?? []).map((client) => {
      const pair = judgePair(cluster, client.as, backend.party, mannerOf(asked, client.as));
      pairs.push({ pair, asked });
      return { client: client.of, pair };
    });
    return { backend, judgement: joinClients(parts) };
  });
  const judgement = joinJudgements(
    judged.map((part) => part.judgement),
    'BACKENDS_DIFFER',
    'NO_BACKEND',
  );
  return { protocol, port, backends: judged, judgement };
}

function judgeEntries(
  cluster: Cluster,
  question: VerdictQuestion,
  from: Parties,
  { entries }: Extract<Resolved, { kind: 'Entries' }>,
  { family, semantics }: Omit<Manner, 'asked'>,
): Found {
  const { protocol, protocolGiven, port } = question;
  if (port?.kind === 'Name') {
    const message = `port is ${JSON.stringify(port.name)}: ${question.to} is entered at ports that have no names`;
    throw new QuestionError('PORT_NOT_FOUND', message, 'port');
  }
  if (from.parties.length === 0) return notApplicable(from.isSet ? 'EMPTY_SET' : 'SOURCE_NOT_LIVE');
  const judged = entries.map((entry) => {
    const ports = entry.ports.filter(
      (candidate) =>
        (candidate.protocol === protocol || (port === null && !protocolGiven)) &&
        (port === null || (candidate.port >= port.first && candidate.port <= port.last)),
    );
    return judgeEntry(cluster, entry, { parties: from.parties, ports }, { family, semantics });
  });
  const judgement = joinJudgements(
    judged.map((entry) => entry.judgement),
    'ENTRIES_DIFFER',
    'NO_BACKEND',
  );
  return { judgement, pairs: judged.flatMap(({ pairs }) => pairs), set: null, ports: null, entries: judged };
}

function missingEnd(from: Parties, to: Parties): Reason | null {
  if (from.parties.length === 0) return from.isSet ? 'EMPTY_SET' : 'SOURCE_NOT_LIVE';
  if (to.parties.length === 0) return to.isSet ? 'EMPTY_SET' : 'DESTINATION_NOT_LIVE';
  return null;
}

function notApplicable(reason: Reason): Found {
  return uniform('notApplicable', reason);
}

function uniform(verdict: VerdictWord, reason: Reason): Found {
  const word = { verdict, reason };
  return { judgement: { intended: word, effective: word }, pairs: [], set: null, ports: null, entries: null };
}

function askedOf({ protocol }: VerdictQuestion, port: Exclude<PortQuestion, { kind: 'Name' }> | null): Asked {
  if (protocol === 'ICMP') return { protocol, first: 0, last: 65535 };
  return { protocol, first: port?.first ?? 1, last: port?.last ?? 65535 };
}
