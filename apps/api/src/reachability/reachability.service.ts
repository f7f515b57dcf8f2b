import { Injectable } from '@nestjs/common';
import {
  answerVerdict,
  type Cluster,
  type CompactVerdict,
  compactVerdict,
  parseVerdictQuestion,
  type Verdict,
} from '#engine';
import { QuestionError } from '#model';
import { QuestionErrors } from '../problems/problem-of-error.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { clusterUnder } from './cluster-under.js';

/** Flows in one batch at most. */
export const flowsMax = 100_000;

/** How long a batch may keep the event loop to itself. */
const yieldMillis = 15;

/** A question as it comes from a transport: fields are checked when it is parsed. */
export type QuestionFields = Readonly<Record<string, unknown>>;

@Injectable()
export class ReachabilityService {
  constructor(private readonly snapshots: SnapshotsService) {}

  /** The full answer to one question. */
  async verdict(ref: string, fields: QuestionFields): Promise<Verdict> {
    const question = parseVerdictQuestion(fields);
    return answerVerdict(await this.#cluster(ref, fields.dataplane), question);
  }

  /** Verdict and reason only. */
  async compact(ref: string, fields: QuestionFields): Promise<CompactVerdict> {
    const question = parseVerdictQuestion(fields);
    return compactVerdict(await this.#cluster(ref, fields.dataplane), question);
  }

  /**
   * Many questions, answered in their order; every complaint about any of them comes at once.
   * @throws QuestionError TOO_MANY_FLOWS, QUESTION_MALFORMED; QuestionErrors
   */
  async verdicts(
    ref: string,
    flows: unknown,
    common: QuestionFields,
    form: 'Full' | 'Compact',
  ): Promise<(Verdict | CompactVerdict)[]> {
    const list = checkFlows(flows);
    const cluster = await this.#cluster(ref, common.dataplane);
    const answers: (Verdict | CompactVerdict)[] = [];
    const errors: QuestionError[] = [];
    let begun = performance.now();
    for (const [i, flow] of list.entries()) {
      try {
        const question = parseVerdictQuestion({ ...common, ...fieldsOf(flow, i) }, '');
        answers.push(form === 'Full' ? answerVerdict(cluster, question) : compactVerdict(cluster, question));
      } catch (error) {
        if (!(error instanceof QuestionError)) throw error;
        errors.push(
          new QuestionError(error.code, `flows[${i}]: ${error.message}`, `flows[${i}].${error.field}`, error.accepted),
        );
      }
      if (performance.now() - begun > yieldMillis) {
        await new Promise((resolve) => setImmediate(resolve));
        begun = performance.now();
      }
    }
    if (errors.length > 0) throw new QuestionErrors(errors);
    return answers;
  }

  async #cluster(ref: string, dataplane: unknown): Promise<Cluster> {
    return clusterUnder(await this.snapshots.open(ref), dataplane);
  }
}

function checkFlows(flows: unknown): readonly unknown[] {
  if (!Array.isArray(flows) || flows.length === 0) {
    throw new QuestionError(
      'QUESTION_MALFORMED',
      'flows must be a list of {"from", "to", "protocol", "port"} with at least one member',
      'flows',
    );
  }
  if (flows.length <= flowsMax) return flows as unknown[];
  throw new QuestionError(
    'TOO_MANY_FLOWS',
    `flows has ${flows.length} members; at most ${flowsMax} are answered in one request`,
    'flows',
    String(flowsMax),
  );
}

function fieldsOf(flow: unknown, i: number): QuestionFields {
  if (flow === null || typeof flow !== 'object' || Array.isArray(flow)) {
    throw new QuestionError(
      'QUESTION_MALFORMED',
      `it is ${JSON.stringify(flow)?.slice(0, 60)}; an object with from and to is accepted`,
      '',
    );
  }
  const unknown = Object.keys(flow).find((key) => !['from', 'to', 'protocol', 'port', 'family'].includes(key));
  if (unknown !== undefined) {
    throw new QuestionError(
      'QUESTION_MALFORMED',
      `${JSON.stringify(unknown.slice(0, 60))} is no field of a flow (number ${i}); accepted are from, to, protocol, port, family`,
      unknown.slice(0, 60),
    );
  }
  return flow as QuestionFields;
}
