import type {
  ClusterModel,
  Component,
  Entry,
  Namespace,
  NetworkObject,
  Node,
  NotUnderstood,
  Policy,
  SecondaryPolicy,
  Service,
  SnapshotInfo,
  Workload,
} from '#model';
import { packedModelVersion } from './pack-model.js';
import { PackedPods } from './packed-pods.js';
import { Sections } from './sections.js';

/**
 * A model that lies in its bytes, from `packModel`; they may be shared between threads. Opening one costs nothing that
 * grows with the cluster; each part but the pods is parsed when it is first asked for.
 */
export class PackedModel implements ClusterModel {
  readonly pods: PackedPods;
  readonly #sections: Sections;
  readonly #parsed = new Map<string, unknown>();

  /** @throws Error where the bytes are of another version or cut short */
  constructor(readonly bytes: Uint8Array) {
    this.#sections = new Sections(bytes, packedModelVersion);
    this.pods = new PackedPods(this.#sections, () => this.namespaces);
  }

  /** What was packed beside the model. */
  get extra(): unknown {
    return this.#json('extra');
  }

  get namespaces(): readonly Namespace[] {
    return this.#json('namespaces');
  }

  get nodes(): readonly Node[] {
    return this.#json('nodes');
  }

  get workloads(): readonly Workload[] {
    return this.#json('workloads');
  }

  get services(): readonly Service[] {
    return this.#json('services');
  }

  get entries(): readonly Entry[] {
    return this.#json('entries');
  }

  get policies(): readonly Policy[] {
    return this.#json('policies');
  }

  get secondaryPolicies(): readonly SecondaryPolicy[] {
    return this.#json('secondaryPolicies');
  }

  get notUnderstood(): readonly NotUnderstood[] {
    return this.#json('notUnderstood');
  }

  get components(): readonly Component[] {
    return this.#json('components');
  }

  get networkObjects(): readonly NetworkObject[] {
    return this.#json('networkObjects');
  }

  get info(): SnapshotInfo {
    return this.#json('info');
  }

  #json<T>(section: string): T {
    let value = this.#parsed.get(section);
    if (value === undefined) this.#parsed.set(section, (value = this.#sections.json(section)));
    return value as T;
  }
}
