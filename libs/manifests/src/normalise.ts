import { hash } from 'node:crypto';
import { canonicalText, formatObjectRef, type ObjectRef, type StoredObject } from '#model';
import type { KindReader } from './kinds/kind-reader.js';
import { withoutHeaders } from './kinds/cilium/without-headers.js';
import { readerOf } from './kinds/readers.js';
import { canonicalGroup, isNamespacedPolicy, meaningOf } from './kinds/not-understood.js';
import type { Complaint } from './validation/complaint.js';
import { Decoder, type Fields } from './validation/decoder.js';
import type { Remark } from './validation/remark.js';
import { dnsLabelProblems, dnsSubdomainProblems, labelComplaints } from './validation/names.js';
import { unknownFields } from './validation/unknown-fields.js';

/** What became of one object of the input. */
export type Normalised =
  | {
      readonly outcome: 'Stored';
      readonly object: StoredObject;
      readonly namespaceGiven: boolean;
      /** Paths that the kind does not know, and what has become of them. */
      readonly unknownFields: readonly string[];
      readonly unknownAre: 'Dropped' | 'Kept';
      readonly remarks: readonly Remark[];
    }
  | { readonly outcome: 'Skipped'; readonly kind: string }
  /** `raw` is what can be kept of it as not understood. */
  | {
      readonly outcome: 'Refused';
      readonly label: string;
      readonly kind: string;
      readonly complaints: readonly Complaint[];
      readonly raw: StoredObject | null;
    };

/** The API group of an `apiVersion`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : canonicalGroup(apiVersion.slice(0, slash));
}

/** Reduces one object to what is kept, with every default explicit. Cost: linear in what is kept. */
export function normalise(value: unknown): Normalised {
  const decoder = new Decoder();
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refused('(no object)', '', [
      { field: '', reason: 'Decode', detail: 'must be an object with apiVersion and kind', value },
    ]);
  }
  const object = value as Fields;
  const apiVersion = decoder.requiredText(object.apiVersion, 'apiVersion');
  const kind = decoder.requiredText(object.kind, 'kind');
  const reader = decoder.complaints.length === 0 ? readerOf(apiVersion, kind) : undefined;
  if (reader !== undefined) return readKnown(object, reader, decoder);
  if (decoder.complaints.length === 0) checkType(apiVersion, kind, decoder);
  if (decoder.complaints.length > 0) return refused(kind || '(no kind)', kind, decoder.complaints);
  const group = groupOf(apiVersion);
  const metadata = decoder.fields(object.metadata, 'metadata');
  const name = decoder.text(metadata.name, 'metadata.name') ?? '';
  const namespace = decoder.text(metadata.namespace, 'metadata.namespace');
  if (meaningOf(group, kind, namespace, name) === null)
    return { outcome: 'Skipped', kind: group === '' ? kind : `${kind}.${group}` };
  return readNotUnderstood(object, group, kind, decoder);
}

/** Kinds and groups become keys of the store and words of answers. */
function checkType(apiVersion: string, kind: string, decoder: Decoder): void {
  if (!/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(apiVersion)) {
    const detail = 'must be a version, or a group and a version, (e.g. v1, networking.k8s.io/v1)';
    decoder.complain({ field: 'apiVersion', reason: 'Invalid', detail, value: apiVersion });
  }
  if (!/^[a-z][a-z0-9]{0,252}$/i.test(kind)) {
    const detail = 'must be the name of a kind, (e.g. Pod)';
    decoder.complain({ field: 'kind', reason: 'Invalid', detail, value: kind });
  }
}

/**
 * The members of an object that was stored, as its reader gives them; null where it is of a kind or version that is not
 * read, or was stored although it is invalid.
 */
export function readAgain(value: unknown): Record<string, unknown> | null {
  if (value === null || typeof value !== 'object') return null;
  const { apiVersion, kind, invalid } = value as Fields;
  const reader = readerOf(String(apiVersion), String(kind));
  if (reader === undefined || invalid === true) return null;
  const decoder = new Decoder();
  const members = reader.read(value as Fields, decoder);
  return decoder.complaints.length === 0 ? members : null;
}

