import { type AddressRange, parseCidr, type PeerStatement } from '#model';

/** An address as a number of either family. */
type Value = number | bigint;

/** The ranges of CIDRs in canonical text. */
export function rangesOf(cidrs: readonly string[]): AddressRange[] {
  return cidrs.flatMap((cidr) => parseCidr(cidr) ?? []);
}

/** Whether the outer range holds the whole of the inner one. */
export function rangeHolds(outer: AddressRange, inner: AddressRange): boolean {
  return (
    outer.first.family === inner.first.family &&
    outer.first.value <= inner.first.value &&
    inner.last.value <= outer.last.value
  );
}

export function rangesMeet(a: AddressRange, b: AddressRange): boolean {
  return a.first.family === b.first.family && a.first.value <= b.last.value && b.first.value <= a.last.value;
}

/** What a block means: its CIDRs less what it excepts, in pieces. Cost: n log n in the exceptions, for each CIDR. */
export function piecesOf({ cidrs, except }: PeerStatement & { kind: 'Addresses' }): AddressRange[] {
  const holes = rangesOf(except).sort((a, b) => (a.first.value < b.first.value ? -1 : 1));
  return rangesOf(cidrs).flatMap((range) => {
    const pieces: AddressRange[] = [];
    let start: Value = range.first.value;
    const push = (from: Value, to: Value): void => {
      if (from > to) return;
      const { family } = range.first;
      pieces.push({ first: { family, value: from }, last: { family, value: to } } as AddressRange);
    };
    for (const hole of holes) {
      if (!rangesMeet(range, hole)) continue;
      push(start, before(hole.first.value));
      const next = after(hole.last.value);
      if (next > start) start = next;
    }
    push(start, range.last.value);
    return pieces;
  });
}

function before(value: Value): Value {
  return typeof value === 'number' ? value - 1 : value - 1n;
}

function after(value: Value): Value {
  return typeof value === 'number' ? value + 1 : value + 1n;
}
