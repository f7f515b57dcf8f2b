import { Injectable } from '@nestjs/common';
import {
  answerVerdict,
  type Cluster,
  type CompactVerdict,
  parseVerdictQuestion,
  type Verdict,
  VerdictBatch,
} from '#engine';
import { QuestionError } from '#model';
import { LongList } from '../json/long-list.js';
import { QuestionErrors } from '../problems/problem-of-error.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { Turn } from '../turn.js';
import { withoutPreset } from './without-preset.js';

/** Flows in one batch at most. */
export const flowsMax = 100_000;

/** A question as it comes from a transport: fields are checked when it is parsed. */
export type QuestionFields = Readonly<Record<string, unknown>>;

@Injectable()
export class ReachabilityService {
  constructor(private readonly snapshots: SnapshotsService) {}

  /** The full answer to one question. */
  async verdict(ref: string, fields: QuestionFields): Promise<Verdict> {
    const question = parseVerdictQuestion(withoutPreset(fields));
    return answerVerdict(await this.#cluster(ref, fields), question);
  }

  /** Verdict and reason only. */
  async compact(ref: string, fields: QuestionFields): Promise<CompactVerdict> {
    // A question that makes no sense is refused before its snapshot is looked for.
    parseVerdictQuestion(fields);
    const { dataplane: _, staged: _staged, mode, semantics, ...flow } = withoutPreset(fields);
    return new VerdictBatch(await this.#cluster(ref, fields), { mode, semantics }).answer(flow);
  }

  /**
   * Many questions, answered in their order; every complaint about any of them comes at once.
   * @param flows a list, or a `LongList` of a body
   * @throws QuestionError TOO_MANY_FLOWS, QUESTION_MALFORMED; QuestionErrors; ProblemError4xx MALFORMED
   */
  async verdicts(
    ref: string,
    flows: unknown,
    said: QuestionFields,
    form: 'Full' | 'Compact',
  ): Promise<(Verdict | CompactVerdict)[]> {
    const list = checkFlows(flows);
    const common = withoutPreset(said);
    const cluster = await this.#cluster(ref, said);
    const batch = new VerdictBatch(cluster, common);
    const answers: (Verdict | CompactVerdict)[] = [];
    const errors: QuestionError[] = [];
    const turn = new Turn();
    let i = 0;
    for (const piece of piecesOf(list)) {
      for (const flow of piece) {
        try {
          const fields = fieldsOf(flow, i);
          answers.push(
            form === 'Full'
              ? answerVerdict(cluster, parseVerdictQuestion({ ...common, ...fields }))
              : batch.answer(fields),
          );
        } catch (error) {
          if (!(error instanceof QuestionError)) throw error;
          const { code, message, field, accepted } = error;
          errors.push(new QuestionError(code, `flows[${i}]: ${message}`, `flows[${i}].${field}`, accepted));
        }
        i++;
        if (turn.isOver()) await turn.next();
      }
    }
    if (errors.length > 0) throw new QuestionErrors(errors);
    return answers;
  }

  #cluster(ref: string, { dataplane, semantics, staged }: QuestionFields): Promise<Cluster> {
    return this.snapshots.openAs(ref, { dataplane, semantics, staged: staged === true }, 'Verdicts');
  }
}

type Flows = readonly unknown[] | LongList;

function piecesOf(flows: Flows): Iterable<readonly unknown[]> {
  return flows instanceof LongList ? flows.pieces() : [flows];
}

function checkFlows(flows: unknown): Flows {
  if (!(Array.isArray(flows) || flows instanceof LongList) || flows.length === 0) {
    throw new QuestionError(
      'QUESTION_MALFORMED',
      'flows must be a list of {"from", "to", "protocol", "port"} with at least one member',
      'flows',
    );
  }
  if (flows.length <= flowsMax) return flows;
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
  for (const key in flow) {
    if (flowFields.has(key)) continue;
    throw new QuestionError(
      'QUESTION_MALFORMED',
      `${JSON.stringify(key.slice(0, 60))} is no field of a flow (number ${i}); accepted are ${[...flowFields].join(', ')}`,
      key.slice(0, 60),
    );
  }
  return flow as QuestionFields;
}

const flowFields: ReadonlySet<string> = new Set(['from', 'to', 'protocol', 'port', 'family']);
