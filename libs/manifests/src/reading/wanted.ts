/**
 * Which parts of a JSON value are looked at: the whole of it, certain members of an object, or such parts of each
 * element of a list. Where a value is of another type than expected, the whole of it is wanted, for the complaint.
 */
export type Wanted = 'All' | WantedMembers | WantedElements;

export interface WantedMembers {
  readonly kind: 'Members';
  /** By name; what is not here is not looked at. */
  readonly members: ReadonlyMap<string, Wanted>;
  /** By length of the name, so that most names are passed over without being read. */
  readonly byLength: readonly (readonly (readonly [name: string, wanted: Wanted])[])[];
}

export interface WantedElements {
  readonly kind: 'Elements';
  readonly element: Wanted;
}

export function members(wanted: Readonly<Record<string, Wanted>>): WantedMembers {
  const entries = Object.entries(wanted);
  const byLength: (readonly [string, Wanted])[][] = [];
  for (const entry of entries) (byLength[entry[0].length] ??= []).push(entry);
  return { kind: 'Members', members: new Map(entries), byLength };
}

export function elements(element: Wanted): WantedElements {
  return { kind: 'Elements', element };
}
