import { Controller, Get, Param, Query } from '@nestjs/common';
import { Access } from '../auth/access.js';
import { readBoolean, readLimit, readQuery } from '../read-query.js';
import { dataplaneView } from './dataplane-view.js';
import { InventoryService, type ListQuery } from './inventory.service.js';

@Controller('api/v1/snapshots/:ref')
@Access('viewer')
export class InventoryController {
  constructor(private readonly inventory: InventoryService) {}

  @Get('pods')
  pods(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    return this.inventory.pods(ref, readList(query));
  }

  @Get('workloads')
  workloads(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    return this.inventory.workloads(ref, readList(query));
  }

  @Get('services')
  services(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    return this.inventory.services(ref, readList(query));
  }

  @Get('policies')
  policies(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    return this.inventory.policies(ref, readList(query));
  }

  @Get('nodes')
  nodes(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    return this.inventory.nodes(ref, readList(query));
  }

  @Get('namespaces')
  namespaces(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    return this.inventory.namespaces(ref, readList(query));
  }

  @Get('dataplane')
  async dataplane(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    const { provenance, dataplane } = readQuery(query, ['provenance', 'dataplane']);
    const withProvenance = readBoolean(provenance, 'provenance') === true;
    return dataplaneView(await this.inventory.dataplane(ref, dataplane), withProvenance);
  }

  @Get('pods/:namespace/:name/policies')
  async policiesOfPod(
    @Param('ref') ref: string,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Query() query: unknown,
  ): Promise<unknown> {
    readQuery(query, []);
    return { items: await this.inventory.policiesOfPod(ref, namespace, name), nextCursor: null };
  }

  @Get('policies/:kind/:namespace/:name/pods')
  async podsOfPolicy(
    @Param('ref') ref: string,
    @Param('kind') kind: string,
    @Param('namespace') namespace: string,
    @Param('name') name: string,
    @Query() query: unknown,
  ): Promise<unknown> {
    readQuery(query, []);
    return { items: await this.inventory.podsOfPolicy(ref, kind, namespace, name), nextCursor: null };
  }
}

function readList(query: unknown): ListQuery {
  const { namespace, cursor, limit } = readQuery(query, ['namespace', 'cursor', 'limit']);
  return { namespace, cursor, limit: readLimit(limit) };
}