function readKnown(given: Fields, reader: KindReader, decoder: Decoder): Normalised {
  const object = reader.unwrap?.(given, decoder) ?? given;
  const header = readHeader(object, reader, decoder);
  const label = formatObjectRef(header.ref);
  if (reader.isPolicy === true) refuseOnceRefused(object, decoder);
  const members = reader.read(object, decoder);
  const kind = reader.group === '' ? reader.kind : `${reader.kind}.${reader.group}`;
  const apiVersion = reader.group === '' ? reader.versions[0] : `${reader.group}/${reader.versions[0]}`;
  if (decoder.complaints.length > 0) {
    const raw = reader.isPolicy === true ? invalidPolicy(object, apiVersion, header, decoder) : null;
    return refused(label, kind, decoder.complaints, raw);
  }
  if (members === null) return { outcome: 'Skipped', kind };
  const body = { apiVersion, kind: reader.kind, metadata: header.metadata, ...members };
  return {
    outcome: 'Stored',
    object: stored(header.ref, header.uid, body),
    namespaceGiven: header.namespaceGiven,
    unknownFields: unknownFieldsOf(object, reader),
    unknownAre: reader.unknownFields ?? 'Dropped',
    remarks: decoder.remarks,
  };
}

function unknownFieldsOf(object: Fields, { shape }: KindReader): string[] {
  if (shape === undefined) return [];
  const { spec, specs } = object;
  return [...unknownFields(spec, shape, 'spec'), ...unknownFields(specs, [shape], 'specs')];
}

interface Header {
  readonly ref: ObjectRef;
  readonly uid: string | null;
  readonly metadata: Record<string, unknown>;
  readonly namespaceGiven: boolean;
}

function readHeader(
  object: Fields,
  reader: Pick<KindReader, 'group' | 'kind' | 'namespaced' | 'annotations' | 'redactAnnotation' | 'owners'>,
  decoder: Decoder,
): Header {
  const metadata = decoder.fields(object.metadata, 'metadata');
  const name = decoder.text(metadata.name, 'metadata.name') ?? '';
  if (name === '') {
    decoder.complain({ field: 'metadata.name', reason: 'Required', detail: 'name or generateName is required' });
  } else {
    const problems =
      reader.kind === 'Namespace' && reader.group === '' ? dnsLabelProblems(name) : dnsSubdomainProblems(name);
    for (const detail of problems) decoder.complain({ field: 'metadata.name', reason: 'Invalid', detail, value: name });
  }
  const given = reader.namespaced ? decoder.text(metadata.namespace, 'metadata.namespace') : null;
  const namespace = reader.namespaced ? given || 'default' : null;
  if (namespace !== null) {
    for (const detail of dnsLabelProblems(namespace))
      decoder.complain({ field: 'metadata.namespace', reason: 'Invalid', detail, value: namespace });
  }
  const labels = decoder.texts(metadata.labels, 'metadata.labels');
  for (const complaint of labelComplaints(labels, 'metadata.labels')) decoder.complain(complaint);
  const uid = readUid(metadata.uid, decoder);
  return {
    ref: { group: reader.group, kind: reader.kind, namespace, name },
    uid,
    namespaceGiven: !reader.namespaced || Boolean(given),
    metadata: {
      annotations: keptAnnotations(
        decoder.texts(metadata.annotations, 'metadata.annotations'),
        reader.annotations ?? [],
        reader.redactAnnotation,
      ),
      labels,
      name,
      namespace: namespace ?? undefined,
      ownerReferences: reader.owners === true ? readOwners(metadata.ownerReferences, decoder) : undefined,
      uid: uid ?? undefined,
    },
  };
}

/** Upstream lets it be any text; only what can be shown is a key here. */
function readUid(value: unknown, decoder: Decoder): string | null {
  const uid = decoder.text(value, 'metadata.uid');
  if (uid === null || uid === '') return null;
  if (/^[\x21-\x7e]{1,253}$/.test(uid)) return uid;
  const detail = 'must be at most 253 visible ASCII characters';
  decoder.complain({ field: 'metadata.uid', reason: 'Invalid', detail, value: uid });
  return null;
}

