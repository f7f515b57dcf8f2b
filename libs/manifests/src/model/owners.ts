import type { WorkloadRef } from '#model';
import { groupOf } from '../normalise.js';
import type { StoredMetadata, StoredWorkload } from './stored-body.js';

/** Finds the workload at the top of a pod's chain of owners. */
export class Owners {
  readonly #workloads: ReadonlyMap<string, StoredWorkload>;
  /** By owner and template hash, on which alone it depends: pods of one owner share what is found. */
  readonly #tops = new Map<string, WorkloadRef | null>();

  constructor(workloads: readonly StoredWorkload[]) {
    this.#workloads = new Map(
      workloads.map((workload) => [
        keyOf(workload.kind, workload.metadata.namespace as string, workload.metadata.name),
        workload,
      ]),
    );
  }

  /** Null for a pod that stands for itself: no owner, or one owned by its node (a static pod). */
  topOf(metadata: StoredMetadata): WorkloadRef | null {
    const owner = metadata.ownerReferences?.[0];
    if (owner === undefined) return null;
    const key = `${templateHashOf(metadata)} ${owner.apiVersion} ${keyOf(owner.kind, metadata.namespace as string, owner.name)}`;
    let top = this.#tops.get(key);
    if (top === undefined) this.#tops.set(key, (top = this.#find(metadata)));
    return top;
  }

  #find(metadata: StoredMetadata): WorkloadRef | null {
    const namespace = metadata.namespace as string;
    let top: WorkloadRef | null = null;
    let current: StoredMetadata = metadata;
    // Four steps are more than any chain of Kubernetes' own controllers has.
    for (let step = 0; step < 4; step++) {
      const owner = current.ownerReferences?.[0];
      if (owner === undefined || owner.kind === 'Node') break;
      top = { group: groupOf(owner.apiVersion), kind: owner.kind, namespace, name: owner.name };
      const object = this.#workloads.get(keyOf(owner.kind, namespace, owner.name));
      if (object === undefined) return this.#inferred(top, metadata);
      current = object.metadata;
    }
    return top;
  }

  /**
   * The owner of an owner that is not in the input: a ReplicaSet whose name ends with its pods' template hash belongs
   * to the Deployment of the rest of the name, a Job with a number at its end to the CronJob of that name, if there is one.
   */
  #inferred(owner: WorkloadRef, metadata: StoredMetadata): WorkloadRef {
    const { kind, namespace, name } = owner;
    const hash = templateHashOf(metadata);
    if (kind === 'ReplicaSet' && owner.group === 'apps' && hash !== '' && name.endsWith(`-${hash}`)) {
      return { group: 'apps', kind: 'Deployment', namespace, name: name.slice(0, -hash.length - 1) };
    }
    const cronJob = kind === 'Job' ? /^(.+)-[0-9]+$/.exec(name)?.[1] : undefined;
    if (cronJob !== undefined && this.#workloads.has(keyOf('CronJob', namespace, cronJob))) {
      return { group: 'batch', kind: 'CronJob', namespace, name: cronJob };
    }
    return owner;
  }
}

function templateHashOf({ labels }: StoredMetadata): string {
  return Object.hasOwn(labels, 'pod-template-hash') ? labels['pod-template-hash'] : '';
}

export function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}
