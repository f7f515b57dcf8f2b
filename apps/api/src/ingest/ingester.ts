import type { Progress } from '#model';
import { KeptThread } from '../kept-thread.js';
import { ProblemError4xx } from '../problems/problem.js';
import type { IngestOrder, IngestReport } from './ingest-messages.js';
import type { Ingested, IngestRequest } from './ingest-request.js';
import { workerUrl } from '../worker-url.js';
import { ownPieces } from './own-pieces.js';

/** Bytes of one body that may wait for the thread; beyond them the sender waits. */
const bytesAheadMax = 8 * 1024 * 1024;

/** Bytes that are handed over at once. */
const pieceBytes = 256 * 1024;

/** After so long without work the thread ends and gives its memory back. */
const idleMillis = 30_000;

interface UnderWay {
  bytesAhead: number;
  /** Called when there is room for more bytes, or nobody wants them any more. */
  goOn: () => void;
  isOver: boolean;
  /** The model, once what it belongs to is stored. */
  packed: { resolve(packed: Uint8Array): void; reject(error: Error): void } | null;
  resolve(ingested: Ingested): void;
  reject(error: Error): void;
}

/**
 * Ingests in a thread of its own: reading, checking, making the model and storing it never keep the thread that answers
 * from answering.
 */
export class Ingester {
  #lastId = 0;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #thread: KeptThread<IngestOrder, IngestReport>;

  /** `onProgress` is told how far every ingest has come. */
  constructor(
    databaseUrl: string,
    readonly onProgress: (progress: Progress) => void = () => undefined,
  ) {
    this.#thread = new KeptThread({
      url: workerUrl(import.meta.url, 'ingest-worker'),
      name: 'ingest',
      // Most of what is made here is dropped at once: with more room, less of it is moved before.
      worker: { workerData: { databaseUrl }, resourceLimits: { maxYoungGenerationSizeMb: 128 } },
      idleMillis,
      hear: (report) => this.#hear(report),
      fail: (error) => this.#failAll(error),
    });
  }

  /** @throws ProblemError4xx where the input is refused; whatever the body throws */
  async ingest(request: IngestRequest, body: AsyncIterable<Uint8Array>): Promise<Ingested> {
    const id = ++this.#lastId;
    const stored = new Promise<Ingested>((resolve, reject) => {
      const goOn = (): void => undefined;
      this.#underWay.set(id, { bytesAhead: 0, goOn, isOver: false, packed: null, resolve, reject });
    });
    this.#thread.send({ kind: 'Begin', id, request });
    void this.#pump(id, body);
    return stored;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #pump(id: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    const state = this.#underWay.get(id) as UnderWay;
    try {
      for await (const bytes of ownPieces(body, pieceBytes)) {
        // The rest of a refused body is read and dropped: a client that still sends would not see the refusal.
        if (state.isOver) continue;
        state.bytesAhead += bytes.length;
        this.#thread.send({ kind: 'Bytes', id, bytes }, [bytes.buffer]);
        while (state.bytesAhead > bytesAheadMax && !state.isOver)
          await new Promise<void>((resolve) => (state.goOn = resolve));
      }
      if (!state.isOver) this.#thread.send({ kind: 'End', id });
    } catch (error) {
      if (state.isOver) return;
      this.#thread.send({ kind: 'Abort', id, message: error instanceof Error ? error.message : String(error) });
      this.#fail(id, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #hear(report: IngestReport): void {
    const state = this.#underWay.get(report.id);
    if (state === undefined) return;
    switch (report.kind) {
      case 'Taken':
        state.bytesAhead -= report.bytes;
        if (state.bytesAhead <= bytesAheadMax) state.goOn();
        break;
      case 'Progress':
        this.onProgress(report.progress);
        break;
      case 'Stored': {
        const { snapshot, replayed } = report;
        const packed = new Promise<Uint8Array>((resolve, reject) => (state.packed = { resolve, reject }));
        // Whoever wants it may come later, or never.
        packed.catch(() => undefined);
        this.#enough(state);
        state.resolve({ snapshot, replayed, packed });
        break;
      }
      case 'Packed':
        state.packed?.resolve(report.packed);
        this.#forget(report.id);
        break;
      case 'Refused':
        this.#fail(report.id, new ProblemError4xx(report.problem));
        break;
      case 'Failed':
        this.#fail(report.id, new Error(report.message));
    }
  }

  #fail(id: number, error: Error): void {
    const state = this.#underWay.get(id);
    if (state === undefined) return;
    this.#enough(state);
    state.reject(error);
    state.packed?.reject(error);
    this.#forget(id);
  }

  #failAll(error: Error): void {
    for (const id of [...this.#underWay.keys()]) this.#fail(id, error);
  }

  #forget(id: number): void {
    this.#underWay.delete(id);
    if (this.#underWay.size === 0) this.#thread.rest();
  }

  /** Nothing more is wanted of the body. */
  #enough(state: UnderWay): void {
    state.isOver = true;
    state.goOn();
  }
}
