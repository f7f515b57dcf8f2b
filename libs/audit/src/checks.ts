import { adminChecks } from './admin-checks.js';
import { blockChecks } from './block-checks.js';
import { calicoChecks } from './calico-checks.js';
import type { Check } from './check.js';
import { directionChecks } from './direction-checks.js';
import { dnsChecks } from './dns-checks.js';
import { enforcementFindings } from './enforcement-findings.js';
import { engineChecks } from './engine-checks.js';
import { exposureChecks } from './exposure-checks.js';
import { halfOpenChecks } from './half-open-checks.js';
import { inputChecks } from './input-checks.js';
import { isolationChecks } from './isolation-checks.js';
import { peerChecks } from './peer-checks.js';
import { policyFindings } from './policy-findings.js';
import { portChecks } from './port-checks.js';
import { redundancyChecks } from './redundancy-checks.js';
import { serviceChecks } from './service-checks.js';
import { shadowChecks } from './shadow-checks.js';
import { subjectChecks } from './subject-checks.js';

/** Every check of policies. */
export const checks: readonly Check[] = [
  enforcementFindings,
  policyFindings,
  inputChecks,
  subjectChecks,
  peerChecks,
  portChecks,
  blockChecks,
  directionChecks,
  exposureChecks,
  dnsChecks,
  isolationChecks,
  halfOpenChecks,
  shadowChecks,
  redundancyChecks,
  adminChecks,
  calicoChecks,
  serviceChecks,
  engineChecks,
];
