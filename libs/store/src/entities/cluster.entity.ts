import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('cluster')
export class ClusterEntity {
  @PrimaryGeneratedColumn('identity') id: number;
  @Column('text') name: string;
  @Column('bigint', { name: 'last_number' }) lastNumber: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
