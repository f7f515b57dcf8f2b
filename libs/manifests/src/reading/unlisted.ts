import type { RawObject } from '../examine.js';

/** What a List says about items that do not say it themselves. */
export interface ListHead {
  readonly kind?: string;
  readonly apiVersion?: string;
}

/** The kind of the items of an `XList`; null where that is not known. */
export function listHeadOf(list: unknown): ListHead | null {
  if (!isRecord(list)) return null;
  const { kind, apiVersion } = list;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return null;
  return kind !== 'List' && kind.endsWith('List') ? { kind: kind.slice(0, -4), apiVersion } : {};
}

/** Whether a value says itself what it is. */
export function isNamed(value: unknown): boolean {
  return isRecord(value) && typeof value.kind === 'string' && typeof value.apiVersion === 'string';
}

/** The value as an item of its List. */
export function named(value: unknown, { kind, apiVersion }: ListHead): unknown {
  return isNamed(value) || !isRecord(value) ? value : { kind, apiVersion, ...value };
}

/** Takes Lists apart, also Lists inside Lists. */
export function* unlisted(value: unknown, line: number, file: string | null, depth = 0): Iterable<RawObject> {
  if (!isRecord(value)) {
    yield { value, line, file };
    return;
  }
  const { kind, apiVersion, items } = value;
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  if (!isList || depth > 3) {
    // A List whose items came one by one is here again without them, or never had any.
    if (!(typeof kind === 'string' && kind.endsWith('List') && (items === undefined || items === null)))
      yield { value, line, file };
    return;
  }
  const itemKind = kind === 'List' ? undefined : kind.slice(0, -4);
  for (const item of items as unknown[]) {
    const itemValue = isRecord(item) && itemKind !== undefined ? { kind: itemKind, apiVersion, ...item } : item;
    yield* unlisted(itemValue, line, file, depth + 1);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
