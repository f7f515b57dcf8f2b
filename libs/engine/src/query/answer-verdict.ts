import type { Assumption, Family, Knob, ObjectRef, PolicySemantics } from '#model';
import { compareObjectRefs, compareText, formatObjectRef, knobs, QuestionError } from '#model';
import { bothHops } from '../entries/both-hops.js';
import { mannerFor } from '../entries/entry-manner.js';
import { type JudgedEntry, judgeEntry } from '../entries/judge-entry.js';
import { entryVerdictOf } from '../entries/entry-verdict.js';
import { standInAddress } from '../entries/stand-ins.js';
import { namedPortsOf } from '../compile/rule-connections.js';
import { clientsOf, joinClients } from './clients.js';
import type { Cluster } from './cluster.js';
import { connectionsOf } from './connections-view.js';
import { gatesOf } from './gates.js';
import { implementationDefinedBy } from './implementation-defined.js';
import { type Asked, enforcementAt, joinJudgements, judgePair, type Manner, type PairJudgement } from './judge-pair.js';
import type { Judgement } from './judgement.js';
import { judgeSets, type SetJudgement } from './judge-sets.js';
import { messageFor } from './message.js';
import type { Party } from './party.js';
import type { Reason } from './reason.js';
import { type Resolved, resolvePeer } from './resolve-peer.js';
import { askedServicePorts, type Backend } from './resolve-service.js';
import { doubtsAbout } from './sides.js';
import type {
  BackendVerdict,
  CompactVerdict,
  FlowExample,
  Gate,
  Mode,
  PortQuestion,
  ServicePortVerdict,
  Verdict,
  VerdictQuestion,
  VerdictWord,
} from './verdict.js';

/**
 * The full answer to one question, with gates, knobs and assumptions.
 * @throws QuestionError where a peer or port cannot be found or the question makes no sense
 */
export function answerVerdict(cluster: Cluster, question: VerdictQuestion): Verdict {
  return describe(cluster, question, judge(cluster, question));
}

/**
 * Verdict and reason only: no replay unless knobs are overridden. Errors as `answerVerdict`. Whoever asks many questions
 * may remember the peers by giving a `resolve` of his own.
 */
export function compactVerdict(
  cluster: Cluster,
  question: VerdictQuestion,
  resolve: typeof resolvePeer = resolvePeer,
): CompactVerdict {
  const { judgement } = judge(cluster, question, resolve);
  return { ...judgement[question.mode] };
}

/** Everything that was found out about a question; `describe` turns it into words. */
interface Judged {
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

interface JudgedServicePort {
  readonly protocol: string;
  readonly port: number;
  readonly judgement: Judgement;
  readonly backends: readonly JudgedBackend[];
}

interface JudgedBackend {
  readonly backend: Backend;
  readonly judgement: Judgement;
}

function judge(cluster: Cluster, question: VerdictQuestion, resolve = resolvePeer): Judged {
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
  if (to.kind === 'Entries') return { ...found, ...judgeEntries(cluster, question, from, to, manner) };
  return to.kind === 'Service'
    ? { ...found, ...judgeService(cluster, question, from, to, manner) }
    : { ...found, ...judgeParties(cluster, question, from, to, manner) };
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
    const used = backends.filter((backend) => clients.has(backend) || !backend.terminating);
    const judged = used.map((backend): JudgedBackend => {
      const wanted: Asked = { protocol, first: backend.port, last: backend.port };
      const parts = (clients.get(backend) ?? []).map((client) => {
        const seen = balancer === null ? { ...manner, asked: wanted } : mannerFor(cluster, manner, wanted, client.as);
        const pair = judgePair(cluster, client.as, backend.party, seen);
        pairs.push({ pair, asked: wanted });
        return { client: client.of, pair };
      });
      return { backend, judgement: joinClients(parts) };
    });
    const behind = joinJudgements(
      judged.map((part) => part.judgement),
      'BACKENDS_DIFFER',
      'NO_BACKEND',
    );
    if (balancer === null) return { protocol, port, backends: judged, judgement: behind };
    const wanted: Asked = { protocol, first: port, last: port };
    const toBalancer = from.parties.map((source) => judgePair(cluster, source, balancer, { ...manner, asked: wanted }));
    pairs.push(...toBalancer.map((pair) => ({ pair, asked: wanted })));
    const before = joinJudgements(toBalancer, 'MEMBERS_DIFFER', 'NO_COMMON_FAMILY');
    return { protocol, port, backends: judged, judgement: bothHops(before, behind) };
  });
  const judgement = joinJudgements(
    ports.map((port) => port.judgement),
    'PORTS_DIFFER',
    'NO_BACKEND',
  );
  return { judgement, pairs, set: null, ports, entries: null };
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

