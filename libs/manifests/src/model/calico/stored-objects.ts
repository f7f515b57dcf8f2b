import type { ObjectRef } from '#model';
import { readAgain } from '../../normalise.js';
import type { StoredCalicoPolicy, StoredHostEndpoint, StoredNetworkSet, StoredTier } from '../stored-calico.js';
import type { CalicoObjects } from './calico-objects.js';

/** Calico's objects among the stored ones, as their readers see them. Invalid ones, kept by lenient reading, are left out. */
export class StoredCalicoObjects {
  readonly policies: CalicoObjects['policies'][number][] = [];
  readonly tiers: StoredTier[] = [];
  readonly networkSets: StoredNetworkSet[] = [];
  readonly hostEndpoints: StoredHostEndpoint[] = [];

  add(ref: ObjectRef, stored: object): void {
    const members = readAgain(stored);
    if (members === null) return;
    const body: unknown = { ...stored, ...members };
    switch (ref.kind) {
      case 'NetworkPolicy':
      case 'GlobalNetworkPolicy':
        this.policies.push({ ref, body: body as StoredCalicoPolicy });
        break;
      case 'Tier':
        this.tiers.push(body as StoredTier);
        break;
      case 'NetworkSet':
      case 'GlobalNetworkSet':
        this.networkSets.push(body as StoredNetworkSet);
        break;
      case 'HostEndpoint':
        this.hostEndpoints.push(body as StoredHostEndpoint);
        break;
    }
  }
}
