import { noAddress } from '../compile/address-blocks.js';
import { outsideClass } from '../compile/pod-classes.js';
import type { ModeParts } from '../connectivity/mode-parts.js';
import type { OutcomeId } from '../sets/outcomes.js';

/** What one gate says of every unit, by family; where a unit has no address the number means nothing. */
export interface DoorSays {
  readonly in4: Uint32Array;
  readonly in6: Uint32Array;
}

/**
 * Asks a gate about all units at once. Cost: linear in the units; where the gate's rows do not depend on the addresses
 * of pods, a run of classes at a time.
 */
export function doorSays(
  mode: ModeParts,
  direction: 'egress' | 'ingress',
  gate: number,
  translate: (outcome: OutcomeId) => OutcomeId,
): DoorSays {
  const { units, rows } = mode;
  const gates = mode[direction];
  const in4 = new Uint32Array(units.count);
  const profile = gates.profile(gate);
  if (profile < 0) {
    in4.fill(translate(gates.constant(gate)));
    return { in4, in6: in4 };
  }
  const row = rows.only(profile);
  let first = 0;
  if (row !== null) {
    let unit = 0;
    rows.eachRun(row, (_start, end, outcome) => {
      const says = translate(gates.inForce(gate, outcome));
      for (; unit < units.podEnd && units.classOf[unit] < end; unit++) in4[unit] = says;
    });
    first = units.podEnd;
  }
  const in6 = in4.slice();
  for (let unit = first; unit < units.count; unit++) {
    const peerClass = unit < units.podEnd ? units.classOf[unit] : outsideClass;
    if (units.block4[unit] !== noAddress) in4[unit] = translate(gates.outcome(gate, peerClass, units.block4[unit]));
    if (units.block6[unit] !== noAddress) in6[unit] = translate(gates.outcome(gate, peerClass, units.block6[unit]));
  }
  return { in4, in6 };
}
