import type { Assumption, Family, Knob, ObjectRef } from '#model';
import { compareObjectRefs, compareText, formatObjectRef, knobs } from '#model';
import type { JudgedEntry } from '../entries/judge-entry.js';
import { entryVerdictOf } from '../entries/entry-verdict.js';
import type { Cluster } from './cluster.js';
import { connectionsOf } from './connections-view.js';
import { gatesOf } from './gates.js';
import { implementationDefinedBy } from './implementation-defined.js';
import { type Asked, enforcementAt, type PairJudgement } from './judge-pair.js';
import { type Judged, type JudgedServicePort, judgeQuestion } from './judge-question.js';
import type { SetJudgement } from './judge-sets.js';
import { messageFor } from './message.js';
import { resolvePeer } from './resolve-peer.js';
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
} from './verdict.js';

/**
 * The full answer to one question, with gates, knobs and assumptions.
 * @throws QuestionError where a peer or port cannot be found or the question makes no sense
 */
export function answerVerdict(cluster: Cluster, question: VerdictQuestion): Verdict {
  return describe(cluster, question, judgeQuestion(cluster, question));
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
  const { judgement } = judgeQuestion(cluster, question, resolve);
  return { ...judgement[question.mode] };
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
