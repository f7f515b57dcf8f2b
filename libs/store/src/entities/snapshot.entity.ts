import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Diagnostic, SnapshotInfo } from '#model';

@Entity('snapshot')
export class SnapshotEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('bigint') number: string;
  @Column('uuid') id: string;
  @Column('text', { nullable: true }) label: string | null;
  @Column('timestamptz', { name: 'taken_at' }) takenAt: Date;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('text', { name: 'content_hash' }) contentHash: string;
  @Column('integer', { name: 'normaliser_version' }) normaliserVersion: number;
  @Column('uuid', { name: 'same_as', nullable: true }) sameAs: string | null;
  @Column('text', { name: 'idempotency_key', nullable: true }) idempotencyKey: string | null;
  @Column('jsonb') info: SnapshotInfo;
  @Column('jsonb') counts: Record<string, number>;
  @Column('jsonb') skipped: Record<string, number>;
  @Column('jsonb') dataplane: Record<string, string>;
  @Column('jsonb') diagnostics: Diagnostic[];
}
