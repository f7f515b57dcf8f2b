import type { Family, PortProtocol } from '#model';
import { podFlags } from '#model';
import { compactVerdict } from './answer-verdict.js';
import type { Cluster } from './cluster.js';
import { parseVerdictQuestion } from './parse-question.js';
import { askThePair, PodJudge } from './pod-judge.js';
import { type Resolved, resolvePeer } from './resolve-peer.js';
import type { CompactVerdict, VerdictQuestion } from './verdict.js';

/** A question as it comes from a transport. */
type Fields = Readonly<Record<string, unknown>>;

/** No single pod, or none whose name is enough to know it. */
const noPod = -1;

/**
 * Answers many questions about one snapshot, as `compactVerdict` would each. A question about one port of two pods is
 * answered from their numbers without making anything; for all others peers are resolved once. Equal answers are one
 * object.
 */
export class VerdictBatch {
  readonly #judge: PodJudge;
  readonly #resolved = new Map<string, Resolved>();
  /** The common settings, parsed; null where they are refused or ask for a replay: every question is then read in full. */
  readonly #common: VerdictQuestion | null;

  /** @param common settings of all questions; those of a question go before them */
  constructor(
    readonly cluster: Cluster,
    readonly common: Fields,
  ) {
    this.#judge = PodJudge.of(cluster);
    this.#common = isEmpty(common) ? noSettings : parsedCommon(common);
  }

  /** @throws QuestionError as `parseVerdictQuestion` and `compactVerdict` */
  answer(flow: Fields): CompactVerdict {
    return this.#ofPods(flow) ?? this.#inFull(flow);
  }

  /** The answer for one port of two pods; null for every other question, refused ones too. */
  #ofPods(flow: Fields): CompactVerdict | null {
    const common = this.#common;
    const { from, to, protocol = this.common.protocol, port = this.common.port, family } = flow;
    if (common === null || typeof from !== 'string' || typeof to !== 'string') return null;
    if (flow.mode !== undefined || flow.semantics !== undefined || flow.dataplane !== undefined) return null;
    if (common.sourcePort !== null || flow.sourcePort !== undefined) return null;
    const number = portNumber(port);
    const asked = protocol ?? 'TCP';
    if (number === null || (asked !== 'TCP' && asked !== 'UDP' && asked !== 'SCTP')) return null;
    if (family !== undefined && family !== null && family !== 'IPv4' && family !== 'IPv6') return null;
    const source = this.#podOf(from);
    const destination = source === noPod ? noPod : this.#podOf(to);
    if (destination === noPod) return null;
    const wanted: Family | null = family ?? common.family;
    const judged = this.#judge.judge(source, destination, asked as PortProtocol, number, wanted);
    return judged === askThePair ? null : this.#judge.judgementOf(judged)[common.mode];
  }

  #inFull(flow: Fields): CompactVerdict {
    return compactVerdict(this.cluster, parseVerdictQuestion({ ...this.common, ...flow }), (cluster, text, field) => {
      const key = `${field} ${text}`;
      let resolved = this.#resolved.get(key);
      if (resolved === undefined) this.#resolved.set(key, (resolved = resolvePeer(cluster, text, field)));
      return resolved;
    });
  }

  /** The pod that `ns/name` or `pod:ns/name` names. */
  #podOf(text: string): number {
    const { lookups } = this.cluster;
    const start = text.startsWith('pod:') ? 4 : 0;
    const slash = text.indexOf('/', start);
    if (slash < 0) return noPod;
    const pod = lookups.podNumber(text.slice(start, slash), text.slice(slash + 1));
    if (pod === undefined) return noPod;
    // Asked for by its bare name, a pod made from a template stands for its workload.
    return start === 0 && (lookups.columns().flags[pod] & podFlags.template) !== 0 ? noPod : pod;
  }
}

function isEmpty(common: Fields): boolean {
  for (const name in common) if (common[name] !== undefined) return false;
  return true;
}

function parsedCommon(common: Fields): VerdictQuestion | null {
  try {
    const parsed = parseVerdictQuestion({ ...common, from: 'internet', to: 'internet' });
    return Object.keys(parsed.semantics).length === 0 ? parsed : null;
  } catch {
    // The full reading of each question says what is wrong.
    return null;
  }
}

const noSettings = parsedCommon({});

/** A port given as a number or its digits; null for everything else. */
function portNumber(port: unknown): number | null {
  const number = typeof port === 'string' && /^[0-9]{1,5}$/.test(port) ? Number(port) : port;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 65535 ? number : null;
}
