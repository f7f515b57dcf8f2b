import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readManifests } from '#manifests';
import { clusterFile } from './cluster-file.js';
import type { BenchOptions, Figure } from './figure.js';
import { median } from './median.js';

/** Reading and normalising what `kubectl get -o json` prints, against `JSON.parse` over the same bytes. */
export async function* benchReading({ scale, runs, folder }: BenchOptions): AsyncIterable<Figure> {
  const compact = await clusterFile(folder, { profile: 'ceiling', scale, format: 'list', bulk: true });
  const read: number[] = [];
  const parse: number[] = [];
  const growth: number[] = [];
  const cpu: { read: number; parse: number }[] = [];
  for (let run = 0; run < runs; run++) {
    globalThis.gc?.();
    let before = process.cpuUsage();
    const { millis, peakBytes } = await timedRead(compact);
    const readCpu = cpuMillisSince(before);
    read.push(millis);
    growth.push(peakBytes / 1e6);
    globalThis.gc?.();
    before = process.cpuUsage();
    parse.push(timedParse(compact));
    cpu.push({ read: readCpu, parse: cpuMillisSince(before) });
  }
  const measured = { runs, profile: 'ceiling', scale } as const;
  const megabytes = statSync(compact).size / 1e6;
  yield {
    figure: 'read.list',
    value: median(read),
    unit: 'ms',
    reference: { name: 'JSON.parse', value: median(parse) },
    target: { atMost: 1, relative: true },
    ...measured,
    details: {
      megabytes,
      megabytesPerSecond: (megabytes / median(read)) * 1000,
      cpuMillis: median(cpu.map((used) => used.read)),
      referenceCpuMillis: median(cpu.map((used) => used.parse)),
    },
  };
  yield { figure: 'read.list.memory', value: median(growth), unit: 'MB', ...measured, details: { megabytes } };

  const indented = await clusterFile(folder, { profile: 'ceiling', scale, format: 'list', bulk: true, pretty: true });
  const { millis, peakBytes } = await timedRead(indented);
  yield {
    figure: 'read.indented',
    value: millis,
    unit: 'ms',
    ...measured,
    runs: 1,
    details: { megabytes: statSync(indented).size / 1e6, peakMegabytes: peakBytes / 1e6 },
  };
}

/** CPU time of all threads, which the load of other programs changes less than the clock. */
function cpuMillisSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** `peakBytes`: how much memory the process took at most beyond what it had. */
async function timedRead(path: string): Promise<{ millis: number; peakBytes: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const begun = performance.now();
  await readManifests(createReadStream(path, { highWaterMark: 1024 * 1024 }));
  const millis = performance.now() - begun;
  clearInterval(timer);
  return { millis, peakBytes: Math.max(peak, process.memoryUsage.rss()) - before };
}

/** The bytes are read from the file before the clock starts; decoding them to a text is a part of parsing. */
function timedParse(path: string): number {
  const bytes = readFileSync(path);
  const begun = performance.now();
  JSON.parse(bytes.toString('utf8'));
  return performance.now() - begun;
}
