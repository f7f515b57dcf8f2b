import type { QueryRunner } from 'typeorm';
import type { NewSnapshot, SnapshotDescription } from './records.js';

/** Writes the row of a snapshot and gives its id. */
export async function insertSnapshot(
  runner: QueryRunner,
  clusterId: number,
  number: string,
  given: NewSnapshot & SnapshotDescription,
): Promise<string> {
  const rows = (await runner.query(
    `INSERT INTO snapshot (cluster_id, number, label, taken_at, content_hash, normaliser_version, same_as, idempotency_key,
       info, counts, skipped, dataplane, diagnostics)
     VALUES ($1, $2, $3, $4, $5, $6,
       (SELECT id FROM snapshot WHERE cluster_id = $1 AND content_hash = $5 ORDER BY number LIMIT 1), $7, $8, $9, $10, $11, $12)
     RETURNING id`,
    [
      clusterId,
      number,
      given.label,
      // With milliseconds only, so that a cursor made from it is exact.
      given.takenAt ?? new Date(),
      given.contentHash,
      given.normaliserVersion,
      given.idempotencyKey,
      ...[given.info, given.counts, given.skipped, given.dataplane, given.diagnostics].map(jsonbText),
    ],
  )) as { id: string }[];
  return rows[0].id;
}

/** jsonb cannot hold NUL characters and halves of surrogate pairs; a diagnostic may quote them. */
function jsonbText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' ? member.replace(/\0|\p{Surrogate}/gu, '\ufffd') : member,
  );
}
