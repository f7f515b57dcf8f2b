import { detectDataplane } from '#dataplane';
import { compileInputOf, partsByRef } from '#engine';
import {
  buildModel,
  contentHash,
  isInstant,
  readManifests,
  type ReadResult,
  type Strictness,
  underEngine,
} from '#manifests';
import { type ClusterModel, type Dataplane, type Diagnostic, normaliserVersion, type Progress } from '#model';
import type { SnapshotStore } from '#store';
import { refuse } from '../problems/problem.js';
import type { Ingested, IngestRequest } from './ingest-request.js';

export interface IngestedBody extends Pick<Ingested, 'snapshot' | 'replayed'> {
  readonly model: ClusterModel;
  readonly dataplane: Dataplane;
}

/**
 * Reads, checks and stores an input, all or nothing.
 * @throws ManifestError, QuestionError, StoreError, ProblemError4xx
 */
export async function ingestBody(
  body: AsyncIterable<Uint8Array>,
  request: IngestRequest,
  store: () => Promise<SnapshotStore>,
  onProgress: (progress: Progress) => void,
): Promise<IngestedBody> {
  const { cluster, label, contentType, contentEncoding, idempotencyKey } = request;
  const strict: Strictness = request.strict === null ? 'default' : request.strict ? 'strict' : 'lenient';
  const read = await readManifests(body, { contentType, contentEncoding, strict, onProgress });
  const stages = (done: number): void => onProgress({ stage: 'store', done, total: 3, unit: 'stages' });
  stages(0);
  let modelled: Modelled | null = null;
  const saved = await (
    await store()
  ).save(
    {
      cluster,
      label,
      takenAt: timeOf(request.takenAt ?? read.info.takenAt),
      idempotencyKey,
      objects: read.objects,
      contentHash: contentHash(read.objects),
      normaliserVersion,
      info: read.info,
      skipped: read.skipped,
    },
    () => {
      modelled = modelOf(read);
      stages(1);
      return {
        counts: countsOf(modelled.model),
        dataplane: summaryOf(modelled.dataplane),
        diagnostics: [...read.diagnostics, ...modelled.diagnostics].slice(0, 1000),
      };
    },
  );
  stages(3);
  const { model, dataplane } = modelled ?? modelOf(read);
  return { ...saved, model, dataplane };
}

interface Modelled {
  readonly model: ClusterModel;
  readonly dataplane: Dataplane;
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws QuestionError where the input's own settings make no sense */
function modelOf({ objects, info }: ReadResult): Modelled {
  const built = buildModel(objects, info);
  const dataplane = detectDataplane(built.model);
  const { model, diagnostics } = underEngine(built, dataplane.policyEngine.value);
  compileInputOf(model, dataplane);
  return { model, dataplane, diagnostics };
}

function timeOf(text: string | null): Date | null {
  if (text === null) return null;
  if (isInstant(text)) return new Date(text);
  throw refuse(
    400,
    'TAKEN_AT_INVALID',
    `takenAt is ${JSON.stringify(text.slice(0, 60))}; an RFC 3339 time is accepted, for example 2026-11-22T10:00:00Z`,
    'takenAt',
  );
}

function countsOf({
  pods,
  namespaces,
  nodes,
  workloads,
  services,
  policies,
  notUnderstood,
}: ClusterModel): Record<string, number> {
  return {
    pods: pods.length,
    namespaces: namespaces.length,
    nodes: nodes.length,
    workloads: workloads.length,
    services: services.length,
    policies: partsByRef(policies).size,
    notUnderstood: notUnderstood.length,
  };
}

function summaryOf({ primary, policyEngine, enforcement }: Dataplane): Record<string, string> {
  return { primary: primary.value, policyEngine: policyEngine.value, enforcement: enforcement.value };
}
