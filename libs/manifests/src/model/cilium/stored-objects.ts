import type { ObjectRef } from '#model';
import { readAgain } from '../../normalise.js';
import type { StoredCiliumPolicy } from '../stored-cilium.js';
import type { CiliumObjects } from './cilium-objects.js';

/** Cilium's policies among the stored objects, as their reader sees them. Invalid ones, kept by lenient reading, are left out. */
export class StoredCiliumObjects {
  readonly policies: CiliumObjects['policies'][number][] = [];

  add(ref: ObjectRef, stored: object): void {
    if (ref.kind !== 'CiliumNetworkPolicy' && ref.kind !== 'CiliumClusterwideNetworkPolicy') return;
    const members = readAgain(stored);
    if (members !== null) this.policies.push({ ref, body: { ...stored, ...members } as unknown as StoredCiliumPolicy });
  }
}
