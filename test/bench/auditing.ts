import type { Finding } from '#model';
import { clusterText } from '../generate/cluster-text.js';
import type { BenchOptions, Figure } from './figure.js';
import { MeasuredService } from './measured-service.js';
import { median } from './median.js';

const api = '/api/v1/snapshots/audited@latest';

/** All findings of a cluster over REST: the first time, when they are worked out, and afterwards. */
export async function* benchAuditing(options: BenchOptions & { databaseUrl: string }): AsyncIterable<Figure> {
  const { scale, runs, databaseUrl } = options;
  const measured = { runs, profile: 'ceiling', scale } as const;
  const service = await MeasuredService.start(databaseUrl);
  const body = Buffer.concat([...clusterText({ profile: 'ceiling', scale, format: 'ndjson' })]);
  const response = await fetch(`${service.url}/api/v1/clusters/audited/snapshots`, { method: 'POST', body });
  if (response.status !== 201) throw new Error(await response.text());
  // Waits until the snapshot is open, and until what is done behind that has been done.
  await (await fetch(`${service.url}${api}/verdict?from=ip:1.1.1.1&to=ip:8.8.8.8`)).text();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const first: number[] = [];
  const again: number[] = [];
  const blocked: number[] = [];
  let found: readonly Finding[] = [];
  for (let run = 0; run < runs; run++) {
    // Each saying of the network is audited by itself.
    const url = `${service.url}${api}/findings?dataplane=hostMTU:${1500 + run}`;
    await service.usage();
    for (const times of [first, again]) {
      const begun = performance.now();
      const answer = (await (await fetch(url)).json()) as { findings: Finding[] };
      times.push(performance.now() - begun);
      found = answer.findings;
      if (times === first) blocked.push((await service.usage()).blockedMillis);
    }
  }
  await service.stop();
  const details = { findings: found.length, ids: new Set(found.map(({ id }) => id)).size };
  yield { figure: 'audit.first', value: median(first), unit: 'ms', ...measured, details };
  yield { figure: 'audit.again', value: median(again), unit: 'ms', ...measured };
  yield { figure: 'audit.blocked', value: median(blocked), unit: 'ms', target: { atMost: 20 }, ...measured };
}
