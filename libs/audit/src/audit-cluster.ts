import { configurationFindings } from '#dataplane';
import type { Cluster } from '#engine';
import { compareFindings, type Diagnostic, type Finding } from '#model';
import { Audited } from './audited.js';
import { bounded } from './bounded.js';
import { checks } from './checks.js';

/**
 * Everything that is found wrong with a snapshot, errors first; at most `findingsMax` of one id. What cannot be seen in
 * the model any more is taken from the diagnostics of the input. Cost: linear in pods, nodes, Services, policies and their
 * rules, plus the labels that selectors ask for, plus that of a compile.
 */
export function auditCluster(cluster: Cluster, diagnostics: readonly Diagnostic[] = []): Finding[] {
  const audited = new Audited(cluster, diagnostics);
  const found = [
    ...bounded(configurationFindings(cluster.model, cluster.dataplane)),
    ...checks.flatMap((check) => bounded(check(audited))),
  ];
  return found.sort(compareFindings);
}
