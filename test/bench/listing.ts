import { once } from 'node:events';
import http from 'node:http';
import { clusterText } from '../generate/cluster-text.js';
import type { BenchOptions, Figure } from './figure.js';
import { MeasuredService } from './measured-service.js';
import { median } from './median.js';

const api = '/api/v1/snapshots/listed@latest';

interface Listed {
  readonly firstByteMillis: number;
  readonly millis: number;
  readonly rows: number;
}

/** All connections of a cluster over REST, streamed as NDJSON, from a service that has just opened the snapshot. */
export async function* benchListing(options: BenchOptions & { databaseUrl: string }): AsyncIterable<Figure> {
  const { scale, runs, databaseUrl } = options;
  const measured = { runs, profile: 'ceiling', scale } as const;
  const ingesting = await MeasuredService.start(databaseUrl);
  const body = Buffer.concat([...clusterText({ profile: 'ceiling', scale, format: 'ndjson' })]);
  const response = await fetch(`${ingesting.url}/api/v1/clusters/listed/snapshots`, { method: 'POST', body });
  if (response.status !== 201) throw new Error(await response.text());
  await open(ingesting);
  await ingesting.stop();

  // What ingest has left in memory would hide what an answer takes.
  const service = await MeasuredService.start(databaseUrl);
  await open(service);
  const { peakBytes } = await service.usage();
  const listed: Listed[] = [];
  const cpu: number[] = [];
  for (let run = 0; run <= runs; run++) {
    await service.usage();
    listed.push(await list(service, 'level=workload&format=ndjson'));
    cpu.push((await service.usage()).cpuMillis);
  }
  const grown = (await service.usage()).peakBytes - peakBytes;
  const [first, ...later] = listed;
  yield {
    figure: 'list.firstByte',
    value: first.firstByteMillis,
    unit: 'ms',
    target: { atMost: 200 },
    ...measured,
    runs: 1,
    details: { laterMillis: median(later.map(({ firstByteMillis }) => firstByteMillis)) },
  };
  yield {
    figure: 'list.rows',
    value: median(later.map(({ rows, millis }) => rows / (millis / 1000))),
    unit: '1/s',
    target: { atLeast: 200_000 },
    ...measured,
    details: { rows: first.rows, rowsOfCpuSecond: first.rows / (median(cpu.slice(1)) / 1000) },
  };
  yield { figure: 'list.memory', value: grown / 1024 ** 2, unit: 'MB', target: { atMost: 50 }, ...measured };
  const refused: number[] = [];
  for (let run = 0; run < runs; run++) {
    // Another limit each time, since a count is kept.
    refused.push((await list(service, `level=pod&format=ndjson&maxRows=${1000 + run}`)).millis);
  }
  yield { figure: 'list.refused', value: median(refused), unit: 'ms', ...measured };
  await service.stop();
}

/** Waits until the snapshot is open, and until what is done behind that has been done. */
async function open(service: MeasuredService): Promise<void> {
  await (await fetch(`${service.url}${api}/verdict?from=ip:1.1.1.1&to=ip:8.8.8.8`)).text();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await (await fetch(`${service.url}/healthz`)).text();
}

async function list(service: MeasuredService, query: string): Promise<Listed> {
  const begun = performance.now();
  const request = http.get(`${service.url}${api}/connectivity?${query}`);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let firstByteMillis = 0;
  let rows = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    if (firstByteMillis === 0) firstByteMillis = performance.now() - begun;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) rows++;
  }
  return { firstByteMillis, millis: performance.now() - begun, rows };
}
