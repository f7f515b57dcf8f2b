import { StoreError } from './store-error.js';

/** A snapshot as asked for: by id, or in a cluster by the newest, by label, or by time. */
export type SnapshotRef =
  | { readonly kind: 'Id'; readonly id: string }
  | { readonly kind: 'Latest'; readonly cluster: string }
  | { readonly kind: 'Label'; readonly cluster: string; readonly label: string }
  | { readonly kind: 'Time'; readonly cluster: string; readonly time: Date };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const clusterName = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
const labelText = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const instant = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

const accepted = 'a snapshot id, cluster@latest, cluster@label or cluster@2026-11-22T10:00:00Z';

/** @throws StoreError REF_MALFORMED */
export function parseSnapshotRef(text: string): SnapshotRef {
  if (uuid.test(text)) return { kind: 'Id', id: text.toLowerCase() };
  const at = text.indexOf('@');
  const [cluster, point] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && isClusterName(cluster)) {
    if (point === 'latest') return { kind: 'Latest', cluster };
    if (instant.test(point)) {
      const time = new Date(point.replace(' ', 'T'));
      if (!Number.isNaN(time.getTime())) return { kind: 'Time', cluster, time };
    } else if (labelText.test(point) && point.length <= 63) {
      return { kind: 'Label', cluster, label: point };
    }
  }
  throw new StoreError(
    'REF_MALFORMED',
    `${JSON.stringify(text.slice(0, 100))} is no reference to a snapshot; accepted are ${accepted}`,
    'ref',
  );
}

export function isClusterName(text: string): boolean {
  return clusterName.test(text) && text.length <= 63;
}

/** @throws StoreError CLUSTER_NAME_INVALID */
export function checkClusterName(text: string): void {
  if (isClusterName(text)) return;
  throw new StoreError(
    'CLUSTER_NAME_INVALID',
    `${JSON.stringify(text.slice(0, 100))} is no name of a cluster; names are [a-z0-9]([a-z0-9._-]*[a-z0-9])? with up to 63 characters`,
    'cluster',
  );
}

/** @throws StoreError LABEL_INVALID */
export function checkLabel(text: string): void {
  if (labelText.test(text) && text.length <= 63 && text !== 'latest' && !instant.test(text)) return;
  throw new StoreError(
    'LABEL_INVALID',
    `${JSON.stringify(text.slice(0, 100))} is no label; labels are [A-Za-z0-9][A-Za-z0-9._-]* with up to 63 characters, neither "latest" nor a time`,
    'label',
  );
}
