import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner, SelectQueryBuilder } from 'typeorm';
import { compareObjectRefs, type StoredObject } from '#model';
import { ClusterEntity } from './entities/cluster.entity.js';
import { SnapshotEntity } from './entities/snapshot.entity.js';
import { copyOut } from './object-copy.js';
import type {
  ClusterRecord,
  NewSnapshot,
  SavedSnapshot,
  SnapshotDescription,
  SnapshotPage,
  SnapshotRecord,
} from './records.js';
import { insertSnapshot } from './insert-snapshot.js';
import { cursorOf, parseCursor } from './snapshot-cursor.js';
import { checkClusterName, checkLabel, parseSnapshotRef, type SnapshotRef } from './snapshot-ref.js';
import { guarded, StoreError } from './store-error.js';
import { writeObjects } from './write-objects.js';

/** How far ahead of this machine's clock a snapshot may say it was taken. */
export const takenAtAheadMillisMax = 5 * 60 * 1000;

const idempotencyHours = 24;

/** First number of the advisory lock under which a cluster's snapshots are written; the second is the cluster's key. */
const ingestLock = 0x63616e69;

/**
 * Snapshots and their objects. A snapshot is written in one transaction, under a lock of its cluster, and never
 * changes. Every method rejects with DATABASE_UNAVAILABLE when the database cannot be reached.
 */
export class SnapshotStore {
  constructor(readonly dataSource: DataSource) {}

