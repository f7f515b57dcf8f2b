import type { Labels, Namespace, ObjectRef, Pod, Service } from '#model';
import type {
  StoredCalicoPolicy,
  StoredHostEndpoint,
  StoredNetworkSet,
  StoredProfile,
  StoredStagedKubernetesPolicy,
  StoredTier,
} from '../stored-calico.js';

/** The valid objects of Calico in a snapshot, and what of the cluster their meaning depends on. */
export interface CalicoObjects {
  /** Those that are in force. */
  readonly policies: readonly OfRef<StoredCalicoPolicy>[];
  /** Those that are staged, which change nothing. */
  readonly staged: readonly OfRef<StoredCalicoPolicy>[];
  readonly stagedKubernetes: readonly OfRef<StoredStagedKubernetesPolicy>[];
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
