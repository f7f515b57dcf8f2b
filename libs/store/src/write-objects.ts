import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { QueryRunner } from 'typeorm';
import type { StoredObject } from '#model';
import { copyIn } from './object-copy.js';
import type { SnapshotDescription } from './records.js';

/**
 * Compares the objects with the versions that are current, closes those that ended and opens new ones; describes them
 * while the database is at the longest of it.
 */
export async function writeObjects(
  runner: QueryRunner,
  clusterId: number,
  number: number,
  objects: readonly StoredObject[],
  describe: () => SnapshotDescription,
): Promise<SnapshotDescription> {
  const client = (await runner.connect()) as PoolClient;
  // Comparing two sets of 200,000 states goes through memory and not through files.
  await runner.query("SET LOCAL work_mem = '128MB'");
  await runner.query(
    'CREATE TEMPORARY TABLE incoming (api_group text, kind text, namespace text, name text, uid text, hash text) ON COMMIT DROP',
  );
  await copyIn(client, 'incoming', rowsOf(objects));
  // Differences of whole sets, which are known before the first row is written: a probe for each row would pass over
  // the rows that the same statement has written already, and more so with every row.
  const current = `SELECT ${stateColumns} FROM object_version WHERE cluster_id = ${clusterId} AND last_snapshot = ${openEnd}`;
  // All statements go to the database at once and give nothing back, so that it goes on while this thread is busy and
  // reads nothing. All numbers are our own.
  const written = client.query(
    `ANALYZE incoming;
     CREATE TEMPORARY TABLE unknown ON COMMIT DROP AS SELECT DISTINCT i.hash FROM incoming i
     WHERE NOT EXISTS (SELECT FROM object_body b WHERE b.cluster_id = ${clusterId} AND b.hash = i.hash);
     UPDATE object_version v SET last_snapshot = ${number} - 1
     FROM (${current} EXCEPT SELECT ${stateColumns} FROM incoming) ended
     WHERE v.cluster_id = ${clusterId} AND v.last_snapshot = ${openEnd} AND v.api_group = ended.api_group
       AND v.kind = ended.kind AND v.namespace = ended.namespace AND v.name = ended.name;
     INSERT INTO object_version (cluster_id, first_snapshot, ${stateColumns})
     SELECT ${clusterId}, ${number}, opened.* FROM (SELECT ${stateColumns} FROM incoming EXCEPT ${current}) opened;`,
  );
  // A failure is seen where it is waited for, below.
  written.catch(() => undefined);
  await nextTurn();
  let description: SnapshotDescription;
  try {
    description = describe();
  } finally {
    await written;
  }
  const unknown = (await runner.query('SELECT hash FROM unknown')) as { hash: string }[];
  await copyIn(
    client,
    'object_body (cluster_id, hash, body)',
    bodiesOf(clusterId, objects, new Set(unknown.map(({ hash }) => hash))),
  );
  if (unknown.length >= analyseAfterRows) await runner.query(analyse);
  return description;
}

/** So many new rows may be most of the table, and the next statements are planned by what is known of it. */
const analyse = 'ANALYZE object_version, object_body';

/** What an object is and in which state. */
const stateColumns = 'api_group, kind, namespace, name, uid, hash';

/** `last_snapshot` of a state that is current. */
const openEnd = '9223372036854775807';

const analyseAfterRows = 10_000;

function* rowsOf(objects: readonly StoredObject[]): Iterable<string[]> {
  for (const { ref, uid, hash } of objects) yield [ref.group, ref.kind, ref.namespace ?? '', ref.name, uid ?? '', hash];
}

function* bodiesOf(clusterId: number, objects: readonly StoredObject[], wanted: Set<string>): Iterable<string[]> {
  for (const { hash, body } of objects) if (wanted.delete(hash)) yield [String(clusterId), hash, body];
}
