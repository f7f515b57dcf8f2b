import type { Labels, ObjectRef, Service } from '#model';
import type { StoredCiliumPolicy } from '../stored-cilium.js';

/** The valid policies of Cilium in a snapshot, and what of the cluster their meaning depends on. */
export interface CiliumObjects {
  readonly policies: readonly { readonly ref: ObjectRef; readonly body: StoredCiliumPolicy }[];
  readonly services: readonly Service[];
  /** By `namespace/name`. */
  readonly serviceLabels: ReadonlyMap<string, Labels>;
  /** Whether the agent is known to have selectors of nodes switched off, as they are unless its configuration says otherwise. */
  readonly refusesNodeSelectors: boolean;
}
