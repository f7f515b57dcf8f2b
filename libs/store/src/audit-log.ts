import type { DataSource } from 'typeorm';
import { AuditEventEntity } from './entities/record.entities.js';
import type { AuditEvent } from './records.js';
import { guarded } from './store-error.js';

/** Who did what; rows are only ever added. */
export class AuditLog {
  constructor(readonly dataSource: DataSource) {}

  async append({ who, action, cluster, subject, details }: AuditEvent): Promise<void> {
    await guarded(() =>
      this.dataSource
        .getRepository(AuditEventEntity)
        .insert({ who, action, cluster, subject, details: details as object }),
    );
  }
}
