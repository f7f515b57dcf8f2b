import type { Knob, PolicySemantics } from '#model';
import { knobs, knobWords } from '#model';
import type { Cluster } from './cluster.js';
import { type Asked, type PairJudgement, wordOf } from './judge-pair.js';
import { replayedSides } from './sides.js';

/**
 * The knobs that would change what the policies intend for a pair, if just that knob were set to one of its other
 * words (policy semantics 6.2). Cost: one replay per other word and family.
 */
export function implementationDefinedBy(
  cluster: Cluster,
  { families }: PairJudgement,
  asked: Asked,
  semantics: PolicySemantics,
): Knob[] {
  return knobs.filter((knob) =>
    knobWords[knob].some((word) => {
      if (word === semantics[knob]) return false;
      const other = { ...semantics, [knob]: word };
      return families.some(({ pair, intended }) => {
        const { egress, ingress } = replayedSides(cluster, pair, other);
        const { outcomes } = cluster.index;
        return wordOf(cluster, outcomes.both(egress.outcome, ingress.outcome), pair.family, asked) !== intended.verdict;
      });
    }),
  );
}
