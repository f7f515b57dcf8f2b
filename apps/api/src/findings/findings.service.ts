import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Finding } from '#model';
import type { SnapshotRecord } from '#store';
import { Metrics } from '../metrics/metrics.js';
import { refuse } from '../problems/problem.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { Auditor } from './auditor.js';

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** Findings that are remembered, of all snapshots together; those asked for least recently go first. */
const rememberedMax = 100_000;

/** What is wrong with a snapshot. */
@Injectable()
export class FindingsService {
  readonly #known = new LRUCache<string, readonly Finding[]>({
    maxSize: rememberedMax,
    sizeCalculation: ({ length }) => length + 1,
  });
  readonly #asked = new Map<string, Promise<readonly Finding[]>>();

  constructor(
    private readonly snapshots: SnapshotsService,
    private readonly auditor: Auditor,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Findings that are at least as bad as `severity`, errors first. Each snapshot is audited once, however many ask.
   * @throws ProblemError4xx 400 SEVERITY_INVALID
   * @throws QuestionError DATAPLANE_INVALID
   */
  async findings(ref: string, severity?: string | null, dataplane?: unknown): Promise<readonly Finding[]> {
    const least = severity == null ? severities.length - 1 : severities.indexOf(severity as Finding['severity']);
    if (least < 0) {
      const accepted = severities.join(', ');
      const message = `severity is ${JSON.stringify(String(severity).slice(0, 40))}; accepted are ${accepted}`;
      throw refuse(400, 'SEVERITY_INVALID', message, 'severity', accepted);
    }
    const all = await this.#audited(ref, typeof dataplane === 'string' ? dataplane : '');
    return all.filter((finding) => severities.indexOf(finding.severity) <= least);
  }

  async #audited(ref: string, said: string): Promise<readonly Finding[]> {
    const snapshot = await this.snapshots.resolve(ref);
    const key = `${snapshot.id} ${said}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = this.#audit(snapshot, key, said).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  async #audit({ id, diagnostics }: SnapshotRecord, key: string, said: string): Promise<readonly Finding[]> {
    const findings =
      (await this.auditor.audit(await this.snapshots.open(id), diagnostics, said)) ??
      (await this.auditor.audit(await this.snapshots.openAs(id, { dataplane: said }, 'Verdicts'), diagnostics, ''));
    // No findings would be an answer; not to know is none.
    if (findings === null) throw new Error(`the audit of ${id} under "${said}" asks for yet another reading`);
    this.metrics.audits.inc();
    this.#known.set(key, findings);
    return findings;
  }
}
