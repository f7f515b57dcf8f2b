import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../apps/launcher/postgres.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** A Postgres for tests; each file makes a database of its own in it. */
    postgresUrl: string;
  }
}

/** Starts one Postgres for the whole run, unless CANREACH_TEST_DATABASE_URL names one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.CANREACH_TEST_DATABASE_URL;
  if (given !== undefined && given !== '') {
    project.provide('postgresUrl', given);
    return () => Promise.resolve();
  }
  const folder = mkdtempSync(join(tmpdir(), 'canreach-test-pg-'));
  // Postgres runs as another user when the tests run as root.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
