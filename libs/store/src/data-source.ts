import { DataSource } from 'typeorm';
import { InitialSchema1764000000001 } from '../../../migrations/1-initial-schema.js';
import { ClusterEntity } from './entities/cluster.entity.js';
import { CompiledIndexEntity, CompiledIndexPartEntity } from './entities/compiled-index.entities.js';
import { IntentEntity, IntentResultEntity } from './entities/intent.entities.js';
import { ObjectBodyEntity, ObjectVersionEntity } from './entities/object.entities.js';
import { ApiTokenEntity, AuditEventEntity, ReportRunEntity } from './entities/record.entities.js';
import { SnapshotEntity } from './entities/snapshot.entity.js';

/** The database of a store, not yet connected. `poolMax` bounds the connections of this process. */
export function createDataSource(url: string, { poolMax = 10 }: { poolMax?: number } = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [
      ClusterEntity,
      SnapshotEntity,
      ObjectBodyEntity,
      ObjectVersionEntity,
      CompiledIndexEntity,
      CompiledIndexPartEntity,
      IntentEntity,
      IntentResultEntity,
      ReportRunEntity,
      ApiTokenEntity,
      AuditEventEntity,
    ],
    migrations: [InitialSchema1764000000001],
    synchronize: false,
    migrationsRun: false,
    poolSize: poolMax,
    // Without a limit a question would wait for a database that is away until its client gives up.
    extra: { connectionTimeoutMillis: 5000, application_name: 'canreach' },
    // pg emits errors of idle connections; the pool drops those by itself.
    poolErrorHandler: () => undefined,
  });
}

const migrationLock = 0x63616e72;

/** Brings the schema up to date. Safe to call from several processes at once: one migrates, the others wait. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await dataSource.runMigrations({ transaction: 'all' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    await runner.release();
  }
}
