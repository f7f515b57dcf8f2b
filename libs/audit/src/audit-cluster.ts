import { configurationFindings } from '#dataplane';
import type { Cluster } from '#engine';
import { compareFindings, type Finding } from '#model';
import { dnsFindings } from './dns-findings.js';
import { enforcementFindings } from './enforcement-findings.js';
import { policyFindings } from './policy-findings.js';

/**
 * Everything that is found wrong with a snapshot, errors first. Cost: linear in pods, nodes, Services and policies, and
 * a replay for each workload that some policy isolates for egress.
 */
export function auditCluster(cluster: Cluster): Finding[] {
  return [
    ...configurationFindings(cluster.model, cluster.dataplane),
    ...enforcementFindings(cluster),
    ...policyFindings(cluster),
    ...dnsFindings(cluster),
  ].sort(compareFindings);
}