  /**
   * Stores a snapshot. An object in the same state as in the snapshot before costs nothing. Cost: one COPY of refs and
   * hashes, one of the bodies that the cluster has never had, and set-based comparison with what is current.
   * @param describe is called once, unless the snapshot was stored before, while the database is at work: what it throws
   *   is thrown and nothing is stored
   * @throws StoreError CLUSTER_NAME_INVALID, LABEL_INVALID, LABEL_TAKEN, TAKEN_AT_FUTURE, IDEMPOTENCY_KEY_REUSED
   */
  async save(given: NewSnapshot, describe: () => SnapshotDescription): Promise<SavedSnapshot> {
    checkClusterName(given.cluster);
    if (given.label !== null) checkLabel(given.label);
    if (given.takenAt !== null) checkNotAhead(given.takenAt);
    return this.#inTransaction(async (runner) => {
      const clusterId = await lockCluster(runner, given.cluster, 'Create');
      const earlier = await this.#replayed(runner, clusterId, given);
      if (earlier !== null) return { snapshot: earlier, replayed: true };
      if (given.label !== null) await refuseTakenLabel(runner, clusterId, given.cluster, given.label);
      const [[{ last_number: last }]] = (await runner.query(
        'UPDATE cluster SET last_number = last_number + 1 WHERE id = $1 RETURNING last_number',
        [clusterId],
      )) as [[{ last_number: string }], number];
      const description = await writeObjects(runner, clusterId, Number(last), given.objects, describe);
      const id = await insertSnapshot(runner, clusterId, last, { ...given, ...description });
      return { snapshot: await this.#byId(runner, id), replayed: false };
    });
  }

  /** Clusters by name. */
  async listClusters(): Promise<ClusterRecord[]> {
    const rows = await guarded(() =>
      this.dataSource.query<{ name: string; created_at: Date; snapshots: number }[]>(
        `SELECT c.name, c.created_at, count(s.number)::integer AS snapshots
         FROM cluster c LEFT JOIN snapshot s ON s.cluster_id = c.id
         GROUP BY c.id ORDER BY c.name COLLATE "C"`,
      ),
    );
    return rows.map(({ name, created_at: createdAt, snapshots }) => ({ name, createdAt, snapshots }));
  }

  /**
   * A cluster's snapshots, newest first by (takenAt, number). `cursor` is the `nextCursor` of the page before.
   * @throws StoreError CLUSTER_NAME_INVALID, CLUSTER_NOT_FOUND, CURSOR_INVALID
   */
  async listSnapshots(cluster: string, page: { cursor: string | null; limit: number }): Promise<SnapshotPage> {
    checkClusterName(cluster);
    const after = page.cursor === null ? null : parseCursor(page.cursor);
    return guarded(async () => {
      const { id } = await this.#cluster(cluster);
      const query = this.#snapshots()
        .where('s.clusterId = :id', { id })
        .orderBy('s.takenAt', 'DESC')
        .addOrderBy('s.number', 'DESC')
        .limit(page.limit + 1);
      if (after !== null) query.andWhere('(s.takenAt, s.number) < (:takenAt, :number)', after);
      const found = await query.getMany();
      const items = found.slice(0, page.limit).map((entity) => recordOf(entity, cluster));
      return { items, nextCursor: found.length > page.limit ? cursorOf(items[items.length - 1]) : null };
    });
  }

  /** @throws StoreError REF_MALFORMED, CLUSTER_NOT_FOUND, SNAPSHOT_NOT_FOUND */
  async resolve(text: string): Promise<SnapshotRecord> {
    const ref = parseSnapshotRef(text);
    return guarded(async () => {
      const query = this.#snapshots();
      const cluster = ref.kind === 'Id' ? null : await this.#cluster(ref.cluster);
      if (cluster !== null) query.where('s.clusterId = :id', { id: cluster.id });
      narrow(query, ref);
      const found = await query.orderBy('s.takenAt', 'DESC').addOrderBy('s.number', 'DESC').limit(1).getOne();
      if (found === null) throw new StoreError('SNAPSHOT_NOT_FOUND', `there is no snapshot ${text}`, 'ref');
      const name =
        cluster?.name ??
        (await this.dataSource.getRepository(ClusterEntity).findOneByOrFail({ id: found.clusterId })).name;
      return recordOf(found, name);
    });
  }

  /** The objects of a snapshot, by ref. Cost: one COPY of the rows. */
  async loadObjects({ clusterId, number }: SnapshotRecord): Promise<StoredObject[]> {
    return guarded(async () => {
      const runner = this.dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as PoolClient;
        const objects: StoredObject[] = [];
        // Both are numbers of our own; COPY takes no parameters.
        const query = `SELECT v.api_group, v.kind, v.namespace, v.name, v.uid, v.hash, b.body
          FROM object_version v JOIN object_body b ON b.cluster_id = v.cluster_id AND b.hash = v.hash
          WHERE v.cluster_id = ${clusterId} AND v.first_snapshot <= ${number} AND v.last_snapshot >= ${number}`;
        for await (const [group, kind, namespace, name, uid, hash, body] of copyOut(client, query)) {
          const ref = { group, kind, namespace: namespace === '' ? null : namespace, name };
          objects.push({ ref, uid: uid === '' ? null : uid, body, hash });
        }
        return objects.sort((a, b) => compareObjectRefs(a.ref, b.ref));
      } finally {
        await runner.release();
      }
    });
  }

  /**
   * Gives a snapshot a label, which another snapshot of the cluster loses if it has it, or takes it away.
   * @throws StoreError LABEL_INVALID
   */
  async setLabel(snapshot: SnapshotRecord, label: string | null): Promise<SnapshotRecord> {
    if (label !== null) checkLabel(label);
    return this.#inTransaction(async (runner) => {
      await lockCluster(runner, snapshot.cluster, 'Find');
      await runner.query('UPDATE snapshot SET label = NULL WHERE cluster_id = $1 AND label = $2', [
        snapshot.clusterId,
        label,
      ]);
      await runner.query('UPDATE snapshot SET label = $3 WHERE cluster_id = $1 AND number = $2', [
        snapshot.clusterId,
        snapshot.number,
        label,
      ]);
      return { ...snapshot, label };
    });
  }

  /**
   * Deletes a snapshot, then sweeps the versions that no snapshot covers any more and the bodies that no version
   * names. Results and reports stay and say that their snapshot is gone.
   */
  async delete({ cluster, clusterId, number }: SnapshotRecord): Promise<void> {
    await this.#inTransaction(async (runner) => {
      await lockCluster(runner, cluster, 'Find');
      await runner.query('DELETE FROM snapshot WHERE cluster_id = $1 AND number = $2', [clusterId, number]);
      for (const table of ['intent_result', 'report_run']) {
        await runner.query(`UPDATE ${table} SET deleted = true WHERE cluster_id = $1 AND number = $2`, [
          clusterId,
          number,
        ]);
      }
      await runner.query(
        `DELETE FROM object_version v
         WHERE v.cluster_id = $1 AND v.first_snapshot <= $2 AND v.last_snapshot >= $2 AND NOT EXISTS (
           SELECT FROM snapshot s
           WHERE s.cluster_id = v.cluster_id AND s.number BETWEEN v.first_snapshot AND v.last_snapshot)`,
        [clusterId, number],
      );
      await runner.query(
        `DELETE FROM object_body b
         WHERE b.cluster_id = $1 AND NOT EXISTS (
           SELECT FROM object_version v WHERE v.cluster_id = b.cluster_id AND v.hash = b.hash)`,
        [clusterId],
      );
    });
  }

  async #replayed(runner: QueryRunner, clusterId: number, given: NewSnapshot): Promise<SnapshotRecord | null> {
    if (given.idempotencyKey === null) return null;
    const found = await this.#snapshots(runner)
      .where('s.clusterId = :clusterId AND s.idempotencyKey = :key', { clusterId, key: given.idempotencyKey })
      .andWhere(`s.createdAt > now() - interval '${idempotencyHours} hours'`)
      .orderBy('s.number', 'DESC')
      .limit(1)
      .getOne();
    if (found === null) return null;
    if (found.contentHash === given.contentHash) return recordOf(found, given.cluster);
    throw new StoreError(
      'IDEMPOTENCY_KEY_REUSED',
      'this Idempotency-Key was used for another content within 24 hours',
      'Idempotency-Key',
    );
  }

  async #byId(runner: QueryRunner, id: string): Promise<SnapshotRecord> {
    const found = await this.#snapshots(runner).where('s.id = :id', { id }).getOneOrFail();
    const { name } = await runner.manager.getRepository(ClusterEntity).findOneByOrFail({ id: found.clusterId });
    return recordOf(found, name);
  }

  async #cluster(name: string): Promise<ClusterEntity> {
    const found = await this.dataSource.getRepository(ClusterEntity).findOneBy({ name });
    if (found === null) throw new StoreError('CLUSTER_NOT_FOUND', `there is no cluster ${name}`, 'cluster');
    return found;
  }

  #snapshots(runner?: QueryRunner): SelectQueryBuilder<SnapshotEntity> {
    return (runner?.manager ?? this.dataSource.manager).getRepository(SnapshotEntity).createQueryBuilder('s');
  }

  async #inTransaction<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return guarded(async () => {
      const runner = this.dataSource.createQueryRunner();
      try {
        await runner.connect();
        await runner.startTransaction();
        const result = await work(runner);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      } finally {
        await runner.release();
      }
    });
  }
}

