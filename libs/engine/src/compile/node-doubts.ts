import type { Direction, NotUnderstood } from '#model';
import type { EnforcementView } from './enforcement-view.js';
import { actsHere } from './not-understood.js';

/** Whether an object that is not understood may act on what a node opens (`Egress`) or takes (`Ingress`). */
export function doubtsNode({ scope }: NotUnderstood, node: string | null, direction: Direction): boolean {
  if (scope.kind !== 'Nodes' || scope.directions?.includes(direction) === false) return false;
  return scope.nodes === undefined || (node !== null && scope.nodes.includes(node));
}

/** What of a cluster's nodes is in doubt. Cost: linear in the objects, once; then a look-up. */
export class NodeDoubts {
  readonly #objects: readonly NotUnderstood[];
  readonly #named: Readonly<Record<Direction, ReadonlySet<string>>>;
  readonly #all: Readonly<Record<Direction, boolean>>;

  constructor(notUnderstood: readonly NotUnderstood[], enforcement: EnforcementView) {
    this.#objects = notUnderstood.filter((object) => object.scope.kind === 'Nodes' && actsHere(object, enforcement));
    const named = (direction: Direction): Set<string> =>
      new Set(
        this.#objects.flatMap(({ scope }) =>
          scope.kind === 'Nodes' && scope.directions?.includes(direction) !== false ? (scope.nodes ?? []) : [],
        ),
      );
    this.#named = { Ingress: named('Ingress'), Egress: named('Egress') };
    const all = (direction: Direction): boolean => this.#objects.some((object) => doubtsNode(object, null, direction));
    this.#all = { Ingress: all('Ingress'), Egress: all('Egress') };
  }

  get areNone(): boolean {
    return this.#objects.length === 0;
  }

  /** Null: a node that nobody knows. */
  concern(node: string | null, direction: Direction): boolean {
    return this.#all[direction] || (node !== null && this.#named[direction].has(node));
  }
}
