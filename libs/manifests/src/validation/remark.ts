/**
 * Something about how a valid object is written that its stored form does not show any more, and that its author may not
 * have meant. The code is that of the finding which it becomes (policy semantics 8).
 */
export interface Remark {
  readonly code: RemarkCode;
  /** Path in the API server's spelling. */
  readonly field: string;
  /** What is odd, and what it means. */
  readonly detail: string;
  readonly value?: unknown;
}

export const remarkCodes = [
  'CIDR_HOST_BITS',
  'CIDR_LEADING_ZERO',
  'CIDR_V4_MAPPED',
  'EGRESS_RULES_ISOLATE_INGRESS',
  'EMPTY_EGRESS_NOT_ISOLATING',
  'CALICO_NOTSELECTOR_NAMESPACED',
  'CALICO_SELECTOR_ALL_NOT_ANY',
  'CALICO_TYPES_DEFAULT',
  'CILIUM_EMPTY_RULE',
] as const;

export type RemarkCode = (typeof remarkCodes)[number];
