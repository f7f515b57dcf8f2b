/**
 * JSON text of a value with object keys sorted at every level and `undefined` members left out, so that equal values
 * have equal text whatever order they were written in. Keys that are whole numbers come first, by their value, as in
 * every JavaScript object; the others go by UTF-16 code unit. Lists keep their order. Cost: linear in the size of the
 * value, plus sorting the keys of the objects whose keys are not in order.
 */
export function canonicalText(value: unknown): string {
  return JSON.stringify(inOrder(value)) ?? 'null';
}

/** A value with its keys sorted at every level; what is in order already is not copied. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  return Array.isArray(value) ? listInOrder(value) : objectInOrder(value as Readonly<Record<string, unknown>>);
}

function listInOrder(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const element = inOrder(list[i]);
    if (element === list[i]) continue;
    copy ??= [...list];
    copy[i] = element;
  }
  return copy ?? list;
}

function objectInOrder(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = Object.keys(object);
  let isSorted = true;
  for (let i = 1; i < keys.length; i++) isSorted &&= keys[i - 1] < keys[i];
  // Without a comparison, sorting goes by UTF-16 code unit.
  if (!isSorted) keys.sort();
  let copy: Record<string, unknown> | null = isSorted ? null : {};
  for (let i = 0; i < keys.length; i++) {
    const member = inOrder(object[keys[i]]);
    if (copy === null) {
      if (member === object[keys[i]]) continue;
      copy = {};
      for (let j = 0; j < i; j++) put(copy, keys[j], object[keys[j]]);
    }
    put(copy, keys[i], member);
  }
  return copy ?? object;
}

/** Assigning to `__proto__` would give the object another prototype instead of a member. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true });
  else object[key] = value;
}