function describe(cluster: Cluster, question: VerdictQuestion, judged: Judged): Verdict {
  const { from, to, judgement, pairs, set, ports, entries, semantics } = judged;
  const { verdict, reason } = judgement[question.mode];
  const single = pairs.length === 1 && set === null && ports === null && entries === null ? pairs[0] : null;
  const knobsThatMatter = new Set(
    pairs.flatMap(({ pair, asked }) => implementationDefinedBy(cluster, pair, asked, semantics)),
  );
  const notUnderstood = distinctRefs(
    pairs.flatMap(({ pair }) => pair.families.flatMap((family) => doubtsAbout(cluster, family.pair, semantics))),
  );
  // Where all members agree, one of them shows why; best one with the reason that is given.
  const agreeing = single === null ? pairs.filter(({ pair }) => pair[question.mode].verdict === verdict) : [single];
  const candidates = agreeing.filter(({ pair }) => pair.families.length > 0);
  const shown =
    verdict === 'mixed' && single === null
      ? undefined
      : (candidates.find(({ pair }) => pair[question.mode].reason === reason) ?? candidates[0]);
  const gates =
    shown === undefined ? [] : gatesOf(cluster, decisive(shown.pair, question.mode), shown.asked, semantics);
  const layer7 = shown === undefined ? [] : layer7Of(cluster, gates, shown.pair, question.mode);
  return {
    verdict,
    reason,
    intended: judgement.intended.verdict,
    effective: judgement.effective.verdict,
    message: messageFor(question, { verdict, reason }, gates, notUnderstood.map(formatObjectRef), layer7),
    resolved: { from: from.peer, to: to.peer },
    protocol: question.protocol,
    port: portText(question.port),
    ...(question.sourcePort === null ? {} : { sourcePort: question.sourcePort }),
    implementationDefined: knobs.filter((knob: Knob) => knobsThatMatter.has(knob)),
    assumptions: assumptionsOf(
      cluster,
      question,
      pairs.map(({ pair }) => pair),
      entries ?? [],
    ),
    gates,
    notUnderstood,
    ...(layer7.length === 0 ? {} : { restrictedAtL7: layer7 }),
    ...(single === null ? {} : singleParts(cluster, question.mode, single.pair, single.asked)),
    ...(set === null ? {} : setParts(set, question.mode, pairs)),
    ...(ports === null ? {} : serviceParts(ports, question.mode)),
    ...(entries === null ? {} : entryParts(entries, question.mode)),
    ...((ports === null && entries === null) || shown === undefined
      ? {}
      : { example: exampleOf(shown.pair, shown.asked) }),
  };
}

/** What gates restrict at layer 7, where somebody does what they say. */
function layer7Of(cluster: Cluster, gates: readonly Gate[], { families }: PairJudgement, mode: Mode): string[] {
  const { source, destination } = families[0].pair;
  const kinds = gates.flatMap(({ direction, restrictedAtL7 = [] }) => {
    const subject = direction === 'Egress' ? source : destination;
    return mode === 'effective' && enforcementAt(cluster, subject) === 'notEnforced' ? [] : restrictedAtL7;
  });
  return [...new Set(kinds)].sort();
}

/** The family that shows why: the first whose word is the pair's, else the first. */
function decisive({ families, ...judgement }: PairJudgement, mode: Mode): PairJudgement['families'][number] {
  return families.find((family) => family[mode].verdict === judgement[mode].verdict) ?? families[0];
}

