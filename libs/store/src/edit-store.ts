import type { DataSource } from 'typeorm';
import { compareObjectRefs, type ObjectEdit } from '#model';
import type { SnapshotRecord } from './records.js';
import { guarded } from './store-error.js';

/** What became of objects between snapshots. */
export class EditStore {
  constructor(readonly dataSource: DataSource) {}

  /**
   * Every object that is not in the same state in both snapshots, by ref. Cost: inside one cluster the versions that
   * begin or end between the two; across clusters the objects of both.
   */
  async between(from: SnapshotRecord, to: SnapshotRecord): Promise<ObjectEdit[]> {
    const rows = await guarded(() =>
      from.clusterId === to.clusterId
        ? this.dataSource.query<EditRow[]>(insideCluster, [from.clusterId, from.number, to.number])
        : this.dataSource.query<EditRow[]>(acrossClusters, [from.clusterId, from.number, to.clusterId, to.number]),
    );
    return rows.map(editOf).sort((a, b) => compareObjectRefs(a.object, b.object));
  }
}

interface EditRow {
  readonly api_group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

function editOf({ api_group: group, kind, namespace, name, before, after }: EditRow): ObjectEdit {
  const object = { group, kind, namespace: namespace === '' ? null : namespace, name };
  return { object, edit: before === null ? 'added' : after === null ? 'removed' : 'modified' };
}

/** A version that covers only one of the two snapshots begins or ends between them; each branch is a btree range. */
const insideCluster = `
  WITH ends AS (SELECT least($2::bigint, $3::bigint) AS low, greatest($2::bigint, $3::bigint) AS high),
  edge AS (
    SELECT v.*, $2 BETWEEN v.first_snapshot AND v.last_snapshot AS is_before
    FROM ends, object_version v
    WHERE v.cluster_id = $1 AND v.first_snapshot > low AND v.first_snapshot <= high AND v.last_snapshot >= high
    UNION ALL
    SELECT v.*, $2 BETWEEN v.first_snapshot AND v.last_snapshot
    FROM ends, object_version v
    WHERE v.cluster_id = $1 AND v.last_snapshot >= low AND v.last_snapshot < high AND v.first_snapshot <= low)
  SELECT api_group, kind, namespace, name,
    min(hash) FILTER (WHERE is_before) AS before, min(hash) FILTER (WHERE NOT is_before) AS after
  FROM edge GROUP BY api_group, kind, namespace, name
  HAVING min(hash) FILTER (WHERE is_before) IS DISTINCT FROM min(hash) FILTER (WHERE NOT is_before)`;

const acrossClusters = `
  SELECT api_group, kind, namespace, name, a.hash AS before, b.hash AS after
  FROM (SELECT api_group, kind, namespace, name, hash FROM object_version
        WHERE cluster_id = $1 AND first_snapshot <= $2 AND last_snapshot >= $2) a
  FULL JOIN (SELECT api_group, kind, namespace, name, hash FROM object_version
        WHERE cluster_id = $3 AND first_snapshot <= $4 AND last_snapshot >= $4) b
    USING (api_group, kind, namespace, name)
  WHERE a.hash IS DISTINCT FROM b.hash`;
