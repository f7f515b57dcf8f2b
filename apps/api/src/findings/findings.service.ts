import { Injectable } from '@nestjs/common';
import { auditCluster } from '#audit';
import type { Finding } from '#model';
import { refuse } from '../problems/problem.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** What is wrong with a snapshot. */
@Injectable()
export class FindingsService {
  constructor(private readonly snapshots: SnapshotsService) {}

  /**
   * Findings that are at least as bad as `severity`, errors first.
   * @throws ProblemError4xx 400 SEVERITY_INVALID
   */
  async findings(ref: string, severity?: string | null, dataplane?: unknown): Promise<readonly Finding[]> {
    const least = severity == null ? severities.length - 1 : severities.indexOf(severity as Finding['severity']);
    if (least < 0) {
      const accepted = severities.join(', ');
      const message = `severity is ${JSON.stringify(String(severity).slice(0, 40))}; accepted are ${accepted}`;
      throw refuse(400, 'SEVERITY_INVALID', message, 'severity', accepted);
    }
    const cluster = await this.snapshots.openAs(ref, { dataplane }, 'Verdicts');
    return auditCluster(cluster).filter((finding) => severities.indexOf(finding.severity) <= least);
  }
}
