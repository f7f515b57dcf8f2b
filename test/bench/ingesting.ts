import { createReadStream, statSync } from 'node:fs';
import { request } from 'node:http';
import { finished, pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { buildModel, PackedModel } from '#manifests';
import { createDataSource, IndexStore, SnapshotStore } from '#store';
import { modelKeyOf } from '../../apps/api/src/index-cache/model-key.js';
import { clusterFile } from './cluster-file.js';
import type { BenchOptions, Figure } from './figure.js';
import { MeasuredService } from './measured-service.js';
import { median } from './median.js';

/** Ingest over HTTP, what it costs the service and the database, and loading what was stored. */
export async function* benchIngesting(options: BenchOptions & { databaseUrl: string }): AsyncIterable<Figure> {
  const { scale, runs, folder, databaseUrl } = options;
  const file = (generation: number): Promise<string> =>
    clusterFile(folder, {
      profile: 'ceiling',
      scale,
      format: 'list',
      bulk: true,
      ...(generation === 0 ? {} : { mutate: 1, generation }),
    });
  const files = await Promise.all([0, 1, 2].map(file));
  const service = await MeasuredService.start(databaseUrl);
  const measured = { runs: 1, profile: 'ceiling', scale } as const;
  const database = new pg.Client({ connectionString: databaseUrl });
  // Should something fail, that is the error to be seen, and not that the database went away afterwards.
  database.on('error', () => undefined);
  await database.connect();
  const sizes = [await storedBytes(database)];
  const times: { millis: number; slowest: number; cpu: number; blocked: number }[] = [];
  let peakBytes = 0;
  for (const path of files) {
    await service.usage();
    const { millis, slowestHealthMillis } = await ingest(service.port, path);
    const usage = await service.usage();
    times.push({ millis, slowest: slowestHealthMillis, cpu: usage.cpuMillis, blocked: usage.blockedMillis });
    peakBytes = usage.peakBytes;
    await untilCompiled(service.url);
    sizes.push(await storedBytes(database));
  }
  const detailsOf = (i: number): Record<string, number> => ({
    megabytes: statSync(files[i]).size / 1e6,
    cpuMillis: times[i].cpu,
    blockedMillis: times[i].blocked,
    slowestHealthMillis: times[i].slowest,
  });
  yield {
    figure: 'ingest.first',
    value: times[0].millis,
    unit: 'ms',
    target: { atMost: 15_000 },
    ...measured,
    details: detailsOf(0),
  };
  yield {
    figure: 'ingest.again',
    value: times[1].millis,
    unit: 'ms',
    target: { atMost: 10_000 },
    ...measured,
    details: detailsOf(1),
  };
  const blocked = Math.max(...times.map((time) => time.slowest));
  yield { figure: 'ingest.health', value: blocked, unit: 'ms', target: { atMost: 50 }, ...measured };
  const after = await service.usage();
  yield {
    figure: 'ingest.memory',
    value: Math.max(peakBytes, after.peakBytes) / 1e6,
    unit: 'MB',
    target: { atMost: 4096 },
    ...measured,
  };
  const first = sizes[1] - sizes[0];
  const hourly = Math.max(sizes[2] - sizes[1], sizes[3] - sizes[2]);
  yield {
    figure: 'storage.hourly',
    value: (hourly / first) * 100,
    unit: 'percent',
    target: { atMost: 5 },
    ...measured,
    details: { firstMegabytes: first / 1e6, hourlyMegabytes: hourly / 1e6 },
  };
  await service.stop();
  yield* benchOpening(databaseUrl, database, { runs, scale });
  await database.end();
}

/** Loading a snapshot's model, and a service without anything in memory answering its first question. */
async function* benchOpening(
  databaseUrl: string,
  database: pg.Client,
  { runs, scale }: { runs: number; scale: number },
): AsyncIterable<Figure> {
  const dataSource = await createDataSource(databaseUrl).initialize();
  const store = new SnapshotStore(dataSource);
  const snapshot = await store.resolve('bench@latest');
  const { clusterId, number } = snapshot;
  const indexes = new IndexStore(dataSource, Infinity);
  const load: number[] = [];
  const rebuild: number[] = [];
  const copy: number[] = [];
  for (let run = 0; run < runs; run++) {
    let begun = performance.now();
    const rows = `SELECT v.*, b.body FROM object_version v JOIN object_body b USING (cluster_id, hash)
      WHERE v.cluster_id = ${clusterId} AND v.first_snapshot <= ${number} AND v.last_snapshot >= ${number}`;
    await finished(database.query(copyTo(`COPY (${rows}) TO STDOUT`)).resume());
    copy.push(performance.now() - begun);
    begun = performance.now();
    const packed = await indexes.get(modelKeyOf(snapshot, null));
    if (packed === null) throw new Error('the packed model is not in the database');
    if (new PackedModel(packed).pods.length === 0) throw new Error('the model has no pods');
    load.push(performance.now() - begun);
    begun = performance.now();
    buildModel(await store.loadObjects(snapshot), snapshot.info);
    rebuild.push(performance.now() - begun);
  }
  await dataSource.destroy();
  const measured = { runs, profile: 'ceiling', scale } as const;
  yield {
    figure: 'model.load',
    value: median(load),
    unit: 'ms',
    reference: { name: 'COPY of the same rows', value: median(copy) },
    target: { atMost: 3, relative: true },
    ...measured,
  };
  yield {
    figure: 'model.rebuild',
    value: median(rebuild),
    unit: 'ms',
    reference: { name: 'COPY of the same rows', value: median(copy) },
    ...measured,
  };
  const firsts: number[] = [];
  for (let run = 0; run < runs; run++) {
    const service = await MeasuredService.start(databaseUrl);
    const begun = performance.now();
    const path =
      '/api/v1/snapshots/bench@latest/verdict?from=namespace:monitoring&to=ip:8.8.8.8&port=443&fields=verdict';
    const response = await fetch(service.url + path);
    firsts.push(performance.now() - begun);
    if (!response.ok) throw new Error(await response.text());
    await service.stop();
  }
  yield { figure: 'index.load', value: median(firsts), unit: 'ms', target: { atMost: 400 }, ...measured };
}

/** Sends a file; meanwhile asks every 20 ms whether the service is alive. */
async function ingest(port: number, path: string): Promise<{ millis: number; slowestHealthMillis: number }> {
  const url = `http://127.0.0.1:${port}`;
  let slowestHealthMillis = 0;
  let isDone = false;
  const watching = (async () => {
    while (!isDone) {
      const asked = performance.now();
      await (await fetch(`${url}/healthz`)).text();
      slowestHealthMillis = Math.max(slowestHealthMillis, performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const begun = performance.now();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const outgoing = request({
      port,
      host: '127.0.0.1',
      path: '/api/v1/clusters/bench/snapshots',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': statSync(path).size },
    });
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    outgoing.on('error', reject);
    pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), outgoing).catch(reject);
  });
  const millis = performance.now() - begun;
  isDone = true;
  await watching;
  if (status !== 201) throw new Error(`the ingest was answered with ${status}`);
  return { millis, slowestHealthMillis };
}

async function untilCompiled(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/v1/snapshots/bench@latest`);
    const { compile } = (await response.json()) as { compile: { state: string } };
    if (compile.state === 'ready') return;
    if (compile.state === 'failed') throw new Error('the compile failed');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Bytes of the objects and their versions, with indexes, after a vacuum. */
async function storedBytes(database: pg.Client): Promise<number> {
  await database.query('VACUUM ANALYZE object_body, object_version');
  const { rows } = await database.query<{ bytes: string }>(
    `SELECT pg_total_relation_size('object_body') + pg_total_relation_size('object_version') AS bytes`,
  );
  return Number(rows[0].bytes);
}
