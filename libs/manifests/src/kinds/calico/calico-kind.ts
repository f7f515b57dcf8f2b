import type { Decoder, Fields } from '../../validation/decoder.js';
import { unknownMembers, type Shape } from '../../validation/unknown-fields.js';
import type { KindReader } from '../kind-reader.js';

const metadataAnnotation = 'projectcalico.org/metadata';

interface CalicoKind {
  readonly kind: string;
  readonly namespaced: boolean;
  /** What is known in the spec; unknown members are kept as they are. */
  readonly shape: Shape;
  /** The known members of the spec. */
  readSpec(spec: Fields, decoder: Decoder, object: Fields): Record<string, unknown>;
}

/**
 * A reader of one of Calico's kinds. Its two groups are one: `projectcalico.org/v3` is what users see, and
 * `crd.projectcalico.org/v1` the same objects as they are stored. Names are kept as they are written: stored names of
 * policies may carry their tier as a prefix (`default.web`), and a name without it may be another policy's.
 */
export function calicoKind({ kind, namespaced, shape, readSpec }: CalicoKind): KindReader {
  return {
    group: 'projectcalico.org',
    kind,
    versions: ['v3'],
    aliases: ['crd.projectcalico.org/v1'],
    namespaced,
    isPolicy: true,
    shape,
    unknownFields: 'Kept',
    unwrap: withStoredMetadata,
    read(object, decoder) {
      const spec = decoder.fields(object.spec, 'spec');
      return { spec: { ...unknownMembers(spec, shape), ...readSpec(spec, decoder, object) } };
    },
  };
}

/**
 * Stored objects carry the labels that their users gave them in an annotation, as JSON: Calico's clients read them from
 * there and from nowhere else.
 */
function withStoredMetadata(object: Fields, decoder: Decoder): Fields {
  const metadata = decoder.fields(object.metadata, 'metadata');
  const annotations = decoder.fields(metadata.annotations, 'metadata.annotations');
  const text = Object.hasOwn(annotations, metadataAnnotation) ? annotations[metadataAnnotation] : undefined;
  const isStored = typeof object.apiVersion === 'string' && object.apiVersion.startsWith('crd.');
  if (!isStored || typeof text !== 'string') return object;
  const given = jsonRecord(text);
  if (given === null) {
    const detail = 'must be a JSON object, as Calico writes it';
    decoder.complain({ field: `metadata.annotations[${metadataAnnotation}]`, reason: 'Invalid', detail, value: text });
    return object;
  }
  return { ...object, metadata: { ...metadata, labels: given.labels, annotations: given.annotations } };
}

function jsonRecord(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}
