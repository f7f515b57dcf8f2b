import 'reflect-metadata';
import type { Progress } from '#model';
import { createDataSource, migrate } from '#store';
import { ConfigError, readConfig } from './config.js';
import { closeApp, createApp } from './create-app.js';
import { createLogger } from './logger.js';

/** Starts the service: configuration, database, migrations, routes. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const dataSource = await createDataSource(config.databaseUrl).initialize();
  await migrate(dataSource);
  const app = await createApp({ config, logger, dataSource, onProgress: tellLauncher });
  await app.listen({ port: config.port, host: config.host });
  logger.info({ url: await app.getUrl() }, 'Canreach is ready');
  if (config.auth === 'none') logger.warn('nobody is asked who he is: whoever reaches this address may read and write');

  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    // Requests that never end must not keep the process.
    setTimeout(() => process.exit(0), 10_000).unref();
    void closeApp(app)
      .then(() => dataSource.destroy())
      .finally(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // Whoever started us through a channel is gone.
  if (process.connected) process.on('disconnect', end);
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise was rejected and nobody looked'));
}

/** Whoever started this process through a channel may want to show how an ingest goes. */
function tellLauncher(progress: Progress): void {
  if (process.connected) process.send?.({ progress });
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else
    process.stderr.write(
      `Canreach could not start: ${error instanceof Error ? error.message || String(error.cause ?? error) : String(error)}\n`,
    );
  process.exit(1);
});
