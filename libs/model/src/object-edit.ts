import type { ObjectRef } from './object-ref.js';

/** What became of one object from one snapshot to another; `modified` also where it was made anew under its old name. */
export interface ObjectEdit {
  readonly object: ObjectRef;
  readonly edit: 'added' | 'removed' | 'modified';
}
