import type { Cluster } from './cluster.js';
import { dimensions } from '../sets/connection-sets.js';
import { differenceOfIntervals, type IntervalSet, unionOfIntervals } from '../sets/interval-set.js';
import { type Asked, combinedOutcome, type FamilyJudgement, heldOf } from './judge-pair.js';
import type { ConnectionsView, FlowVerdict, Mode } from './verdict.js';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';

/** Of the connections asked for: which are allowed, denied, unknown. Words without a connection are left out. */
export function connectionsOf(
  cluster: Cluster,
  { pair, sides }: FamilyJudgement,
  asked: Asked,
  mode: Mode,
): Partial<Record<FlowVerdict, ConnectionsView>> {
  const { sets, outcomes } = cluster.index;
  const outcome = combinedOutcome(cluster, pair, sides, mode);
  const allowed = heldOf(sets, outcomes.allowed(outcome), pair.family, asked);
  const unknown = heldOf(sets, outcomes.unknown(outcome), pair.family, asked);
  const denied = differenceOfIntervals([asked.first, asked.last], unionOfIntervals(allowed, unknown));
  const views: Partial<Record<FlowVerdict, ConnectionsView>> = {};
  for (const [word, intervals] of [
    ['allowed', allowed],
    ['denied', denied],
    ['unknown', unknown],
  ] as const) {
    if (intervals.length > 0) views[word] = { all: false, protocols: { [asked.protocol]: intervalTexts(intervals) } };
  }
  return views;
}

/**
 * A connection set in the spelling of the contract: `all` stands alone. Ports are numbers and ranges; ICMP and ICMPv6
 * are types, `first-last` or `type/code`; `Other` are the numbers of protocols; everything without ports is `all`.
 */
export function viewOfConnections(sets: ConnectionSets, id: ConnectionSetId): ConnectionsView {
  if (id === sets.all) return { all: true };
  const protocols: Record<string, readonly string[]> = {};
  const everything = sets.get(sets.all);
  sets.get(id).forEach((intervals, i) => {
    if (intervals.length === 0) return;
    const isWhole = intervals[0] === everything[i][0] && intervals[1] === everything[i][1];
    const isIcmp = dimensions[i] === 'ICMP' || dimensions[i] === 'ICMPv6';
    protocols[dimensions[i]] = isWhole && i >= 3 ? ['all'] : isIcmp ? icmpTexts(intervals) : intervalTexts(intervals);
  });
  return { all: false, protocols };
}

/** Whole types as `type` or `first-last`; codes of one type as `type/code`. */
function icmpTexts(intervals: IntervalSet): string[] {
  const texts: string[] = [];
  for (let i = 0; i < intervals.length; i += 2) {
    let at = intervals[i];
    while (at <= intervals[i + 1]) {
      const type = at >> 8;
      const lastWhole = ((intervals[i + 1] + 1) >> 8) - 1;
      if ((at & 255) === 0 && lastWhole >= type) {
        texts.push(type === lastWhole ? String(type) : `${type}-${lastWhole}`);
        at = (lastWhole + 1) << 8;
      } else {
        texts.push(`${type}/${at & 255}`);
        at++;
      }
    }
  }
  return texts;
}

function intervalTexts(intervals: IntervalSet): string[] {
  const texts: string[] = [];
  for (let i = 0; i < intervals.length; i += 2) {
    texts.push(intervals[i] === intervals[i + 1] ? String(intervals[i]) : `${intervals[i]}-${intervals[i + 1]}`);
  }
  return texts;
}
