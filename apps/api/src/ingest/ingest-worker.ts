import { parentPort, workerData } from 'node:worker_threads';
import { createDataSource, SnapshotStore } from '#store';
import { goInBackground } from '../go-in-background.js';
import { packSnapshot } from '../index-cache/pack-snapshot.js';
import { problemOfError } from '../problems/problem-of-error.js';
import { sharedBytes } from '../shared-bytes.js';
import { ingestBody } from './ingest-body.js';
import type { IngestOrder, IngestReport } from './ingest-messages.js';
import type { IngestRequest } from './ingest-request.js';

goInBackground();

/** Progress is told at most this often. */
const progressMillis = 100;

const { databaseUrl } = workerData as { databaseUrl: string };

/** Ingests that are under way, by number. */
const bodies = new Map<number, Body>();

let opened: Promise<SnapshotStore> | null = null;

/** The store, with connections of this thread's own; a failure is not remembered. */
function store(): Promise<SnapshotStore> {
  opened ??= createDataSource(databaseUrl, { poolMax: 4 })
    .initialize()
    .then(
      (dataSource) => new SnapshotStore(dataSource),
      (error: unknown) => {
        opened = null;
        throw error;
      },
    );
  return opened;
}

/** The bytes of one body as they come from the other thread. */
class Body {
  readonly #waiting: Uint8Array[] = [];
  #isEnded = false;
  #error: Error | null = null;
  #wake: () => void = () => undefined;

  constructor(readonly id: number) {}

  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#wake();
  }

  end(error: Error | null): void {
    this.#isEnded = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const bytes = this.#waiting.shift();
      if (bytes !== undefined) {
        yield bytes;
        report({ kind: 'Taken', id: this.id, bytes: bytes.length });
      } else if (this.#error !== null) throw this.#error;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function report(message: IngestReport): void {
  parentPort?.postMessage(message);
}

async function ingest(body: Body, request: IngestRequest): Promise<void> {
  const { id } = body;
  let told = 0;
  try {
    const { snapshot, replayed, model, dataplane } = await ingestBody(body, request, store, (progress) => {
      if (performance.now() - told < progressMillis && progress.stage === 'read') return;
      told = performance.now();
      report({ kind: 'Progress', id, progress });
    });
    report({ kind: 'Stored', id, snapshot, replayed });
    // Both the thread that answers and the one that compiles read it.
    const packed = new Uint8Array(sharedBytes(packSnapshot(model, dataplane)));
    report({ kind: 'Packed', id, packed });
  } catch (error) {
    const problem = problemOfError(error);
    if (problem !== null) report({ kind: 'Refused', id, problem });
    else
      report({ kind: 'Failed', id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    bodies.delete(id);
  }
}

parentPort?.on('message', (order: IngestOrder) => {
  if (order.kind === 'Begin') {
    const body = new Body(order.id);
    bodies.set(order.id, body);
    void ingest(body, order.request);
    return;
  }
  const body = bodies.get(order.id);
  switch (order.kind) {
    case 'Bytes':
      body?.push(order.bytes);
      break;
    case 'End':
      body?.end(null);
      break;
    case 'Abort':
      body?.end(new Error(order.message));
  }
});
