import type { SnapshotInfo } from '#model';
import type { Decoder, Fields } from '../validation/decoder.js';

/** Reads the one `canreach.dev/v1 SnapshotInfo` of an input. */
export function readSnapshotInfo(object: Fields, decoder: Decoder): SnapshotInfo {
  const list = (value: unknown, field: string): string[] | null =>
    value === undefined || value === null
      ? null
      : decoder.elements(value, field, (entry, at) => decoder.text(entry, at) ?? '');
  const takenAt = decoder.text(object.takenAt, 'takenAt');
  if (takenAt !== null && !isInstant(takenAt)) {
    decoder.complain({
      field: 'takenAt',
      reason: 'Invalid',
      detail: 'must be an RFC 3339 time, (e.g. 2026-11-22T10:00:00Z)',
      value: takenAt,
    });
  }
  return {
    collected: list(object.collected, 'collected'),
    notCollected: decoder.elements(object.notCollected, 'notCollected', (entry, at) => {
      if (typeof entry === 'string') return { kind: entry, reason: 'not collected' };
      const { kind, reason } = decoder.fields(entry, at);
      return {
        kind: decoder.requiredText(kind, `${at}.kind`),
        reason: decoder.text(reason, `${at}.reason`) ?? 'not collected',
      };
    }),
    scope: readScope(object.scope, decoder),
    resourceVersion: decoder.text(object.resourceVersion, 'resourceVersion'),
    takenAt,
    dataplane: overrideTexts(decoder.fields(object.dataplane, 'dataplane'), decoder),
    semantics: decoder.texts(object.semantics, 'semantics'),
  };
}

/** Overrides as the texts that a question would give: lists are joined by `+`, a subnet's nodes follow it behind `=`. */
function overrideTexts(overrides: Fields, decoder: Decoder): Record<string, string> {
  const textOf = (value: unknown, at: string): string => {
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (Array.isArray(value)) return value.map((entry, i) => textOf(entry, `${at}[${i}]`)).join('+');
    if (value === null || typeof value !== 'object') return decoder.text(value, at) ?? '';
    const { cidr, nodes } = value as Fields;
    const names = decoder.elements(nodes, `${at}.nodes`, (entry, place) => decoder.text(entry, place) ?? '');
    return `${decoder.text(cidr, `${at}.cidr`) ?? ''}${names.length === 0 ? '' : `=${names.join(';')}`}`;
  };
  return Object.fromEntries(Object.entries(overrides).map(([key, value]) => [key, textOf(value, `dataplane.${key}`)]));
}

/** A list of namespaces, or an object with `namespaces`; absent or `cluster`: everything. */
function readScope(value: unknown, decoder: Decoder): string[] | null {
  if (value === undefined || value === null || value === 'cluster') return null;
  const list = Array.isArray(value) ? (value as unknown[]) : decoder.fields(value, 'scope').namespaces;
  if (list === undefined || list === null) return null;
  return decoder.elements(list, 'scope', (entry, at) => decoder.text(entry, at) ?? '');
}

/** Whether a text is a time with date, time of day and zone. */
export function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text.replace(' ', 'T')))
  );
}
