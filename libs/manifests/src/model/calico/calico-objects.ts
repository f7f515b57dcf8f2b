import type { Namespace, ObjectRef, Service } from '#model';
import type { StoredCalicoPolicy, StoredHostEndpoint, StoredNetworkSet, StoredTier } from '../stored-calico.js';

/** The valid objects of Calico in a snapshot, and what of the cluster their meaning depends on. */
export interface CalicoObjects {
  /** Staged ones are not among them: they change nothing. */
  readonly policies: readonly { readonly ref: ObjectRef; readonly body: StoredCalicoPolicy }[];
  readonly tiers: readonly StoredTier[];
  readonly networkSets: readonly StoredNetworkSet[];
  readonly hostEndpoints: readonly StoredHostEndpoint[];
  readonly namespaces: readonly Namespace[];
  readonly services: readonly Service[];
}
