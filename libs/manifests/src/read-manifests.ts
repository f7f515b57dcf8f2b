import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  compareObjectRefs,
  compareText,
  type Diagnostic,
  formatObjectRef,
  noSnapshotInfo,
  type Progress,
  type SnapshotInfo,
  type StoredObject,
} from '#model';
import { limitExceeded, ManifestError } from './manifest-error.js';
import type { Examined } from './examine.js';
import { defaultReadLimits, type ReadLimits } from './read-limits.js';
import type { ByteSource } from './reading/byte-source.js';
import { ExaminerPool } from './reading/examiner-pool.js';
import { readObjects } from './reading/read-objects.js';
import type { Complaint } from './validation/complaint.js';
import type { RemarkCode } from './validation/remark.js';

/** How forgiving reading is: see `ReadOptions.strict`. */
export type Strictness = 'lenient' | 'default' | 'strict';

export interface ReadOptions {
  /** As announced by the sender; null or absent: look at the bytes. */
  readonly contentType?: string | null;
  /** `gzip` or `identity`; compressed bytes are recognised without it too. */
  readonly contentEncoding?: string | null;
  /**
   * `default` passes over unknown kinds and refuses the input for one invalid object. `lenient` stores an invalid
   * policy as not understood. `strict` refuses unknown kinds, unknown policy fields and duplicates too.
   */
  readonly strict?: Strictness;
  readonly limits?: Partial<ReadLimits>;
  readonly onProgress?: (progress: Progress) => void;
  readonly fileName?: string | null;
  /** Threads that share the work on a long JSON text; unless said as many as there are cores. */
  readonly threads?: number;
  /** How long the text must be for that; unless said `threadsAfterBytes`. */
  readonly threadsAfterBytes?: number;
  /** How much text a thread gets at a time; unless said some hundred objects. */
  readonly batchBytes?: number;
}

const batchBytes = 512 * 1024;

/** Below this, threads would not have started before all is done. */
export const threadsAfterBytes = 16 * 1024 * 1024;

export interface ReadResult {
  /** By ref, without repetition. */
  readonly objects: readonly StoredObject[];
  readonly diagnostics: readonly Diagnostic[];
  /** Objects that were passed over, by `Kind.group`. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly info: SnapshotInfo;
}

/** How many complaints one answer carries at most. */
export const complaintsMax = 1000;

/**
 * Reads an input of any accepted format to the objects of a snapshot. Streams: memory is what is kept plus one object.
 * Cost: linear in the bytes.
 * @throws ManifestError where the input cannot be read, is over a limit, or has an object that is refused; it carries
 *   every complaint, up to `complaintsMax`
 */
export async function readManifests(source: ByteSource, options: ReadOptions = {}): Promise<ReadResult> {
  const reader = new ManifestReader(options);
  const threads = options.threads ?? availableParallelism();
  const pool = new ExaminerPool(threads, options.threadsAfterBytes ?? threadsAfterBytes);
  try {
    await reader.read(source, pool);
  } finally {
    await pool.close();
  }
  return reader.result();
}

/** Lower-case hex SHA-256 over the sorted refs and hashes: equal snapshots have equal hashes. */
export function contentHash(objects: readonly StoredObject[]): string {
  const hash = createHash('sha256');
  for (const { ref, hash: objectHash } of objects.toSorted((a, b) => compareObjectRefs(a.ref, b.ref))) {
    hash.update(`${formatObjectRef(ref)} ${objectHash}\n`);
  }
  return hash.digest('hex');
}

/** How many remarks of one code are kept; the others are counted. */
const remarksMax = 100;

/** Where an object was found. */
type Place = Pick<Examined, 'line' | 'file'>;

class ManifestReader {
  readonly #strict: Strictness;
  readonly #limits: ReadLimits;
  readonly #objects = new Map<string, StoredObject>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #refusals: Diagnostic[] = [];
  readonly #skipped = new Map<string, number>();
  readonly #remarks = new Map<RemarkCode, number>();
  #refused = 0;
  #found = 0;
  #pods = 0;
  #bytes = 0;
  #skippedFiles = 0;
  #implicit = 0;
  #info: SnapshotInfo | null = null;

  constructor(readonly options: ReadOptions) {
    this.#strict = options.strict ?? 'default';
    this.#limits = { ...defaultReadLimits, ...options.limits };
  }

