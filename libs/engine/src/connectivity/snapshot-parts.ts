import type { Cluster } from '../query/cluster.js';
import type { Mode } from '../query/verdict.js';
import type { ConnectivityLevel } from './connectivity.js';
import { type Ends, findEnds } from './ends.js';
import { ModeParts } from './mode-parts.js';
import { PodRows } from './pod-rows.js';
import { findUnits, type Units } from './units.js';

/** What all questions about the connectivity of one snapshot share, each part made when first needed. */
export class SnapshotParts {
  static readonly #known = new WeakMap<Cluster, SnapshotParts>();

  #units: Units | null = null;
  #rows: PodRows | null = null;
  readonly #ends = new Map<string, Ends>();
  readonly #modes = new Map<Mode, ModeParts>();

  private constructor(readonly cluster: Cluster) {}

  /** The parts of a snapshot; they are forgotten together with it. */
  static of(cluster: Cluster): SnapshotParts {
    let parts = SnapshotParts.#known.get(cluster);
    if (parts === undefined) SnapshotParts.#known.set(cluster, (parts = new SnapshotParts(cluster)));
    return parts;
  }

  get units(): Units {
    return (this.#units ??= findUnits(this.cluster));
  }

  get rows(): PodRows {
    return (this.#rows ??= new PodRows(this.cluster.index, this.units));
  }

  ends(level: ConnectivityLevel, includeNodes: boolean): Ends {
    const key = `${level} ${includeNodes}`;
    let ends = this.#ends.get(key);
    if (ends === undefined) this.#ends.set(key, (ends = findEnds(this.cluster, this.units, level, includeNodes)));
    return ends;
  }

  mode(mode: Mode): ModeParts {
    let parts = this.#modes.get(mode);
    if (parts === undefined) {
      this.#modes.set(mode, (parts = new ModeParts(this.cluster, this.units, this.rows, mode)));
    }
    return parts;
  }

  /**
   * Makes what a question needs that says nothing of level and mode, so that the first does not wait for it. Yields
   * between the steps, each of which takes about as long as the pods are many.
   */
  *prepare(): Iterable<void> {
    yield void this.units;
    yield void this.ends('workload', false);
    yield void this.mode('effective');
  }
}
