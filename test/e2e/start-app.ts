import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { createDataSource, migrate } from '#store';
import { readConfig } from '../../apps/api/src/config.js';
import { closeApp, createApp } from '../../apps/api/src/create-app.js';
import { createLogger } from '../../apps/api/src/logger.js';

/** A database of its own for one test file, in the Postgres of the run. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runSql(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runSql(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The real application on a real database. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  /** supertest, addressed as a local client would. */
  http(): ReturnType<typeof request>;
  ingest(cluster: string, body: string | Buffer, query?: string): request.Test;
  stop(): Promise<void>;
}

export async function startApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: database.url,
    CANREACH_LOG: process.env.CANREACH_LOG ?? 'silent',
    ...environment,
  });
  const dataSource = await createDataSource(database.url).initialize();
  await migrate(dataSource);
  const app = await createApp({ config, logger: createLogger(config.logLevel), dataSource });
  const http = (): ReturnType<typeof request> => request(app.getHttpServer());
  return {
    app,
    dataSource,
    databaseUrl: database.url,
    http,
    ingest: (cluster, body, query = '') =>
      http()
        .post(`/api/v1/clusters/${cluster}/snapshots${query}`)
        .set('Content-Type', 'application/octet-stream')
        .send(body),
    stop: async () => {
      await closeApp(app);
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** The sample cluster that `npm start` loads. */
export function sampleManifests(): string {
  const folder = new URL('../../sample/', import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n---\n');
}
