import type { Gates } from './gates.js';
import type { Ends } from './ends.js';
import type { Units } from './units.js';

/**
 * The destinations that a question asks about, behind their gates. The units behind one gate stand in ascending order,
 * which is that of their classes, so that a run of classes is a stretch of them; neighbours that belong to one and the
 * same end form a cell, which is passed over in one step.
 */
export class Destinations {
  /** By end: 1 where the question asks about it. */
  readonly wanted: Uint8Array;
  /** By gate: its stretch in `gateUnits`. */
  readonly gateOffsets: Uint32Array;
  readonly gateUnits: Uint32Array;
  /** Beside `gateUnits`: one more than the last position of the same cell. */
  readonly cellEnd: Uint32Array;
  /** By gate: how many cells it has. */
  readonly cellCount: Uint32Array;
  /** Units of pods that are subjects, ascending, whatever their gate. */
  readonly podUnits: Uint32Array;
  /** By class, and one more: how many of `podUnits` have a lower class. */
  readonly podsBelow: Uint32Array;
  /** Units of nodes and addresses. */
  readonly outsideUnits: Uint32Array;
  /** Before each position of `gateUnits`, and at its end: how many units have an address in the family. */
  readonly with4: Uint32Array;
  readonly with6: Uint32Array;

  /** `kept` are the ends asked about; null: all. Cost: linear in the units and their ends. */
  constructor(units: Units, ends: Ends, gates: Gates, kept: Uint32Array | null) {
    this.wanted = new Uint8Array(ends.count).fill(kept === null ? 1 : 0);
    for (const end of kept ?? []) this.wanted[end] = 1;
    const isWanted = (unit: number): boolean => {
      for (let i = ends.endOffsets[unit]; i < ends.endOffsets[unit + 1]; i++)
        if (this.wanted[ends.ends[i]]) return true;
      return false;
    };
    const wantedUnits = Uint32Array.from({ length: units.count }, (_, unit) => unit).filter(isWanted);
    this.podUnits = wantedUnits.filter((unit) => unit < units.podEnd);
    this.podsBelow = new Uint32Array((units.podEnd === 0 ? 0 : units.classOf[units.podEnd - 1]) + 2);
    for (const unit of this.podUnits) this.podsBelow[units.classOf[unit] + 1]++;
    for (let c = 1; c < this.podsBelow.length; c++) this.podsBelow[c] += this.podsBelow[c - 1];
    this.outsideUnits = wantedUnits.filter((unit) => unit >= units.podEnd);
    this.gateOffsets = new Uint32Array(gates.count + 1);
    for (const unit of this.podUnits) this.gateOffsets[gates.of[unit] + 1]++;
    for (let gate = 0; gate < gates.count; gate++) this.gateOffsets[gate + 1] += this.gateOffsets[gate];
    const next = this.gateOffsets.slice();
    this.gateUnits = new Uint32Array(this.podUnits.length);
    for (const unit of this.podUnits) this.gateUnits[next[gates.of[unit]]++] = unit;
    this.cellEnd = new Uint32Array(this.gateUnits.length);
    this.cellCount = new Uint32Array(gates.count);
    for (let gate = 0; gate < gates.count; gate++) this.#findCells(gate, ends);
    this.with4 = counted(this.gateUnits, (unit) => units.has4[unit]);
    this.with6 = counted(this.gateUnits, (unit) => units.has6[unit]);
  }

  #findCells(gate: number, ends: Ends): void {
    const { gateOffsets, gateUnits, cellEnd } = this;
    for (let at = gateOffsets[gate + 1] - 1; at >= gateOffsets[gate]; at--) {
      const end = onlyEnd(ends, gateUnits[at]);
      const continues = at + 1 < gateOffsets[gate + 1] && end >= 0 && end === onlyEnd(ends, gateUnits[at + 1]);
      cellEnd[at] = continues ? cellEnd[at + 1] : at + 1;
      if (!continues) this.cellCount[gate]++;
    }
  }
}

/** The end that a whole unit belongs to; -1 where several share it. */
function onlyEnd({ endOffsets, ends }: Ends, unit: number): number {
  return endOffsets[unit + 1] - endOffsets[unit] === 1 ? ends[endOffsets[unit]] : -1;
}

function counted(list: Uint32Array, weightOf: (unit: number) => number): Uint32Array {
  const sums = new Uint32Array(list.length + 1);
  for (let i = 0; i < list.length; i++) sums[i + 1] = sums[i] + weightOf(list[i]);
  return sums;
}
