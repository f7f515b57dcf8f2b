import type { Cluster } from '../query/cluster.js';
import type { Mode } from '../query/verdict.js';
import type { ConnectivityLevel } from './connectivity.js';
import { type Ends, makeEnds } from './ends.js';
import { InSteps } from './in-steps.js';
import { ModeParts } from './mode-parts.js';
import { PodRows } from './pod-rows.js';
import { makeUnits, type Units } from './units.js';

/** What all questions about the connectivity of one snapshot share, each part made when first needed. */
export class SnapshotParts {
  static readonly #known = new WeakMap<Cluster, SnapshotParts>();

  readonly #units: InSteps<Units>;
  #rows: PodRows | null = null;
  readonly #ends = new Map<string, InSteps<Ends>>();
  readonly #modes = new Map<Mode, ModeParts>();

  private constructor(readonly cluster: Cluster) {
    this.#units = new InSteps(() => makeUnits(cluster));
  }

  /** The parts of a snapshot; they are forgotten together with it. */
  static of(cluster: Cluster): SnapshotParts {
    let parts = SnapshotParts.#known.get(cluster);
    if (parts === undefined) SnapshotParts.#known.set(cluster, (parts = new SnapshotParts(cluster)));
    return parts;
  }

  get units(): Units {
    return this.#units.value;
  }

  get rows(): PodRows {
    return (this.#rows ??= new PodRows(this.cluster.index, this.units));
  }

  ends(level: ConnectivityLevel, includeNodes: boolean): Ends {
    return this.#endsInSteps(level, includeNodes).value;
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
   * between the steps, each of some milliseconds at the ceiling; a question in between makes what it lacks.
   */
  *prepare(): Iterable<void> {
    yield* this.#units.steps();
    yield* this.#endsInSteps('workload', false).steps();
    yield* this.mode('effective').prepare();
  }

  #endsInSteps(level: ConnectivityLevel, includeNodes: boolean): InSteps<Ends> {
    const key = `${level} ${includeNodes}`;
    let ends = this.#ends.get(key);
    if (ends === undefined) {
      ends = new InSteps(() => makeEnds(this.cluster, this.units, level, includeNodes));
      this.#ends.set(key, ends);
    }
    return ends;
  }
}
