import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { copyOutBytes } from './object-copy.js';
import { guarded } from './store-error.js';

/** Largest part of an index in one row. */
export const partBytesMax = 4 * 1024 * 1024;

/** What an index is a function of. */
export interface IndexKey {
  readonly clusterId: number;
  /** Lower-case hex. */
  readonly indexHash: string;
  readonly engineVersion: number;
}

/** Compiled indexes, kept as a cache with a byte budget: the least recently used goes first. */
export class IndexStore {
  constructor(
    readonly dataSource: DataSource,
    readonly bytesMax: number,
  ) {}

  /** Keeps an index; one that is there already, or alone is over the budget, is left as it is. */
  async put({ clusterId, indexHash, engineVersion }: IndexKey, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.bytesMax) return;
    const parts = Math.ceil(bytes.length / partBytesMax);
    await guarded(() =>
      this.dataSource.transaction(async (manager) => {
        const inserted = await manager.query<unknown[]>(
          `INSERT INTO compiled_index (cluster_id, index_hash, engine_version, bytes, parts) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT DO NOTHING RETURNING 1`,
          [clusterId, indexHash, engineVersion, bytes.length, parts],
        );
        if (inserted.length === 0) return;
        for (let part = 0; part < parts; part++) {
          const content = Buffer.from(
            bytes.buffer,
            bytes.byteOffset + part * partBytesMax,
            Math.min(partBytesMax, bytes.length - part * partBytesMax),
          );
          await manager.query(
            'INSERT INTO compiled_index_part (cluster_id, index_hash, engine_version, part, checksum, content) VALUES ($1, $2, $3, $4, $5, $6)',
            [clusterId, indexHash, engineVersion, part, checksumOf(content), content],
          );
        }
        await manager.query(evictStatement, [this.bytesMax]);
      }),
    );
  }

  /** An index as it was put; null where it is not there or damaged. A damaged one is thrown away. */
  async get({ clusterId, indexHash, engineVersion }: IndexKey): Promise<Buffer | null> {
    if (!/^[0-9a-f]{64}$/.test(indexHash)) return null;
    return guarded(async () => {
      const used = await this.dataSource.query<[{ parts: number }[], number]>(
        `UPDATE compiled_index SET last_used_at = now() WHERE cluster_id = $1 AND index_hash = $2 AND engine_version = $3 RETURNING parts`,
        [clusterId, indexHash, engineVersion],
      );
      const [found] = used[0];
      if (found === undefined) return null;
      // Numbers and hex of our own; COPY takes no parameters.
      const where = `cluster_id = ${clusterId} AND index_hash = '${indexHash}' AND engine_version = ${engineVersion}`;
      const parts = await this.#readParts(`SELECT content FROM compiled_index_part WHERE ${where} ORDER BY part`);
      const checksums = await this.dataSource.query<{ checksum: string }[]>(
        `SELECT checksum FROM compiled_index_part WHERE ${where} ORDER BY part`,
      );
      const isWhole =
        parts.length === found.parts && parts.every((part, i) => checksumOf(part) === checksums[i]?.checksum);
      if (isWhole) return Buffer.concat(parts);
      await this.dataSource.query(`DELETE FROM compiled_index WHERE ${where}`);
      return null;
    });
  }

  async #readParts(query: string): Promise<Buffer[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await copyOutBytes((await runner.connect()) as PoolClient, query);
    } finally {
      await runner.release();
    }
  }
}

/** Deletes the least recently used until the rest fits. */
const evictStatement = `
  DELETE FROM compiled_index i USING (
    SELECT cluster_id, index_hash, engine_version,
      sum(bytes) OVER (ORDER BY last_used_at DESC, created_at DESC, index_hash) AS kept
    FROM compiled_index) ranked
  WHERE ranked.kept > $1 AND i.cluster_id = ranked.cluster_id AND i.index_hash = ranked.index_hash AND i.engine_version = ranked.engine_version`;

function checksumOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
