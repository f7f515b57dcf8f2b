import type { Labels, Namespace, ObjectRef, Pod, Service } from '#model';
import type {
  StoredCalicoPolicy,
  StoredHostEndpoint,
  StoredNetworkSet,
  StoredProfile,
  StoredTier,
} from '../stored-calico.js';

/** The valid objects of Calico in a snapshot, and what of the cluster their meaning depends on. */
export interface CalicoObjects {
  /** Staged ones are not among them: they change nothing. */
  readonly policies: readonly OfRef<StoredCalicoPolicy>[];
  readonly tiers: readonly StoredTier[];
  readonly networkSets: readonly StoredNetworkSet[];
  readonly hostEndpoints: readonly OfRef<StoredHostEndpoint>[];
  readonly profiles: readonly OfRef<StoredProfile>[];
  /** Labels of service accounts by `namespace/name`. */
  readonly serviceAccounts: ReadonlyMap<string, Labels>;
  readonly namespaces: readonly Namespace[];
  readonly services: readonly Service[];
  readonly pods: Iterable<Pod>;
}

export interface OfRef<T> {
  readonly ref: ObjectRef;
  readonly body: T;
}