function checkNotAhead(takenAt: Date): void {
  if (takenAt.getTime() <= Date.now() + takenAtAheadMillisMax) return;
  throw new StoreError(
    'TAKEN_AT_FUTURE',
    `takenAt is ${takenAt.toISOString()}, more than 5 minutes in the future`,
    'takenAt',
  );
}

/** Takes the cluster's write lock until the transaction ends and gives its key. */
async function lockCluster(runner: QueryRunner, name: string, missing: 'Create' | 'Find'): Promise<number> {
  if (missing === 'Create')
    await runner.query('INSERT INTO cluster (name) VALUES ($1) ON CONFLICT (name) DO NOTHING', [name]);
  const rows = (await runner.query('SELECT id FROM cluster WHERE name = $1', [name])) as { id: number }[];
  if (rows.length === 0) throw new StoreError('CLUSTER_NOT_FOUND', `there is no cluster ${name}`, 'cluster');
  await runner.query('SELECT pg_advisory_xact_lock($1, $2)', [ingestLock, rows[0].id]);
  return rows[0].id;
}

async function refuseTakenLabel(runner: QueryRunner, clusterId: number, cluster: string, label: string): Promise<void> {
  const rows = (await runner.query('SELECT id FROM snapshot WHERE cluster_id = $1 AND label = $2', [
    clusterId,
    label,
  ])) as { id: string }[];
  if (rows.length === 0) return;
  throw new StoreError(
    'LABEL_TAKEN',
    `the label ${label} is that of snapshot ${rows[0].id} of cluster ${cluster}; move it with PUT /snapshots/{ref}/label`,
    'label',
  );
}

function narrow(query: SelectQueryBuilder<SnapshotEntity>, ref: SnapshotRef): void {
  switch (ref.kind) {
    case 'Id':
      query.where('s.id = :snapshot', { snapshot: ref.id });
      break;
    case 'Label':
      query.andWhere('s.label = :label', { label: ref.label });
      break;
    case 'Time':
      query.andWhere('s.takenAt <= :time', { time: ref.time });
      break;
    case 'Latest':
  }
}

function recordOf(entity: SnapshotEntity, cluster: string): SnapshotRecord {
  const {
    id,
    clusterId,
    number,
    label,
    takenAt,
    createdAt,
    contentHash,
    normaliserVersion,
    sameAs,
    info,
    counts,
    skipped,
    dataplane,
    diagnostics,
  } = entity;
  return {
    id,
    clusterId,
    cluster,
    number: Number(number),
    label,
    takenAt,
    createdAt,
    contentHash,
    normaliserVersion,
    sameAs,
    info,
    counts,
    skipped,
    dataplane,
    diagnostics,
  };
}
