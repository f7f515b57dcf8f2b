import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Controller, type DynamicModule, Get, Module } from '@nestjs/common';
import { createDataSource, migrate } from '#store';
import { AppModule, type AppParts } from '../../apps/api/src/app.module.js';
import { Access } from '../../apps/api/src/auth/access.js';
import { readConfig } from '../../apps/api/src/config.js';
import { closeApp, createApp } from '../../apps/api/src/create-app.js';
import { createLogger } from '../../apps/api/src/logger.js';
import { ReachabilityService } from '../../apps/api/src/reachability/reachability.service.js';
import { SnapshotsService } from '../../apps/api/src/snapshots/snapshots.service.js';

/** What the benchmark tells the service that it measures. */
export type ServiceOrder =
  | { readonly order: 'usage' }
  /** What `/api/v1/constant` answers from now on. */
  | { readonly order: 'constant'; readonly value: unknown }
  /** From now on every verdict is that constant, so that GraphQL can be measured with a resolver that does nothing. */
  | { readonly order: 'pretend' }
  | { readonly order: 'end' };

/** What the service has used since it was last asked. */
export interface ServiceUsage {
  readonly cpuMillis: number;
  /** Longest time for which the event loop did nothing else. */
  readonly blockedMillis: number;
  /** Most memory ever. */
  readonly peakBytes: number;
}

let constant: unknown = {};

/** A route that has the guards of all others and does nothing. */
@Controller('api/v1')
class ConstantController {
  @Get('constant')
  @Access('viewer')
  answer(): unknown {
    return constant;
  }
}

@Module({})
class MeasuredModule {
  static with(parts: AppParts): DynamicModule {
    return { module: MeasuredModule, imports: [AppModule.with(parts)], controllers: [ConstantController] };
  }
}

/** The real service and one more route, as a process that tells what it uses. */
async function main(): Promise<void> {
  const config = readConfig({ ...process.env, CANREACH_LOG: 'warn' });
  const dataSource = await createDataSource(config.databaseUrl).initialize();
  await migrate(dataSource);
  const parts = { config, logger: createLogger(config.logLevel), dataSource };
  const app = await createApp(parts, MeasuredModule.with(parts));
  await app.listen({ port: config.port, host: config.host });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let cpu = process.cpuUsage();
  process.on('message', (message: ServiceOrder) => {
    switch (message.order) {
      case 'usage': {
        const { user, system } = process.cpuUsage(cpu);
        cpu = process.cpuUsage();
        process.send?.({
          cpuMillis: (user + system) / 1000,
          blockedMillis: delay.max / 1e6,
          peakBytes: process.resourceUsage().maxRSS * 1024,
        } satisfies ServiceUsage);
        delay.reset();
        break;
      }
      case 'constant':
        constant = message.value;
        process.send?.({});
        break;
      case 'pretend': {
        const snapshots = app.get(SnapshotsService);
        const reachability = app.get(ReachabilityService);
        const remembered = new Map<string, ReturnType<typeof snapshots.resolve>>();
        const resolve = snapshots.resolve.bind(snapshots);
        snapshots.resolve = (ref) => {
          const known = remembered.get(ref) ?? resolve(ref);
          remembered.set(ref, known);
          return known;
        };
        reachability.verdict = () => Promise.resolve(constant as Awaited<ReturnType<typeof reachability.verdict>>);
        process.send?.({});
        break;
      }
      case 'end':
        void closeApp(app)
          .then(() => dataSource.destroy())
          .finally(() => process.exit(0));
    }
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({});
}

await main();
