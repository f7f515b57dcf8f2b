/** Every code of `considered` in a gate; what each means is in docs/reasons.md. A code that is listed keeps its meaning. */
export const consideredCodes = [
  'NO_RULE',
  'PEER_NOT_MATCHED',
  'PORTS_NOT_MATCHED',
  'OVERRULED',
  'PASSED',
  'LOGGED',
  'UNDECIDABLE',
  'EXEMPT',
  'NOT_REACHED',
] as const;

/** Says why a policy that applies to a pod did not decide. */
export type ConsideredCode = (typeof consideredCodes)[number];
