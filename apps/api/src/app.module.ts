import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { Progress } from '#model';
import { AuditLog, EditStore, IndexStore, SnapshotStore } from '#store';
import { AccessGuard } from './auth/access.guard.js';
import { CONFIG, type Config } from './config.js';
import { ConnectivityController } from './connectivity/connectivity.controller.js';
import { ConnectivityResolver } from './connectivity/connectivity.resolver.js';
import { ConnectivityService } from './connectivity/connectivity.service.js';
import { DiffController } from './diff/diff.controller.js';
import { DiffResolver } from './diff/diff.resolver.js';
import { DiffService } from './diff/diff.service.js';
import { ExposureController } from './exposure/exposure.controller.js';
import { ExposureResolver } from './exposure/exposure.resolver.js';
import { ExposureService } from './exposure/exposure.service.js';
import { graphql } from './graphql.module.js';
import { Auditor } from './findings/auditor.js';
import { FindingsController } from './findings/findings.controller.js';
import { FindingResolver, FindingsResolver } from './findings/findings.resolver.js';
import { FindingsService } from './findings/findings.service.js';
import { HealthController } from './health/health.controller.js';
import { Ingester } from './ingest/ingester.js';
import { IndexCache } from './index-cache/index-cache.js';
import { ModelMaker } from './index-cache/model-maker.js';
import { InventoryController } from './inventory/inventory.controller.js';
import { InventoryResolver, NamespaceResolver, NodeResolver, PodResolver } from './inventory/inventory.resolver.js';
import { InventoryService } from './inventory/inventory.service.js';
import { LOGGER } from './logger.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ReachabilityController } from './reachability/reachability.controller.js';
import { ReachabilityResolver, VerdictResolver } from './reachability/reachability.resolver.js';
import { ReachabilityService } from './reachability/reachability.service.js';
import { SnapshotsController } from './snapshots/snapshots.controller.js';
import { ClusterResolver, SnapshotResolver, SnapshotsResolver } from './snapshots/snapshots.resolver.js';
import { SnapshotsService } from './snapshots/snapshots.service.js';
import { TraceController } from './trace/trace.controller.js';
import { TraceResolver } from './trace/trace.resolver.js';
import { TraceService } from './trace/trace.service.js';

/** What the application is given from outside: all else it makes itself. */
export interface AppParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly dataSource: DataSource;
  /** Is told how far every ingest has come. */
  readonly onProgress?: (progress: Progress) => void;
}

@Module({})
export class AppModule {
  static with({ config, logger, dataSource, onProgress }: AppParts): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [graphql],
      controllers: [
        SnapshotsController,
        ReachabilityController,
        ConnectivityController,
        DiffController,
        InventoryController,
        TraceController,
        FindingsController,
        ExposureController,
        HealthController,
        MetricsController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: DataSource, useValue: dataSource },
        { provide: Metrics, useFactory: () => new Metrics() },
        { provide: SnapshotStore, useFactory: () => new SnapshotStore(dataSource) },
        { provide: IndexStore, useFactory: () => new IndexStore(dataSource, config.indexStoreBytesMax) },
        { provide: EditStore, useFactory: () => new EditStore(dataSource) },
        { provide: Ingester, useFactory: () => new Ingester(config.databaseUrl, onProgress) },
        { provide: Auditor, useFactory: () => new Auditor() },
        { provide: AuditLog, useFactory: () => new AuditLog(dataSource) },
        {
          provide: IndexCache,
          inject: [SnapshotStore, IndexStore, Metrics],
          useFactory: (snapshots: SnapshotStore, indexes: IndexStore, metrics: Metrics) =>
            new IndexCache(new ModelMaker(snapshots, config.databaseUrl), indexes, metrics, config.memoryBytesMax),
        },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        SnapshotsService,
        ReachabilityService,
        ConnectivityService,
        DiffService,
        InventoryService,
        TraceService,
        FindingsService,
        ExposureService,
        SnapshotsResolver,
        ClusterResolver,
        SnapshotResolver,
        ReachabilityResolver,
        VerdictResolver,
        ConnectivityResolver,
        DiffResolver,
        InventoryResolver,
        PodResolver,
        NodeResolver,
        NamespaceResolver,
        TraceResolver,
        FindingsResolver,
        FindingResolver,
        ExposureResolver,
      ],
      exports: [LOGGER],
    };
  }
}