function singleParts(cluster: Cluster, mode: Mode, pair: PairJudgement, asked: Asked): Partial<Verdict> {
  const families: Partial<Record<Family, CompactVerdict>> = {};
  for (const family of pair.families) families[family.pair.family] = { ...family[mode] };
  const differs = pair.families.some((family) => family[mode].verdict !== pair.families[0][mode].verdict);
  const isOnePort = asked.first === asked.last || asked.protocol === 'ICMP';
  return {
    ...(differs ? { families } : {}),
    ...(isOnePort || pair.families.length === 0
      ? {}
      : { connections: connectionsOf(cluster, pair.families[0], asked, mode) }),
  };
}

function setParts(set: SetJudgement, mode: Mode, pairs: Judged['pairs']): Partial<Verdict> {
  const examples = [...set.examples[mode]].map(([word, pair]) => {
    const { asked } = pairs.find((candidate) => candidate.pair === pair) as Judged['pairs'][number];
    return [word, exampleOf(pair, asked)] as const;
  });
  const counts = Object.fromEntries(set.counts[mode]);
  return examples.length === 1
    ? { counts, example: examples[0][1] }
    : { counts, examples: Object.fromEntries(examples) };
}

function exampleOf({ families }: PairJudgement, { protocol, first, last }: Asked): FlowExample {
  const { source, destination, family } = families[0].pair;
  const port = protocol === 'ICMP' || first !== last ? null : first;
  return { from: source.text, to: destination.text, protocol, port, family };
}

function serviceParts(ports: readonly JudgedServicePort[], mode: Mode): Partial<Verdict> {
  const described = ports.map(({ protocol, port, judgement, backends }): ServicePortVerdict => ({
    protocol,
    port,
    ...judgement[mode],
    backends: backends.map((part): BackendVerdict => ({
      backend: part.backend.party.text,
      port: part.backend.port,
      ...part.judgement[mode],
    })),
  }));
  return described.length === 1 ? { ports: described, backends: described[0].backends } : { ports: described };
}

/** Of one entry its backends stand beside it, as those of a Service do. */
function entryParts(entries: readonly JudgedEntry[], mode: Mode): Partial<Verdict> {
  const described = entries.map((entry) => entryVerdictOf(entry, mode));
  if (described.length > 1) return { entries: described };
  const backends = new Map(
    described
      .flatMap((entry) => entry.backends.flatMap((part) => part.backends))
      .map((part) => [`${part.backend} ${part.port}`, part]),
  );
  return {
    entries: described,
    backends: [...backends.values()].sort((a, b) => compareText(a.backend, b.backend) || (a.port ?? 0) - (b.port ?? 0)),
  };
}

function assumptionsOf(
  cluster: Cluster,
  { semantics }: VerdictQuestion,
  pairs: readonly PairJudgement[],
  entries: readonly JudgedEntry[],
): Assumption[] {
  const configured = Object.entries(semantics).map(([name, value]): Assumption => ({
    name,
    value,
    provenance: 'configured',
  }));
  const templates = new Set<string>();
  for (const { families } of pairs) {
    for (const { pair } of families) {
      for (const { pod, podNumber } of [pair.source, pair.destination]) {
        if (pod?.origin === 'Template' && podNumber >= 0) templates.add(`${pod.namespace}/${pod.name}`);
      }
    }
  }
  const made = [...templates].sort().map((name): Assumption => ({
    name: 'pod',
    value: `${name} is made from a template; its address and node are unknown`,
    provenance: 'assumed',
  }));
  const controllers = new Map(entries.map(({ controller: { assumption } }) => [assumption.value, assumption]));
  return [...cluster.dataplane.assumptions, ...configured, ...controllers.values(), ...made];
}

function distinctRefs(refs: readonly ObjectRef[]): ObjectRef[] {
  const byText = new Map(refs.map((ref) => [formatObjectRef(ref), ref]));
  return [...byText.values()].sort(compareObjectRefs);
}

function portText(port: PortQuestion | null): string | null {
  if (port === null) return null;
  if (port.kind === 'Name') return port.name;
  return port.first === port.last ? String(port.first) : `${port.first}-${port.last}`;
}
