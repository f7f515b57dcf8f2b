import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('intent')
export class IntentEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('text') name: string;
  @Column('jsonb') definition: Record<string, unknown>;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}

@Entity('intent_result')
export class IntentResultEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('bigint') number: string;
  @PrimaryColumn('text', { name: 'intent_name' }) intentName: string;
  @Column('text') outcome: string;
  @Column('jsonb') details: Record<string, unknown>;
  @Column('text', { name: 'content_hash' }) contentHash: string;
  @Column('timestamptz', { name: 'taken_at' }) takenAt: Date;
  @Column('boolean') deleted: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
