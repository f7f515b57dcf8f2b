import type { JudgedWord, Judgement } from '../query/judgement.js';
import type { Mode } from '../query/verdict.js';

/** Both hops must be allowed: the word of the one that lets less through, or of the one at which policies were asked. */
export function bothHops(client: Judgement, behind: Judgement): Judgement {
  const order = ['notApplicable', 'denied', 'unknown', 'mixed', 'allowed'];
  const word = (mode: Mode): JudgedWord => {
    const [a, b] = [client[mode], behind[mode]];
    if (a.verdict === b.verdict) return b.reason === 'NO_POLICY_APPLIES' || b.reason === 'NO_SUBJECT' ? a : b;
    return order.indexOf(a.verdict) < order.indexOf(b.verdict) ? a : b;
  };
  return { intended: word('intended'), effective: word('effective') };
}
