import type { Side } from './pair.js';
import type { Reason } from './reason.js';
import type { FlowVerdict, Mode, VerdictWord } from './verdict.js';

/** What is said of all connections asked for: `mixed` where it is not the same of each. */
export type FlowWord = Exclude<FlowVerdict, 'notApplicable'> | 'mixed';

/** A word with its reason, for each mode. */
export interface Judgement {
  readonly intended: JudgedWord;
  readonly effective: JudgedWord;
}

export interface JudgedWord {
  readonly verdict: VerdictWord;
  readonly reason: Reason;
}

/** What one side says of what is asked for: as its policies intend it, and as its node enforces it. */
export interface SideWords extends Pick<Side, 'isolated' | 'applies' | 'by'> {
  readonly intended: FlowWord;
  readonly effective: FlowWord;
  /** Whether rules of a tier in which order counts decided any of it, or contradict each other about it. */
  readonly ruled: boolean;
  /** Whether what is unknown, unless `ruled`, depends on a rule's condition and not on an address or a node. */
  readonly undecidable: boolean;
}

/**
 * The judgement of a pair from the words of its sides. `both` is what the sides say together; it may be left out where
 * one connection was asked for.
 */
export function judgementOfWords(
  egress: SideWords,
  ingress: SideWords,
  both: Readonly<Record<Mode, FlowWord>> = {
    intended: togetherOf(egress.intended, ingress.intended),
    effective: togetherOf(egress.effective, ingress.effective),
  },
): Judgement {
  const reason = (mode: Mode): Reason => reasonFor(both[mode], egress, ingress, mode);
  const intended: JudgedWord = { verdict: both.intended, reason: reason('intended') };
  if (both.effective === both.intended) return { intended, effective: intended };
  const why =
    both.effective === 'allowed'
      ? 'NOT_ENFORCED'
      : both.effective === 'unknown' && both.intended === 'denied'
        ? 'ENFORCEMENT_UNKNOWN'
        : reason('effective');
  return { intended, effective: { verdict: both.effective, reason: why } };
}

/** Both sides must allow one connection; what one denies is denied, whatever the other says. */
function togetherOf(egress: FlowWord, ingress: FlowWord): FlowWord {
  if (egress === 'denied' || ingress === 'denied') return 'denied';
  return egress === 'unknown' || ingress === 'unknown' ? 'unknown' : 'allowed';
}

function reasonFor(verdict: FlowWord, egress: SideWords, ingress: SideWords, mode: Mode): Reason {
  const both = [egress, ingress];
  switch (verdict) {
    case 'allowed':
      if (both.some(({ by }) => by === 'Self')) return 'SELF';
      if (both.some(({ by, applies, ruled }) => by === 'OwnNode' && applies && !ruled)) return 'OWN_NODE';
      if (both.some(({ by, applies, ruled }) => by === 'Hairpin' && applies && !ruled)) return 'HAIRPIN_EXEMPT';
      if (both.some(({ isolated, ruled }) => isolated || ruled)) return 'RULE_ALLOWED';
      if (both.some(({ applies }) => applies)) return 'NO_RULE_MATCHED';
      return both.every(({ by }) => by === 'NotSubject') ? 'NO_SUBJECT' : 'NO_POLICY_APPLIES';
    case 'denied': {
      // Where neither end denies all that is asked, each denies what the other allows.
      const denying = both.filter((side) => side[mode] === 'denied');
      const ruling = (denying.length === 0 ? both : denying).find(({ ruled }) => ruled);
      if (ruling !== undefined) return ruling === egress ? 'RULE_DENIED_EGRESS' : 'RULE_DENIED_INGRESS';
      if (denying.length !== 1) return 'BOTH_ISOLATED_NO_RULE_MATCHED';
      return denying[0] === egress ? 'EGRESS_ISOLATED_NO_RULE_MATCHED' : 'INGRESS_ISOLATED_NO_RULE_MATCHED';
    }
    case 'unknown': {
      if (both.some(({ by }) => by === 'NotUnderstood')) return 'NOT_UNDERSTOOD';
      const unknown = both.filter((side) => side[mode] === 'unknown');
      if (unknown.some(({ ruled }) => ruled)) return 'AMBIGUOUS_PRIORITY';
      return unknown.some(({ undecidable }) => undecidable) ? 'RULE_UNDECIDABLE' : 'ADDRESS_UNKNOWN';
    }
    case 'mixed':
      return 'PORTS_DIFFER';
  }
}
