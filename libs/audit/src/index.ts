// The catalogue of findings: the rooms above produce them, this one merges and ranks. See docs/findings.md.
export { auditCluster } from './audit-cluster.js';
