import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('object_body')
export class ObjectBodyEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('text') hash: string;
  @Column('text') body: string;
}

@Entity('object_version')
export class ObjectVersionEntity {
  @PrimaryColumn('integer', { name: 'cluster_id' }) clusterId: number;
  @PrimaryColumn('text', { name: 'api_group' }) group: string;
  @PrimaryColumn('text') kind: string;
  @PrimaryColumn('text') namespace: string;
  @PrimaryColumn('text') name: string;
  @PrimaryColumn('bigint', { name: 'first_snapshot' }) firstSnapshot: string;
  @Column('bigint', { name: 'last_snapshot' }) lastSnapshot: string;
  @Column('text') uid: string;
  @Column('text') hash: string;
}
