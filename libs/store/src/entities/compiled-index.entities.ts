import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('compiled_index')
export class CompiledIndexEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('text', { name: 'index_hash' }) indexHash: string;
  @PrimaryColumn('integer', { name: 'engine_version' }) engineVersion: number;
  @Column('bigint') bytes: string;
  @Column('integer') parts: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'last_used_at' }) lastUsedAt: Date;
}

@Entity('compiled_index_part')
export class CompiledIndexPartEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('text', { name: 'index_hash' }) indexHash: string;
  @PrimaryColumn('integer', { name: 'engine_version' }) engineVersion: number;
  @PrimaryColumn('integer') part: number;
  @Column('text') checksum: string;
  @Column('bytea') content: Buffer;
}
