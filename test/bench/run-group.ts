import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../apps/launcher/postgres.mjs';
import { benchAsking } from './asking.js';
import { benchAuditing } from './auditing.js';
import { benchCompiling, benchMixedKinds } from './compiling.js';
import { benchDiffing } from './diffing.js';
import { type BenchOptions, type Figure, meetsTarget } from './figure.js';
import { groups } from './groups.js';
import { benchIngesting } from './ingesting.js';
import { benchListing } from './listing.js';
import { benchReading } from './reading.js';

/** Measures one group of figures and prints them; a process of its own, so that no group heats or fills another's. */
async function main(): Promise<void> {
  const [group, text] = process.argv.slice(2);
  const options = JSON.parse(text) as BenchOptions;
  switch (group) {
    case groups[0]:
      return print(benchReading(options));
    case groups[1]:
      return print(benchCompiling(options));
    case groups[2]:
      return withPostgres((databaseUrl) => print(benchIngesting({ ...options, databaseUrl })));
    case groups[3]:
      return withPostgres((databaseUrl) => print(benchAsking({ ...options, databaseUrl })));
    case groups[4]:
      return print(benchDiffing(options));
    case groups[5]:
      return withPostgres((databaseUrl) => print(benchListing({ ...options, databaseUrl })));
    case groups[6]:
      return withPostgres((databaseUrl) => print(benchAuditing({ ...options, databaseUrl })));
    case groups[7]:
      return print(benchMixedKinds(options));
    default:
      throw new Error(`there is no group ${group}`);
  }
}

async function print(figures: AsyncIterable<Figure>): Promise<void> {
  for await (const figure of figures) {
    const rounded = JSON.stringify(
      { ...figure, meets: meetsTarget(figure), load: loadavg()[0] },
      (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value),
    );
    process.stdout.write(`${rounded}\n`);
  }
}

/** A Postgres with the settings that `npm start` gives it, so that writes are durable. */
async function withPostgres(work: (url: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'canreach-bench-pg-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDir: join(folder, 'data'), durable: true });
  try {
    await work(postgres.url);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
