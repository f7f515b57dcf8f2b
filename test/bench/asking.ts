import { clusterText } from '../generate/cluster-text.js';
import { planCluster } from '../generate/cluster-plan.js';
import { planPod } from '../generate/pod-object.js';
import { Random } from '../generate/random.js';
import type { BenchOptions, Figure } from './figure.js';
import { getRequest, httpLoad, postRequest } from './http-load.js';
import { MeasuredService } from './measured-service.js';
import { median } from './median.js';

const connections = 20;
const seconds = 3;
const api = '/api/v1/snapshots/asked@latest';

/** Verdicts over REST and GraphQL, against a route and a resolver that do nothing; and a batch. */
export async function* benchAsking(options: BenchOptions & { databaseUrl: string }): AsyncIterable<Figure> {
  const { scale, runs, databaseUrl } = options;
  const service = await MeasuredService.start(databaseUrl);
  const measured = { runs, profile: 'ceiling', scale } as const;
  await load(service, scale);
  const flows = randomFlows(scale, 100_000);
  const query = (n: number): string => new URLSearchParams(flows[n % flows.length]).toString();

  for (const [name, fields, least] of [
    ['compact', '&fields=verdict,reason', 0.7],
    ['full', '', 0.5],
  ] as const) {
    const constant: unknown = await (await fetch(`${service.url}${api}/verdict?${query(0)}${fields}`)).json();
    await service.tell({ order: 'constant', value: constant });
    const asked = await compared(service, runs, [
      (n) => getRequest(`${api}/verdict?${query(n)}${fields}`),
      () => getRequest('/api/v1/constant'),
    ]);
    yield {
      figure: `rest.${name}`,
      value: asked.rate,
      unit: '1/s',
      reference: { name: 'a route that returns a constant', value: asked.referenceRate },
      target: { atLeast: least, relative: true },
      ...measured,
      details: asked.details,
    };
  }

  const bodies = flows.slice(0, 20_000).map((flow) => postRequest('/graphql', { query: question, variables: flow }));
  const real = await compared(service, runs, [(n) => bodies[n % bodies.length]]);
  const value: unknown = await (await fetch(`${service.url}${api}/verdict?${query(0)}`)).json();
  await service.tell({ order: 'constant', value });
  await service.tell({ order: 'pretend' });
  const idle = await compared(service, runs, [(n) => bodies[n % bodies.length]]);
  yield {
    figure: 'graphql.full',
    value: real.rate,
    unit: '1/s',
    reference: { name: 'a resolver that returns a constant', value: idle.rate },
    target: { atLeast: 0.5, relative: true },
    ...measured,
    details: { cpuMicros: real.details.cpuMicros, referenceCpuMicros: idle.details.cpuMicros },
  };
  await service.stop();

  const batch = await MeasuredService.start(databaseUrl);
  const body = JSON.stringify({ flows });
  const times: number[] = [];
  const cpu: number[] = [];
  const blocked: number[] = [];
  for (let run = 0; run <= runs; run++) {
    await batch.usage();
    const begun = performance.now();
    const response = await fetch(`${batch.url}${api}/verdicts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text.slice(0, 500));
    // The first one opens the snapshot.
    if (run > 0) times.push(performance.now() - begun);
    const { blockedMillis, cpuMillis } = await batch.usage();
    if (run > 0) blocked.push(blockedMillis);
    if (run > 0) cpu.push(cpuMillis);
  }
  await batch.stop();
  yield {
    figure: 'batch.flows',
    value: flows.length / (median(cpu) / 1000),
    unit: '1/s',
    target: { atLeast: 300_000 },
    ...measured,
    details: { flows: flows.length, millisWithClient: median(times) },
  };
  yield { figure: 'batch.blocked', value: median(blocked), unit: 'ms', target: { atMost: 20 }, ...measured };
}

const question = `query ($from: String!, $to: String!, $port: String) {
  snapshot(ref: "asked@latest") {
    verdict(from: $from, to: $to, port: $port) {
      verdict intended effective reason message
      gates { direction verdict isolated }
    }
  }
}`;

async function load(service: MeasuredService, scale: number): Promise<void> {
  const body = Buffer.concat([...clusterText({ profile: 'ceiling', scale, format: 'ndjson' })]);
  const response = await fetch(`${service.url}/api/v1/clusters/asked/snapshots`, { method: 'POST', body });
  if (response.status !== 201) throw new Error(await response.text());
  // Waits for the index.
  await (await fetch(`${service.url}${api}/verdict?from=ip:1.1.1.1&to=ip:8.8.8.8`)).text();
}

/** Live pods of the cluster, every pair as likely. */
function randomFlows(scale: number, count: number): Record<'from' | 'to' | 'port', string>[] {
  const plan = planCluster({ profile: 'ceiling', scale });
  const random = new Random('flows');
  const workloads = plan.workloads.filter(({ kind, hostNetwork }) => kind !== 'Job' && !hostNetwork);
  const pod = (): string => {
    const workload = random.pick(workloads);
    const { name } = planPod(plan, workload, random.below(workload.replicas));
    return `pod:${plan.namespaces[workload.namespace].name}/${name}`;
  };
  return Array.from({ length: count }, () => ({ from: pod(), to: pod(), port: random.pick(['8080', '5432', '443']) }));
}

interface Compared {
  readonly rate: number;
  readonly referenceRate: number;
  /** CPU time of the service per answer, which the load of other programs changes least. */
  readonly details: { readonly cpuMicros: number; readonly referenceCpuMicros: number };
}

/** Loads the service with one kind of request after the other, several times in turn. */
async function compared(
  service: MeasuredService,
  runs: number,
  requests: readonly ((n: number) => string)[],
): Promise<Compared> {
  const rates: number[][] = requests.map(() => []);
  const cpu: number[][] = requests.map(() => []);
  for (const request of requests) await httpLoad({ port: service.port, connections, seconds: 1, request });
  for (let run = 0; run < runs; run++) {
    for (const [i, request] of requests.entries()) {
      await service.usage();
      const rate = await httpLoad({ port: service.port, connections, seconds, request });
      const { cpuMillis } = await service.usage();
      rates[i].push(rate);
      cpu[i].push((cpuMillis * 1000) / (rate * seconds));
    }
  }
  return {
    rate: median(rates[0]),
    referenceRate: median(rates[1] ?? rates[0]),
    details: { cpuMicros: median(cpu[0]), referenceCpuMicros: median(cpu[1] ?? cpu[0]) },
  };
}
