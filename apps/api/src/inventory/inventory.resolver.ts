import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { formatObjectRef, type Labels } from '#model';
import { cursorOfKey, type Page } from '../page.js';
import { readLimit } from '../read-query.js';
import { InventoryService, keyOfNamed, type ListQuery, workloadKeyOf } from './inventory.service.js';

interface PageArguments {
  readonly first: number;
  readonly after?: string | null;
  readonly namespace?: string | null;
}

interface Of {
  readonly id: string;
}

/** Values of the enums as the rest of the program spells them. */
export const inventoryEnums = { PodOrigin: { OBSERVED: 'Observed', TEMPLATE: 'Template' } } as const;

@Resolver('Snapshot')
export class InventoryResolver {
  constructor(private readonly inventory: InventoryService) {}

  @ResolveField()
  pods(@Parent() { id }: Of, @Args() page: PageArguments): Promise<unknown> {
    return connection(page, (query) => this.inventory.pods(id, query), keyOfNamed);
  }

  @ResolveField()
  workloads(@Parent() { id }: Of, @Args() page: PageArguments): Promise<unknown> {
    return connection(page, (query) => this.inventory.workloads(id, query), workloadKeyOf);
  }

  @ResolveField()
  services(@Parent() { id }: Of, @Args() page: PageArguments): Promise<unknown> {
    return connection(page, (query) => this.inventory.services(id, query), keyOfNamed);
  }

  @ResolveField()
  policies(@Parent() { id }: Of, @Args() page: PageArguments): Promise<unknown> {
    return connection(page, (query) => this.inventory.policies(id, query), formatObjectRef);
  }

  @ResolveField()
  nodes(@Parent() { id }: Of, @Args() page: PageArguments): Promise<unknown> {
    return connection(page, (query) => this.inventory.nodes(id, query), keyOfNamed);
  }

  @ResolveField()
  namespaces(@Parent() { id }: Of, @Args() page: PageArguments): Promise<unknown> {
    return connection(page, (query) => this.inventory.namespaces(id, query), keyOfNamed);
  }

  @ResolveField()
  podPolicies(
    @Parent() { id }: Of,
    @Args('namespace') namespace: string,
    @Args('name') name: string,
  ): Promise<unknown> {
    return this.inventory.policiesOfPod(id, namespace, name);
  }

  @ResolveField()
  policyPods(
    @Parent() { id }: Of,
    @Args() { kind, namespace, name }: { kind: string; namespace: string; name: string },
  ): Promise<unknown> {
    return this.inventory.podsOfPolicy(id, kind, namespace, name);
  }

  @ResolveField()
  dataplane(@Parent() { id }: Of): Promise<unknown> {
    return this.inventory.dataplane(id);
  }
}

/** Labels are maps in the model, which GraphQL does not have. */
abstract class LabelledResolver {
  @ResolveField()
  labels(@Parent() { labels }: { labels: Labels }): { key: string; value: string }[] {
    return Object.entries(labels).map(([key, value]) => ({ key, value }));
  }
}

@Resolver('Pod')
export class PodResolver extends LabelledResolver {}

@Resolver('Node')
export class NodeResolver extends LabelledResolver {}

@Resolver('Namespace')
export class NamespaceResolver extends LabelledResolver {}

/** REST's page in the Relay convention. */
async function connection<T>(
  { first, after, namespace }: PageArguments,
  list: (query: ListQuery) => Promise<Page<T>>,
  keyOf: (item: T) => string,
): Promise<unknown> {
  const { items, nextCursor } = await list({ namespace, cursor: after, limit: readLimit(String(first)) });
  const edges = items.map((node) => ({ node, cursor: cursorOfKey(keyOf(node)) }));
  return { edges, pageInfo: { hasNextPage: nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null } };
}
