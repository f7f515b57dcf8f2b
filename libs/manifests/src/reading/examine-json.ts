import { examine, type Examined } from '../examine.js';
import type { ReadLimits } from '../read-limits.js';
import type { ByteSource } from './byte-source.js';
import { examineBatch, type ExaminedBatch } from './examine-batch.js';
import type { ExaminerPool } from './examiner-pool.js';
import { batchOf, type JsonBatch } from './json-batch.js';
import { type JsonPiece, JsonSplitter } from './json-splitter.js';
import { parseJsonPiece } from './parse-json-piece.js';
import { type ListHead, listHeadOf, named, unlisted } from './unlisted.js';

export interface JsonContext {
  readonly limits: ReadLimits;
  readonly file: string | null;
  /** Threads that share the work once the text has turned out to be long; null: everything is done here. */
  readonly pool: ExaminerPool | null;
  /** Objects are examined together when their texts are this long. */
  readonly batchBytes: number;
}

/** What a JSON text holds, in its order, some objects at a time. Memory: a few batches. */
export async function* examineJson(source: ByteSource, context: JsonContext): AsyncIterable<readonly Examined[]> {
  const { limits, pool } = context;
  const splitter = new JsonSplitter(limits);
  const batches = new Batches(context);
  // What goes wrong in the text counts after what stands before it.
  const failed = yield* held(async function* () {
    let isFirst = true;
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const hasMark = isFirst && bytes.subarray(0, 3).toString('hex') === 'efbbbf';
      isFirst = false;
      pool?.count(bytes.length);
      for (const piece of splitter.push(hasMark ? bytes.subarray(3) : bytes)) batches.add(piece);
      yield* batches.finished();
    }
    splitter.end();
  });
  yield* batches.rest();
  if (failed !== null) throw failed.error;
}

/** Yields what a source yields and gives the error that ended it, if any. */
async function* held<T>(source: () => AsyncIterable<T>): AsyncGenerator<T, { error: unknown } | null> {
  try {
    yield* source();
    return null;
  } catch (error) {
    return { error };
  }
}

type Step =
  | { readonly kind: 'Batch'; readonly result: Promise<ExaminedBatch> }
  | { readonly kind: 'List'; readonly piece: JsonPiece };

/** Gathers pieces to batches and gives what was found in them in the order of the text. */
class Batches {
  #pieces: JsonPiece[] = [];
  #bytes = 0;
  #role: JsonBatch['role'] = 'Document';
  #head: ListHead | null = null;
  readonly #steps: Step[] = [];
  readonly #waiting: { value: unknown; line: number }[] = [];

  constructor(readonly context: JsonContext) {}

  add(piece: JsonPiece): void {
    const { role } = piece;
    if (role === 'ListHead' || role === 'List') {
      this.#close();
      if (role === 'List') this.#steps.push({ kind: 'List', piece });
      this.#head = role === 'ListHead' ? headOf(piece) : null;
      return;
    }
    if (role !== this.#role) this.#close();
    this.#role = role;
    this.#pieces.push(piece);
    this.#bytes += piece.bytes.length;
    if (this.#bytes >= this.context.batchBytes) this.#close();
  }

  /** What can be given without waiting for more than the threads can hold. */
  async *finished(): AsyncIterable<readonly Examined[]> {
    const { pool } = this.context;
    const open = pool?.isOpen === true ? pool.batchesMax : 0;
    while (this.#steps.length > open) yield await this.#next();
  }

  async *rest(): AsyncIterable<readonly Examined[]> {
    this.#close();
    while (this.#steps.length > 0) yield await this.#next();
  }

  #close(): void {
    if (this.#pieces.length === 0) return;
    const batch = batchOf(this.#pieces, this.#role, this.#role === 'Item' ? this.#head : null);
    this.#pieces = [];
    this.#bytes = 0;
    const { pool, file } = this.context;
    const result = pool?.isOpen === true ? pool.examine(batch, file) : Promise.resolve(examineBatch(batch, file));
    // It is looked at in its turn; until then nobody listens.
    result.catch(() => undefined);
    this.#steps.push({ kind: 'Batch', result });
  }

  async #next(): Promise<readonly Examined[]> {
    const step = this.#steps.shift() as Step;
    if (step.kind === 'List') return this.#nameWaiting(step.piece);
    const { examined, unnamed, error } = await step.result;
    this.#waiting.push(...unnamed);
    if (error === null) return examined;
    throw error;
  }

  /** The items that waited for what their List says behind them. */
  #nameWaiting({ bytes, line }: JsonPiece): Examined[] {
    const head = listHeadOf(parseJsonPiece(bytes, 0, bytes.length, line)) ?? {};
    const { file } = this.context;
    return this.#waiting
      .splice(0)
      .flatMap(({ value, line: at }) => [...unlisted(named(value, head), at, file)].map(examine));
  }
}

/** What a List says before its items; null where that is not enough to name them. */
function headOf({ bytes }: JsonPiece): ListHead | null {
  try {
    return listHeadOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    // Whatever is wrong with it is said where the List ends.
    return null;
  }
}
