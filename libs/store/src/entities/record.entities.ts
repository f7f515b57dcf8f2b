import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('report_run')
export class ReportRunEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('uuid') id: string;
  @Column('bigint') number: string;
  @Column('text') kind: string;
  @Column('text') format: string;
  @Column('text') state: string;
  @Column('bytea', { nullable: true }) content: Buffer | null;
  @Column('text', { name: 'content_hash' }) contentHash: string;
  @Column('timestamptz', { name: 'taken_at' }) takenAt: Date;
  @Column('boolean') deleted: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('api_token')
export class ApiTokenEntity {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column('text') hash: string;
  @Column('text') role: string;
  @Column('text', { array: true, nullable: true }) clusters: string[] | null;
  @Column('text', { array: true, nullable: true }) namespaces: string[] | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
}

@Entity('audit_event')
export class AuditEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' }) id: string;
  @Column('timestamptz') at: Date;
  @Column('text') who: string;
  @Column('text') action: string;
  @Column('text', { nullable: true }) cluster: string | null;
  @Column('text') subject: string;
  @Column('jsonb') details: Record<string, unknown>;
}
