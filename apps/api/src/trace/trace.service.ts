import { Injectable } from '@nestjs/common';
import { parseVerdictQuestion } from '#engine';
import { answerTrace, type Trace } from '#trace';
import { underDataplane } from '../reachability/under-dataplane.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

/** How packets travel. */
@Injectable()
export class TraceService {
  constructor(private readonly snapshots: SnapshotsService) {}

  async trace(ref: string, fields: Readonly<Record<string, unknown>>): Promise<Trace> {
    const question = parseVerdictQuestion(fields);
    return answerTrace(underDataplane(await this.snapshots.open(ref), fields.dataplane, 'Compile'), question);
  }
}
