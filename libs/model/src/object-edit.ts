import { compareObjectRefs, type ObjectRef } from './object-ref.js';
import type { StoredObject } from './stored-object.js';

/** What became of one object from one snapshot to another; `modified` also where it was made anew under its old name. */
export interface ObjectEdit {
  readonly object: ObjectRef;
  readonly edit: 'added' | 'removed' | 'modified';
}

/** The objects that are not in the same state in both lists, by ref; both must be sorted by ref. Cost: linear in both. */
export function editsBetween(before: readonly StoredObject[], after: readonly StoredObject[]): ObjectEdit[] {
  const edits: ObjectEdit[] = [];
  for (let i = 0, k = 0; i < before.length || k < after.length;) {
    const order = i === before.length ? 1 : k === after.length ? -1 : compareObjectRefs(before[i].ref, after[k].ref);
    if (order < 0) edits.push({ object: before[i++].ref, edit: 'removed' });
    else if (order > 0) edits.push({ object: after[k++].ref, edit: 'added' });
    else if (before[i++].hash !== after[k].hash) edits.push({ object: after[k++].ref, edit: 'modified' });
    else k++;
  }
  return edits;
}
