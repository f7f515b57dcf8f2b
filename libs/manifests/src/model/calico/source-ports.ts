import type { PortSpan, RulePeer } from '#model';
import type { CalicoRule } from '../stored-calico.js';

type Undecidable = Extract<RulePeer, { kind: 'Undecidable' }>;

/**
 * The condition of a rule on the port that a connection is opened from, which a question may state. `All`: it has none,
 * or every port meets it; `None`: no port does. A name, which stands for a port of the source, leaves it to nobody's
 * knowledge.
 */
export function sourcePortsOf({
  source: { ports, notPorts },
}: Pick<CalicoRule, 'source'>): Undecidable | 'All' | 'None' {
  if (ports.length + notPorts.length === 0) return 'All';
  const condition = { kind: 'Undecidable', what: 'the port of the source' } as const;
  const [listed, excluded] = [ports.map(spanOf), notPorts.map(spanOf)];
  if ([...listed, ...excluded].includes(null)) return condition;
  const wanted = ports.length === 0 ? [{ first: 1, last: 65535 }] : (listed as PortSpan[]);
  const spans = (excluded as PortSpan[]).reduce<PortSpan[]>(without, joined(wanted));
  if (spans.length === 0) return 'None';
  const isEvery = spans.length === 1 && spans[0].first <= 1 && spans[0].last >= 65535;
  return isEvery ? 'All' : { ...condition, sourcePorts: spans };
}

/** Null: a name. */
function spanOf(port: number | string): PortSpan | null {
  const range = /^([0-9]+)(?::([0-9]+))?$/.exec(String(port));
  return range === null ? null : { first: Number(range[1]), last: Number(range[2] ?? range[1]) };
}

/** In ascending order, those that touch as one. */
function joined(spans: readonly PortSpan[]): PortSpan[] {
  const result: PortSpan[] = [];
  for (const { first, last } of spans.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before === undefined || first > before.last + 1) result.push({ first, last });
    else result[result.length - 1] = { first: before.first, last: Math.max(before.last, last) };
  }
  return result;
}

function without(spans: readonly PortSpan[], hole: PortSpan): PortSpan[] {
  return spans.flatMap(({ first, last }) =>
    [
      { first, last: Math.min(last, hole.first - 1) },
      { first: Math.max(first, hole.last + 1), last },
    ].filter((span) => span.first <= span.last),
  );
}
