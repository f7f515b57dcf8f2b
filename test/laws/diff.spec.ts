import fc from 'fast-check';
import { expect, it } from 'vitest';
import { detectDataplane } from '#dataplane';
import {
  type Cluster,
  type ConnectionsView,
  type ConnectivityChange,
  type ConnectivityEnd,
  type ConnectivityRow,
  ConnectivityWalk,
  DiffWalk,
  openCluster,
  parseConnectivityQuestion,
} from '#engine';
import { buildModel, readManifests } from '#manifests';
import { type AddressRange, editsBetween, parseAddress, rangeContains, type StoredObject } from '#model';
import { asManifests, outsideAddresses, randomCluster } from '../generate/random-cluster.js';
import type { RawObject } from '../oracle/objects.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Math.ceil(Number(process.env.CANREACH_RUNS ?? 2000) / 5);
const levels = ['namespace', 'workload', 'class', 'pod'];

interface Opened {
  readonly cluster: Cluster;
  readonly objects: readonly StoredObject[];
}

async function open(objects: readonly RawObject[]): Promise<Opened> {
  async function* bytes(): AsyncIterable<Uint8Array> {
    yield Buffer.from(asManifests(objects));
  }
  const read = await readManifests(bytes());
  const { model } = buildModel(read.objects, read.info);
  return { cluster: openCluster({ model, dataplane: detectDataplane(model) }), objects: read.objects };
}

/** A cluster, and what becomes of it when a few of its objects go and a few of another cluster come. */
const pairs = fc
  .record({ objects: randomCluster, others: randomCluster, turns: fc.infiniteStream(fc.nat(9)) })
  .map(({ objects, others, turns }) => {
    const turn = (): number => turns.next().value as number;
    const kept = objects.filter(() => turn() > 0);
    return { before: objects, after: [...kept, ...others.filter(() => turn() === 0)] };
  });

function changesOf(before: Opened, after: Opened, question: object, known: 'edits' | 'no edits'): ConnectivityChange[] {
  const edits = known === 'edits' ? editsBetween(before.objects, after.objects) : null;
  const walk = DiffWalk.open(before.cluster, after.cluster, edits, parseConnectivityQuestion({ ...question }));
  targeted += walk.isTargeted ? 1 : 0;
  return [...walk.changes()].flatMap((change) => (change === null ? [] : [walk.view(change)]));
}
let targeted = 0;

it(`what edits may concern is all that changes (seed ${seed})`, { timeout: 300_000 }, async () => {
  targeted = 0;
  await fc.assert(
    fc.asyncProperty(pairs, fc.constantFrom(...levels), fc.boolean(), async (pair, level, nodes) => {
      const [before, after] = [await open(pair.before), await open(pair.after)];
      const question = { level, ...(nodes ? { include: 'nodes' } : {}) };
      const changes = changesOf(before, after, question, 'no edits');
      expect(changesOf(before, after, question, 'edits')).toEqual(changes);
      expect(changesOf(after, before, question, 'edits')).toEqual(changes.map(mirrored));
      expect(changesOf(before, before, question, 'no edits')).toEqual([]);
    }),
    { seed, numRuns: runs },
  );
  expect(targeted).toBeGreaterThan(runs);
});

const mirrors: Readonly<Record<string, string>> = {
  gained: 'lost',
  lost: 'gained',
  sourceAdded: 'sourceRemoved',
  sourceRemoved: 'sourceAdded',
  destinationAdded: 'destinationRemoved',
  destinationRemoved: 'destinationAdded',
};

function mirrored({
  change,
  before,
  after,
  unknownBefore,
  unknownAfter,
  source,
  destination,
  ...rest
}: ConnectivityChange) {
  return {
    ...rest,
    change: mirrors[change] ?? change,
    source: expect.objectContaining(nameOf(source)),
    destination: expect.objectContaining(nameOf(destination)),
    before: after,
    after: before,
    ...(unknownAfter === undefined ? {} : { unknownBefore: unknownAfter }),
    ...(unknownBefore === undefined ? {} : { unknownAfter: unknownBefore }),
  };
}

