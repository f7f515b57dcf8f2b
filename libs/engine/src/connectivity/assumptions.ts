import { type Assumption, podColumnsOf, podFlags } from '#model';
import type { ConnectivityWalk } from './connectivity-walk.js';

/** What all rows of a walk rest on, and what is said once because it makes no row of its own. */
export function connectivityAssumptions({
  cluster: { dataplane, model, semantics },
  controllers,
}: Pick<ConnectivityWalk, 'cluster' | 'controllers'>): readonly Assumption[] {
  const templates = podColumnsOf(model).flags.reduce(
    (sum, flags) => sum + ((flags & podFlags.template) === 0 ? 0 : 1),
    0,
  );
  return [
    ...dataplane.assumptions,
    {
      name: 'ownNode',
      value:
        semantics.podToOwnNode === 'allow'
          ? 'a pod and its own node reach each other whatever policies say; that makes no row'
          : 'a pod is reached from its own node whatever policies say; that makes no row, and rows to nodes say what holds for pods of other nodes',
      provenance: 'derived',
    },
    ...(templates === 0
      ? []
      : [
          {
            name: 'templates',
            value: `${templates} pods are made from templates; their addresses and nodes are unknown`,
            provenance: 'assumed',
          } as const,
        ]),
    ...controllers,
  ];
}
