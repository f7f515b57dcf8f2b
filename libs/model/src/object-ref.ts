/**
 * The identity of one Kubernetes object inside a snapshot.
 *
 * `group` is the API group without its version (`""` for the core group). Both spellings of Calico's group,
 * `crd.projectcalico.org` and `projectcalico.org`, are written `projectcalico.org`. `namespace` is null for
 * cluster-scoped objects.
 */
export interface ObjectRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** `Kind[.group]/namespace/name`, with `-` where there is no namespace: the spelling used in paths and messages. */
export function formatObjectRef(ref: ObjectRef): string {
  const kind = ref.group === '' ? ref.kind : `${ref.kind}.${ref.group}`;
  return `${kind}/${ref.namespace ?? '-'}/${ref.name}`;
}

/** Total order by group, kind, namespace (none first), name; by code unit, so it is the same on every machine. */
export function compareObjectRefs(a: ObjectRef, b: ObjectRef): number {
  return (
    compareText(a.group, b.group) ||
    compareText(a.kind, b.kind) ||
    compareText(a.namespace ?? '', b.namespace ?? '') ||
    compareText(a.name, b.name)
  );
}

/** Order of two texts by UTF-16 code unit; never by locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
