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

  readonly units: Units;
  readonly rows: PodRows;
  readonly #ends = new Map<string, Ends>();
  readonly #modes = new Map<Mode, ModeParts>();

  private constructor(readonly cluster: Cluster) {
    this.units = findUnits(cluster);
    this.rows = new PodRows(cluster.index, this.units);
  }

  /** The parts of a snapshot; they are forgotten together with it. */
  static of(cluster: Cluster): SnapshotParts {
    let parts = SnapshotParts.#known.get(cluster);
    if (parts === undefined) SnapshotParts.#known.set(cluster, (parts = new SnapshotParts(cluster)));
    return parts;
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
}