  async read(source: ByteSource, pool: ExaminerPool): Promise<void> {
    const context = {
      limits: this.#limits,
      pool,
      batchBytes: this.options.batchBytes ?? batchBytes,
      contentType: this.options.contentType ?? null,
      contentEncoding: this.options.contentEncoding ?? null,
      file: this.options.fileName ?? null,
      onSkippedFile: () => void this.#skippedFiles++,
      onBytes: (bytes: number) => {
        this.#bytes += bytes;
        if (this.#bytes > this.#limits.bytesMax) {
          throw limitExceeded('bytesMax', this.#limits.bytesMax, 'the input is longer than that after decompression');
        }
      },
    };
    for await (const examined of readObjects(source, context)) {
      for (const one of examined) this.#take(one);
      this.options.onProgress?.({ stage: 'read', done: this.#bytes, total: null, unit: 'bytes' });
    }
  }

  result(): ReadResult {
    if (this.#refusals.length > 0) throw this.#refusal();
    if (this.#found === 0) {
      const message = `the input has no object${this.#skippedFiles > 0 ? ` (${this.#skippedFiles} files of the archive are no manifests)` : ''}; Kubernetes objects as YAML, JSON, NDJSON or a tar of these are accepted`;
      throw new ManifestError('EMPTY_INPUT', message, [{ code: 'EMPTY_INPUT', severity: 'error', message }]);
    }
    for (const [kind, count] of [...this.#skipped].sort(([a], [b]) => compareText(a, b))) {
      this.#note('KIND_SKIPPED', 'info', `${count} ${kind} passed over: the kind has no part in connectivity`);
    }
    if (this.#implicit > 1) {
      this.#note('NAMESPACE_IMPLICIT', 'info', `${this.#implicit} objects have no namespace and are in "default"`);
    }
    for (const [code, count] of [...this.#remarks].sort(([a], [b]) => compareText(a, b))) {
      if (count > remarksMax) this.#note(code, 'info', `${count - remarksMax} more of these are not listed`);
    }
    return {
      objects: [...this.#objects.values()].sort((a, b) => compareObjectRefs(a.ref, b.ref)),
      diagnostics: this.#diagnostics,
      skipped: Object.fromEntries([...this.#skipped].sort(([a], [b]) => compareText(a, b))),
      info: this.#info ?? noSnapshotInfo,
    };
  }

  #take(one: Examined): void {
    if (++this.#found > this.#limits.objectsMax)
      throw limitExceeded('objectsMax', this.#limits.objectsMax, 'the input has more objects than that');
    switch (one.outcome) {
      case 'Info':
        this.#takeInfo(one, one.info, one.complaints);
        break;
      case 'Skipped':
        this.#skip(one, one.kind);
        break;
      case 'Refused':
        this.#refuse(one, one.label, one.complaints, this.#strict === 'lenient' ? one.raw : null);
        break;
      case 'Stored': {
        const { object, namespaceGiven } = one;
        if (!namespaceGiven && ++this.#implicit === 1) {
          this.#note('NAMESPACE_IMPLICIT', 'info', 'no namespace is given: the object is in "default"', object);
        }
        this.#checkFields(one, one);
        this.#noteRemarks(one);
        this.#add(one, object);
      }
    }
  }

  #takeInfo(place: Place, info: SnapshotInfo, complaints: readonly Complaint[]): void {
    const twice: Complaint = {
      field: '',
      reason: 'Duplicate',
      detail: 'the input has more than one SnapshotInfo; at most one is accepted',
    };
    const all = this.#info === null ? complaints : [...complaints, twice];
    if (all.length > 0) return this.#refuse(place, 'SnapshotInfo.canreach.dev/-/-', all, null);
    this.#info = info;
    // It is no object of the cluster: an input of nothing else is empty.
    this.#found--;
  }

  #skip(place: Place, kind: string): void {
    if (this.#strict === 'strict') {
      this.#refuse(
        place,
        kind,
        [
          {
            field: 'kind',
            reason: 'NotSupported',
            detail: 'the kind is not known; without strict=true it is passed over',
            value: kind,
          },
        ],
        null,
      );
    } else {
      this.#skipped.set(kind, (this.#skipped.get(kind) ?? 0) + 1);
    }
  }

  #add(place: Place, object: StoredObject): void {
    const key = formatObjectRef(object.ref);
    const earlier = this.#objects.get(key);
    if (earlier === undefined) {
      if (object.ref.kind === 'Pod' && ++this.#pods > this.#limits.podsMax) {
        throw limitExceeded('podsMax', this.#limits.podsMax, 'the input has more pods than that');
      }
    } else if (earlier.hash !== object.hash) {
      if (this.#strict === 'strict') {
        return this.#refuse(
          place,
          key,
          [
            {
              field: 'metadata.name',
              reason: 'Duplicate',
              detail: 'the input has two different objects of this kind and name',
              value: object.ref.name,
            },
          ],
          null,
        );
      }
      this.#note(
        'DUPLICATE_OBJECT',
        'warning',
        `${key} stands twice in the input and differs; the last one counts, as if both were applied`,
        object,
      );
    }
    this.#objects.set(key, object);
  }

  #checkFields(place: Place, { object, unknownFields, unknownAre }: Extract<Examined, { outcome: 'Stored' }>): void {
    if (unknownFields.length === 0) return;
    const detail =
      unknownAre === 'Dropped'
        ? 'the field is not known, and the API server drops it'
        : 'the field is not known; it is kept, and verdicts it could change are unknown';
    if (this.#strict === 'strict') {
      this.#refuse(
        place,
        formatObjectRef(object.ref),
        unknownFields.map((field): Complaint => ({ field, reason: 'UnknownField', detail })),
        null,
      );
      return;
    }
    for (const path of unknownFields) this.#note('UNKNOWN_FIELD', 'warning', `${path}: ${detail}`, object, path);
  }

  #noteRemarks({ object, remarks }: Extract<Examined, { outcome: 'Stored' }>): void {
    for (const { code, field, detail, value } of remarks) {
      const count = (this.#remarks.get(code) ?? 0) + 1;
      this.#remarks.set(code, count);
      if (count > remarksMax) continue;
      const shown = value === undefined ? '' : ` (found ${JSON.stringify(value).slice(0, 200)})`;
      this.#note(code, 'info', `${field}: ${detail}${shown}`, object, field);
    }
  }

  #refuse(place: Place, label: string, complaints: readonly Complaint[], keep: StoredObject | null): void {
    const described = complaints.map((complaint) => describeComplaint(place, label, complaint));
    if (keep !== null) {
      this.#diagnostics.push(...described.map((diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })));
      this.#note(
        'NOT_UNDERSTOOD',
        'warning',
        `${label} is invalid and stored as not understood: verdicts it could change are unknown`,
        keep,
      );
      this.#add(place, keep);
      return;
    }
    this.#refused += described.length;
    this.#refusals.push(...described.slice(0, Math.max(0, complaintsMax - this.#refusals.length)));
  }

  #refusal(): ManifestError {
    const objects = new Set(this.#refusals.map(({ object }) => object)).size;
    const cut = this.#refused > this.#refusals.length ? ` (the first ${this.#refusals.length} are listed)` : '';
    const message = `${this.#refused} ${this.#refused === 1 ? 'complaint' : 'complaints'} about ${objects} ${objects === 1 ? 'object' : 'objects'}${cut}; nothing was stored. The first: ${this.#refusals[0].message}`;
    return new ManifestError('INVALID_OBJECT', message, this.#refusals);
  }

  #note(code: string, severity: Diagnostic['severity'], message: string, object?: StoredObject, path?: string): void {
    if (this.#diagnostics.length >= complaintsMax) return;
    this.#diagnostics.push({
      code,
      severity,
      message,
      ...(object === undefined ? {} : { object: formatObjectRef(object.ref) }),
      ...(path === undefined ? {} : { path }),
    });
  }
}

function describeComplaint(
  { line, file }: Place,
  label: string,
  { field, reason, detail, value }: Complaint,
): Diagnostic {
  const shown = value === undefined ? undefined : (JSON.stringify(value) ?? String(value)).slice(0, 200);
  const found = shown === undefined ? '' : ` (found ${shown})`;
  const where = file === null ? '' : `${file}: `;
  return {
    code: reason === 'NotSupported' && field === 'kind' ? 'KIND_UNKNOWN' : 'INVALID_OBJECT',
    severity: 'error',
    message: `${where}${label}: ${field === '' ? '' : `${field}: `}${detail || 'is required'}${found}`,
    object: label,
    path: field,
    reason,
    detail,
    ...(shown === undefined ? {} : { value: shown }),
    line,
  };
}
