/** Which units an end is made of, and of which ends a unit is a part. */
export interface EndsAndUnits {
  /** By end: its stretch in `units`. */
  readonly unitOffsets: Uint32Array;
  /** Ascending in each stretch. */
  readonly units: Uint32Array;
  /** Beside `units`: how many members of the end are in that unit. */
  readonly members: Uint32Array;
  /** By unit: its stretch in `ends`. */
  readonly endOffsets: Uint32Array;
  /** Ascending in each stretch. */
  readonly ends: Uint32Array;
}

/**
 * @param endOf by member: the end it belongs to, below `endCount`
 * @param unitOf by member: the unit it is in, below `unitCount`
 *
 * Cost: linear in the members, the ends and the units.
 */
export function relateEndsAndUnits(
  endOf: Uint32Array,
  endCount: number,
  unitOf: Uint32Array,
  unitCount: number,
): EndsAndUnits {
  // By end, and by unit within one end: the second order keeps the first.
  const order = ordered(endOf, endCount, ordered(unitOf, unitCount, null));
  const ends = new Uint32Array(order.length);
  const units = new Uint32Array(order.length);
  const members = new Uint32Array(order.length);
  let count = 0;
  for (const member of order) {
    const isAnother = count === 0 || ends[count - 1] !== endOf[member] || units[count - 1] !== unitOf[member];
    if (isAnother) {
      ends[count] = endOf[member];
      units[count++] = unitOf[member];
    }
    members[count - 1]++;
  }
  const pairEnds = ends.subarray(0, count);
  const pairUnits = units.subarray(0, count);
  return {
    unitOffsets: offsetsOf(pairEnds, endCount),
    units: pairUnits.slice(),
    members: members.slice(0, count),
    endOffsets: offsetsOf(pairUnits, unitCount),
    ends: ordered(pairUnits, unitCount, null).map((pair) => pairEnds[pair]),
  };
}

/** By key: where its items begin when all are put in order; one more at the end. */
function offsetsOf(keys: Uint32Array, keyCount: number): Uint32Array {
  const offsets = new Uint32Array(keyCount + 1);
  for (const key of keys) offsets[key + 1]++;
  for (let key = 1; key <= keyCount; key++) offsets[key] += offsets[key - 1];
  return offsets;
}

/** Items by ascending key; those with one key stay as they were in `before`, or by number. */
function ordered(keys: Uint32Array, keyCount: number, before: Uint32Array | null): Uint32Array {
  const next = offsetsOf(keys, keyCount);
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const item = before === null ? i : before[i];
    order[next[keys[item]]++] = item;
  }
  return order;
}
