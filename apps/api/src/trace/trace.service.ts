import { Injectable } from '@nestjs/common';
import { parseVerdictQuestion } from '#engine';
import { answerTrace, type Trace } from '#trace';
import { withoutPreset } from '../reachability/without-preset.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

/** How packets travel. */
@Injectable()
export class TraceService {
  constructor(private readonly snapshots: SnapshotsService) {}

  async trace(ref: string, fields: Readonly<Record<string, unknown>>): Promise<Trace> {
    const question = parseVerdictQuestion(withoutPreset(fields));
    return answerTrace(await this.snapshots.openAs(ref, fields, 'Verdicts'), question);
  }
}