/** What stays the same of an end whose replicas do not. */
function nameOf(end: ConnectivityEnd): object {
  return Object.fromEntries(Object.entries(end).filter(([key]) => !['replicas', 'pods', 'hostNetwork'].includes(key)));
}

// Classes are named after pods, which may go while the class stays.
const plainLevels = fc.constantFrom('namespace', 'workload', 'pod');
// A row of a pod with one family names all ranges of an address block.
const families = fc.constantFrom('IPv4', 'IPv6');

it(`changes are the difference of the rows (seed ${seed})`, { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(pairs, plainLevels, families, async (pair, level, family) => {
      const [before, after] = [await open(pair.before), await open(pair.after)];
      const changes = changesOf(before, after, { level, family }, 'edits');
      const [was, is] = [rowsOf(before.cluster, { level, family }), rowsOf(after.cluster, { level, family })];
      const ends = new Map(
        [...was, ...is, ...changes].flatMap((row) =>
          keysOf(row.source)
            .concat(keysOf(row.destination))
            .map((key) => [key, 0]),
        ),
      );
      const table = (rows: readonly (ConnectivityRow | ConnectivityChange)[]) => byPair(rows);
      const [tableBefore, tableAfter, tableOfChanges] = [table(was), table(is), table(changes)];
      for (const source of ends.keys()) {
        for (const destination of ends.keys()) {
          const key = `${source} -> ${destination}`;
          const [a, b] = [
            said(tableBefore.get(key) as ConnectivityRow[]),
            said(tableAfter.get(key) as ConnectivityRow[]),
          ];
          const found = (tableOfChanges.get(key) ?? []) as ConnectivityChange[];
          const main = found.find(({ some }) => some === undefined);
          const some = found.find((change) => change.some === true);
          expect([main?.before ?? a.every, main?.after ?? b.every], key).toEqual([a.every, b.every]);
          if (main === undefined) expect(b.every, key).toEqual(a.every);
          else expect([a.every, a.unknown], key).not.toEqual([b.every, b.unknown]);
          if (some !== undefined) expect([some.before, some.after], key).toEqual([a.some, b.some]);
          else if (main === undefined) expect(b.some, key).toEqual(a.some);
        }
      }
    }),
    { seed, numRuns: runs },
  );
});

function rowsOf(cluster: Cluster, question: Readonly<Record<string, unknown>>): ConnectivityRow[] {
  const walk = new ConnectivityWalk(cluster, parseConnectivityQuestion(question));
  return [...walk.rows()].flatMap((row) => (row === null ? [] : [walk.view(row)]));
}

/** The name of an end; for address blocks, one for each of the asked addresses in it. */
function keysOf(end: ConnectivityEnd): string[] {
  if (end.kind !== 'AddressBlock') return [JSON.stringify(nameOf(end))];
  const ranges = (end as { ranges: readonly string[] }).ranges.map(rangeOf);
  return outsideAddresses.filter((text) => {
    const address = parseAddress(text);
    return address !== null && ranges.some((range) => rangeContains(range, address));
  });
}

function rangeOf(text: string): AddressRange {
  const [first, last = first] = text.split('-');
  return { first: parseAddress(first)!, last: parseAddress(last)! };
}

function byPair<T extends { source: ConnectivityEnd; destination: ConnectivityEnd }>(
  rows: readonly T[],
): Map<string, T[]> {
  const table = new Map<string, T[]>();
  for (const row of rows) {
    for (const source of keysOf(row.source)) {
      for (const destination of keysOf(row.destination)) {
        const key = `${source} -> ${destination}`;
        table.set(key, [...(table.get(key) ?? []), row]);
      }
    }
  }
  return table;
}

const nothing: ConnectionsView = { all: false, protocols: {} };

/** What the rows of one pair say, spelt out. */
function said(rows: readonly ConnectivityRow[] = []): Record<'every' | 'some' | 'unknown', ConnectionsView> {
  const main = rows.find(({ some }) => some === undefined);
  const some = rows.find((row) => row.some === true);
  return {
    every: main?.connections ?? nothing,
    some: some?.connections ?? main?.connections ?? nothing,
    unknown: main?.unknown ?? nothing,
  };
}
