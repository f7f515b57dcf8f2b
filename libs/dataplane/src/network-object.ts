import type { ClusterModel, NetworkObject } from '#model';

/** An object of a kind by name; undefined where the snapshot has none. */
export function specOf({ networkObjects }: ClusterModel, kind: string, name: string): NetworkObject | undefined {
  return networkObjects.find(({ ref }) => ref.kind === kind && ref.name === name);
}

/** Objects of a kind, by ref. */
export function objectsOf({ networkObjects }: ClusterModel, kind: string): readonly NetworkObject[] {
  return networkObjects.filter(({ ref }) => ref.kind === kind);
}

/** A member of a spec as an integer; null where it is absent, no number, or larger than one can count to. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** A member of a spec as a text; null where it is absent, empty or no text. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
