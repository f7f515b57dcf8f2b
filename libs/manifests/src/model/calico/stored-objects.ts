import type { Labels, ObjectRef } from '#model';
import { readAgain } from '../../normalise.js';
import type { StoredMetadata } from '../stored-body.js';
import type {
  StoredCalicoPolicy,
  StoredHostEndpoint,
  StoredNetworkSet,
  StoredProfile,
  StoredStagedKubernetesPolicy,
  StoredTier,
} from '../stored-calico.js';
import type { OfRef } from './calico-objects.js';

/** Calico's objects among the stored ones, as their readers see them. Invalid ones, kept by lenient reading, are left out. */
export class StoredCalicoObjects {
  readonly policies: OfRef<StoredCalicoPolicy>[] = [];
  readonly staged: OfRef<StoredCalicoPolicy>[] = [];
  readonly stagedKubernetes: OfRef<StoredStagedKubernetesPolicy>[] = [];
  readonly tiers: StoredTier[] = [];
  readonly networkSets: StoredNetworkSet[] = [];
  readonly hostEndpoints: OfRef<StoredHostEndpoint>[] = [];
  readonly profiles: OfRef<StoredProfile>[] = [];
  readonly serviceAccounts = new Map<string, Labels>();

  addServiceAccount({ namespace, name, labels }: StoredMetadata): void {
    this.serviceAccounts.set(`${namespace}/${name}`, labels);
  }

  add(ref: ObjectRef, stored: object): void {
    const members = readAgain(stored);
    if (members === null) return;
    const body: unknown = { ...stored, ...members };
    switch (ref.kind) {
      case 'NetworkPolicy':
      case 'GlobalNetworkPolicy':
        this.policies.push({ ref, body: body as StoredCalicoPolicy });
        break;
      case 'StagedNetworkPolicy':
      case 'StagedGlobalNetworkPolicy':
        this.staged.push({ ref, body: body as StoredCalicoPolicy });
        break;
      case 'StagedKubernetesNetworkPolicy':
        this.stagedKubernetes.push({ ref, body: body as StoredStagedKubernetesPolicy });
        break;
      case 'Tier':
        this.tiers.push(body as StoredTier);
        break;
      case 'NetworkSet':
      case 'GlobalNetworkSet':
        this.networkSets.push(body as StoredNetworkSet);
        break;
      case 'HostEndpoint':
        this.hostEndpoints.push({ ref, body: body as StoredHostEndpoint });
        break;
      case 'Profile':
        this.profiles.push({ ref, body: body as StoredProfile });
        break;
    }
  }
}