function keptAnnotations(
  annotations: Readonly<Record<string, string>>,
  kept: readonly (string | RegExp)[],
  redact: KindReader['redactAnnotation'],
): Record<string, string> | undefined {
  const entries = Object.entries(annotations)
    .filter(([key]) => kept.some((pattern) => (typeof pattern === 'string' ? pattern === key : pattern.test(key))))
    .map(([key, value]): [string, string] => [key, redact === undefined ? value : redact(key, value)]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The controlling owner, if any. */
function readOwners(value: unknown, decoder: Decoder): Record<string, unknown>[] | undefined {
  const owners = decoder.elements(value, 'metadata.ownerReferences', (entry, at) => {
    const owner = decoder.fields(entry, at);
    const apiVersion = decoder.text(owner.apiVersion, `${at}.apiVersion`) ?? '';
    const kind = decoder.text(owner.kind, `${at}.kind`) ?? '';
    const name = decoder.text(owner.name, `${at}.name`) ?? '';
    const uid = decoder.text(owner.uid, `${at}.uid`) ?? undefined;
    return { apiVersion, controller: decoder.boolean(owner.controller, `${at}.controller`), kind, name, uid };
  });
  const controlling = owners.filter(({ controller }) => controller);
  return controlling.length === 0 ? undefined : controlling;
}

/** Stores a kind that is not modelled as it is, without what never counts. */
function readNotUnderstood(object: Fields, group: string, kind: string, decoder: Decoder): Normalised {
  const metadata = decoder.fields(object.metadata, 'metadata');
  const namespaced =
    isNamespacedPolicy(group, kind) || (typeof metadata.namespace === 'string' && metadata.namespace !== '');
  const header = readHeader(object, { group, kind, namespaced }, decoder);
  const apiVersion = `${group}/${String(object.apiVersion).split('/')[1]}`;
  refuseOnceRefused(object, decoder);
  if (decoder.complaints.length > 0) {
    const raw = invalidPolicy(object, apiVersion, header, decoder);
    return refused(formatObjectRef(header.ref), `${kind}.${group}`, decoder.complaints, raw);
  }
  return {
    outcome: 'Stored',
    object: rawPolicy(object, apiVersion, header),
    namespaceGiven: header.namespaceGiven,
    unknownFields: [],
    unknownAre: 'Kept',
    remarks: [],
  };
}

/** What can be kept of a policy that is refused: nothing where it cannot be told which object it is. */
function invalidPolicy(
  object: Fields,
  apiVersion: string,
  header: Header,
  { complaints }: Decoder,
): StoredObject | null {
  const identity = ['metadata', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
  return complaints.some(({ field }) => identity.includes(field)) ? null : rawPolicy(object, apiVersion, header, true);
}

/** A policy of a bundle that was refused where it came from: what is left of it may look valid. */
function refuseOnceRefused({ invalid }: Fields, decoder: Decoder): void {
  if (invalid !== true) return;
  decoder.complain({ field: 'invalid', reason: 'Invalid', detail: 'the policy was refused when it was first read' });
}

/** `invalid` says that the API server would have refused the object, whatever is left of it here. */
function rawPolicy(object: Fields, apiVersion: string, { ref, uid, metadata }: Header, invalid?: true): StoredObject {
  const body = {
    apiVersion,
    kind: ref.kind,
    metadata,
    spec: withoutHeaders(object.spec),
    specs: withoutHeaders(object.specs),
    invalid,
  };
  return stored(ref, uid, body);
}

function stored(ref: ObjectRef, uid: string | null, value: unknown): StoredObject {
  const body = canonicalText(value);
  return { ref, uid, body, hash: hash('sha256', body, 'hex') };
}

function refused(
  label: string,
  kind: string,
  complaints: readonly Complaint[],
  raw: StoredObject | null = null,
): Normalised {
  return { outcome: 'Refused', label, kind, complaints, raw };
}
