import { expect, it } from 'vitest';
import { detectDataplane } from '#dataplane';
import {
  type Cluster,
  compactVerdict,
  type ConnectionsView,
  ConnectivityWalk,
  openCluster,
  parseConnectivityQuestion,
  parseVerdictQuestion,
} from '#engine';
import { generatedModel } from '../generate/generated-model.js';

// Random clusters have a handful of pods; these have enough for every way a walk can take.
const clusters = [
  ['small', 1],
  ['adversarial', 0.002],
  ['tenants', 0.006],
] as const;

function opened(profile: (typeof clusters)[number][0], scale: number): Cluster {
  const model = generatedModel({ profile, scale });
  return openCluster({ model, dataplane: detectDataplane(model) });
}

type Word = 'allowed' | 'unknown' | 'denied';
const ports = [53, 443, 5432, 8080];

function holds(view: ConnectionsView | null, port: number): boolean {
  if (view === null || view.all) return view !== null;
  return (view.protocols?.TCP ?? []).some((text) => {
    const [first, last = first] = text.split('-').map(Number);
    return first <= port && port <= last;
  });
}

/** What the rows of a level say of each pair and port: for every pair of members, and for some. */
function wordsOf(cluster: Cluster, level: string): { walk: ConnectivityWalk; words: Map<string, [Word, Word][]> } {
  const walk = new ConnectivityWalk(cluster, parseConnectivityQuestion({ level, family: 'IPv4' }));
  const words = new Map<string, [Word, Word][]>();
  for (const row of walk.rows()) {
    if (row === null) continue;
    const { connections, unknown } = walk.connections(row.outcome);
    const said = ports.map((port): Word =>
      holds(connections, port) ? 'allowed' : holds(unknown, port) ? 'unknown' : 'denied',
    );
    const key = `${row.source} ${row.destination}`;
    const known = words.get(key);
    words.set(
      key,
      said.map((word, i) => (row.some ? [known?.[i][0] ?? 'denied', word] : [word, word])),
    );
  }
  return { walk, words };
}

for (const [profile, scale] of clusters) {
  it(`rows of pods say what single verdicts say in a generated cluster (${profile})`, { timeout: 300_000 }, () => {
    const cluster = opened(profile, scale);
    const { walk, words } = wordsOf(cluster, 'pod');
    const pods = [...cluster.model.pods].map((pod, number) => ({ pod, end: walk.ends.ofPod[number] }));
    const live = pods.filter(({ pod, end }) => end >= 0 && !pod.hostNetwork);
    expect(live.length).toBeGreaterThan(100);
    for (const source of live) {
      for (const destination of live) {
        if (source === destination) continue;
        const found = words.get(`${source.end} ${destination.end}`);
        for (const [i, port] of ports.entries()) {
          const [from, to] = [source, destination].map(({ pod }) => `pod:${pod.namespace}/${pod.name}`);
          const { verdict } = compactVerdict(cluster, parseVerdictQuestion({ from, to, port, family: 'IPv4' }));
          if ((found?.[i][0] ?? 'denied') !== verdict) {
            expect.fail(`${from} -> ${to} ${port}: the row says ${found?.[i][0]}, the verdict is ${verdict}`);
          }
        }
      }
    }
  });

  it(`rows of coarser levels fold them (${profile})`, { timeout: 300_000 }, () => {
    const cluster = opened(profile, scale);
    const fine = wordsOf(cluster, 'pod');
    for (const level of ['namespace', 'workload', 'class']) {
      const { walk, words } = wordsOf(cluster, level);
      const folded = new Map<string, [Word, Word][]>();
      const size = new Map<number, number>();
      for (const [number, end] of walk.ends.ofPod.entries()) {
        if (end < 0) continue;
        size.set(end, (size.get(end) ?? 0) + 1);
        for (const [other, to] of walk.ends.ofPod.entries()) {
          if (to < 0 || other === number) continue;
          const pair = fine.words.get(`${fine.walk.ends.ofPod[number]} ${fine.walk.ends.ofPod[other]}`);
          const key = `${end} ${to}`;
          const before = folded.get(key);
          const now = ports.map((_, i): Word => pair?.[i][0] ?? 'denied');
          folded.set(
            key,
            now.map((word, i) => [all(before?.[i][0] ?? 'allowed', word), any(before?.[i][1] ?? 'denied', word)]),
          );
        }
      }
      for (const [key, wanted] of folded) {
        const found = words.get(key) ?? ports.map((): [Word, Word] => ['denied', 'denied']);
        expect(found, `${level} ${key}`).toEqual(wanted);
      }
      // Ends of one pod are judged with themselves as if there were two; no other pair of pods is left over.
      for (const key of words.keys()) {
        const [from, to] = key.split(' ').map(Number);
        const isOutside = from >= walk.ends.podEnd || to >= walk.ends.podEnd;
        expect(isOutside || folded.has(key) || (from === to && size.get(from) === 1), `${level} ${key}`).toBe(true);
      }
    }
  });
}

const order: readonly Word[] = ['denied', 'unknown', 'allowed'];
const all = (a: Word, b: Word): Word => order[Math.min(order.indexOf(a), order.indexOf(b))];
const any = (a: Word, b: Word): Word => order[Math.max(order.indexOf(a), order.indexOf(b))];
