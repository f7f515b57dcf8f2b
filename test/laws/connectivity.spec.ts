import fc from 'fast-check';
import { expect, it } from 'vitest';
import { detectDataplane } from '#dataplane';
import {
  type Cluster,
  compactVerdict,
  type ConnectivityEnd,
  type ConnectivityRow,
  type ConnectionsView,
  ConnectivityWalk,
  openCluster,
  parseConnectivityQuestion,
  parseVerdictQuestion,
} from '#engine';
import type { Enforcement } from '#model';
import { openText } from '../corpus/open.js';
import { asManifests, outsideAddresses, randomCluster } from '../generate/random-cluster.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Math.ceil(Number(process.env.CANREACH_RUNS ?? 2000) / 4);

const notUnderstood = [
  '{"apiVersion":"projectcalico.org/v3","kind":"HostEndpoint","metadata":{"name":"h"},"spec":{"node":"n1","interfaceName":"*"}}',
  '{"apiVersion":"cilium.io/v2","kind":"CiliumNetworkPolicy","metadata":{"name":"c","namespace":"b"},"spec":{"endpointSelector":{},"novelty":{}}}',
];

/** Host endpoints of which Calico, in charge, makes something for one node and one direction, or for what goes through. */
const hostEndpoints = [
  { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', dataplane: { policyEngine: 'calico' } },
  calico(
    'HostEndpoint',
    'h1',
    { node: 'n1', interfaceName: '*', profiles: ['projectcalico-default-allow'] },
    { h: '1' },
  ),
  calico(
    'HostEndpoint',
    'h2',
    { node: 'n2', interfaceName: '*', profiles: ['projectcalico-default-allow'] },
    { h: '2' },
  ),
  calico('GlobalNetworkPolicy', 'g1', { selector: "h == '1'", types: ['Egress'] }),
  calico('GlobalNetworkPolicy', 'g2', { selector: "h == '2'", types: ['Ingress'], applyOnForward: true }),
  calico('GlobalNetworkPolicy', 'own', {
    selector: 'has(app)',
    ingress: [
      { action: 'Allow', protocol: 'TCP', destination: { selector: "app == 'a'", ports: [80] } },
      { action: 'Pass', destination: { nets: ['10.0.0.0/24'] } },
    ],
  }),
].map((object) => JSON.stringify(object));

function calico(kind: string, name: string, spec: object, labels = {}): object {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name, labels }, spec };
}

/** A random cluster in which nodes may differ in what they enforce, and something may not be understood. */
const clusters = fc
  .record({
    objects: randomCluster,
    extra: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray(notUnderstood) },
      { weight: 1, arbitrary: fc.constant(hostEndpoints) },
    ),
    enforcement: fc.constantFrom<Enforcement>('yes', 'yes', 'partial', 'no'),
    nodes: fc.array(fc.constantFrom<Enforcement>('yes', 'no', 'unknown'), { minLength: 2, maxLength: 2 }),
  })
  .map(({ objects, extra, enforcement, nodes }) => ({
    text: [asManifests(objects), ...extra].join('\n'),
    enforcement,
    nodes,
  }));

async function open({ text, enforcement, nodes }: { text: string; enforcement: Enforcement; nodes: Enforcement[] }) {
  const { model } = await openText(text);
  const dataplane = detectDataplane(model);
  const perNode = nodes.map((word, i) => ({
    node: `n${i + 1}`,
    primary: 'unknown',
    policyEngine: 'unknown',
    enforcement: word,
  }));
  return openCluster({
    model,
    dataplane: { ...dataplane, enforcement: { value: enforcement, provenance: 'configured' }, perNode },
  });
}

interface Asked {
  readonly protocol: string;
  readonly port: number | null;
}

/** What is asked of every pair; ports on and beside those that policies mention. */
const asked: readonly Asked[] = [
  ...[1, 53, 80, 81, 8080, 9000, 65535].map((port) => ({ protocol: 'TCP', port })),
  ...[53, 80].map((port) => ({ protocol: 'UDP', port })),
  { protocol: 'SCTP', port: 80 },
  { protocol: 'ICMP', port: null },
];

type Word = 'allowed' | 'unknown' | 'denied';

function rowsOf(cluster: Cluster, question: Record<string, unknown>): ConnectivityRow[] {
  const walk = new ConnectivityWalk(cluster, parseConnectivityQuestion(question));
  return [...walk.rows()].flatMap((row) => (row === null ? [] : [walk.view(row)]));
}

function holds(view: ConnectionsView | undefined, { protocol, port }: Asked, family: string): boolean {
  if (view === undefined) return false;
  if (view.all) return true;
  const texts = view.protocols?.[protocol === 'ICMP' && family === 'IPv6' ? 'ICMPv6' : protocol] ?? [];
  if (port === null) return texts.includes('all');
  return texts.some((text) => {
    const [first, last = first] = text.split('-').map(Number);
    return first <= port && port <= last;
  });
}

function wordOf(row: ConnectivityRow | undefined, flow: Asked, family: string): Word {
  if (holds(row?.connections, flow, family)) return 'allowed';
  return holds(row?.unknown, flow, family) ? 'unknown' : 'denied';
}

const keyOf = (end: ConnectivityEnd): string =>
  'ranges' in end ? 'AddressBlock' : `${end.kind} ${'namespace' in end ? end.namespace : ''}/${end.name}`;

/** Ends of single verdicts that rows speak of: live pods, nodes, and addresses with the block they are in. */
interface Member {
  readonly peer: string;
  /** Pods only. */
  readonly number: number;
  readonly node: string | null;
  readonly isNode: boolean;
  readonly anyNode: boolean;
}

function membersOf({ model, index, semantics }: Cluster): Member[] {
  const pods = [...model.pods].flatMap((pod, number): Member[] =>
    index.arrays.podClass[number] < 0
      ? []
      : [
          {
            peer: `pod:${pod.namespace}/${pod.name}`,
            number,
            node: pod.node,
            isNode: pod.hostNetwork && semantics.hostNetworkAs === 'node',
            anyNode: pod.origin === 'Template' && pod.node === null,
          },
        ],
  );
  const nodes = model.nodes.map(({ name }): Member => ({
    peer: `node:${name}`,
    number: -1,
    node: name,
    isNode: true,
    anyNode: false,
  }));
  const addresses = outsideAddresses.map((text): Member => ({
    peer: `ip:${text}`,
    number: -1,
    node: null,
    isNode: false,
    anyNode: false,
  }));
  return [...pods, ...nodes, ...addresses];
}

/** Exemptions between a pod and its own node make no rows. */
function isNodeLocal(a: Member, b: Member): boolean {
  if (!a.isNode && !b.isNode) return false;
  return (
    (a.node !== null && a.node === b.node) ||
    (a.anyNode && (b.node !== null || b.anyNode)) ||
    (b.anyNode && a.node !== null)
  );
}

it(`rows of pods say what single verdicts say (seed ${seed})`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(clusters, fc.constantFrom('effective', 'intended'), async (drawn, mode) => {
      const cluster = await open(drawn);
      for (const family of ['IPv4', 'IPv6']) {
        const rows = rowsOf(cluster, { level: 'pod', mode, family, include: 'nodes' });
        const byPair = new Map(rows.map((row) => [pairKey(row), row]));
        expect(byPair.size, 'one family has one row for each pair').toBe(rows.length);
        expect(rows.filter((row) => row.some)).toEqual([]);
        const members = membersOf(cluster);
        const endOf = new Map(members.map(({ peer }) => [peer, endOfPeer(cluster, peer, family)]));
        for (const source of members) {
          for (const destination of members) {
            if (source === destination || isNodeLocal(source, destination)) continue;
            const key = `${endOf.get(source.peer)} -> ${endOf.get(destination.peer)}`;
            const flows = source.number < 0 && destination.number < 0 ? asked.slice(0, 1) : asked;
            for (const flow of flows) {
              const { verdict } = compactVerdict(
                cluster,
                parseVerdictQuestion({ from: source.peer, to: destination.peer, ...flow, family, mode }),
              );
              // An address of the other family lies in a block that also has addresses of this one.
              if (verdict === 'notApplicable' && [source, destination].some(({ peer }) => peer.startsWith('ip:')))
                continue;
              const wanted =
                verdict === 'notApplicable' || (source.number < 0 && destination.number < 0) ? 'denied' : verdict;
              const found = wordOf(byPair.get(key), flow, family);
              if (found !== wanted) {
                expect.fail(
                  `${source.peer} -> ${destination.peer} ${flow.protocol}/${flow.port} ${family} ${mode}: the row says ${found}, the verdict is ${verdict}`,
                );
              }
            }
          }
        }
      }
    }),
    { seed, numRuns: runs },
  );
});

const pairKey = (row: ConnectivityRow): string => `${endKey(row.source)} -> ${endKey(row.destination)}`;
const endKey = (end: ConnectivityEnd): string => ('ranges' in end ? end.ranges.join() : keyOf(end));

/** The end of a row to which a peer belongs, as the filter finds it. */
function endOfPeer(cluster: Cluster, peer: string, family: string | undefined, level = 'pod'): string | null {
  const question = parseConnectivityQuestion({ level, from: peer, include: 'nodes', family });
  const walk = new ConnectivityWalk(cluster, question);
  return walk.sources.length === 0 ? null : endKey(walk.end(walk.sources[0]));
}

it(`rows of coarser levels fold the rows of pods (seed ${seed})`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      clusters,
      fc.constantFrom('workload', 'namespace', 'class'),
      fc.constantFrom('effective', 'intended'),
      fc.constantFrom(undefined, 'IPv4'),
      async (drawn, level, mode, only) => {
        const cluster = await open(drawn);
        const families = only === undefined ? ['IPv4', 'IPv6'] : [only];
        const members = membersOf(cluster);
        const coarse = new Map(members.map(({ peer }) => [peer, endOfPeer(cluster, peer, only, level)]));
        const fine = families.map((family) => {
          const rows = rowsOf(cluster, { level: 'pod', mode, family, include: 'nodes' });
          return {
            family,
            rows: new Map(rows.map((row) => [pairKey(row), row])),
            endOf: new Map(members.map(({ peer }) => [peer, endOfPeer(cluster, peer, family)])),
          };
        });
        const has = membersWithFamily(cluster, members);
        const sizes = new Map<string, number>();
        for (const { peer, number } of members) {
          const key = coarse.get(peer) as string;
          if (number >= 0) sizes.set(key, (sizes.get(key) ?? 0) + 1);
        }
        // Of a block with addresses of both families one of each must be among those asked about.
        const isWhollyAsked = (end: string): boolean =>
          !end.includes('-') ||
          ['.', ':'].every(
            (mark) =>
              !end.includes(mark) ||
              members.some(({ peer }) => coarse.get(peer) === end && peer.slice(3).includes(mark)),
          );
        // For each pair of coarse ends and each flow: the words of all pairs of members.
        const wanted = new Map<string, Word[][]>();
        for (const source of members) {
          for (const destination of members) {
            if (source === destination || (source.number < 0 && destination.number < 0)) continue;
            const key = `${coarse.get(source.peer)} -> ${coarse.get(destination.peer)}`;
            const words = wanted.get(key) ?? asked.map((): Word[] => []);
            wanted.set(key, words);
            for (const { family, rows, endOf } of fine) {
              if (!has(source, family) || !has(destination, family)) continue;
              const row = rows.get(`${endOf.get(source.peer)} -> ${endOf.get(destination.peer)}`);
              asked.forEach((flow, i) => {
                if (flow.protocol !== 'ICMP') words[i].push(wordOf(row, flow, family));
              });
            }
          }
        }
        const rows = rowsOf(cluster, { level, mode, family: only, include: 'nodes' });
        const every = new Map(rows.filter((row) => !row.some).map((row) => [pairKey(row), row]));
        const some = new Map(rows.filter((row) => row.some).map((row) => [pairKey(row), row]));
        for (const [key, words] of wanted) {
          const [from, to] = key.split(' -> ');
          // Two equal replicas are judged where there is only one; that is another law.
          if ((from === to && sizes.get(from) === 1) || words[0].length === 0) continue;
          if (![from, to].every(isWhollyAsked)) continue;
          asked.forEach((flow, i) => {
            if (flow.protocol === 'ICMP') return;
            const found = [every.get(key), some.get(key) ?? every.get(key)].map((row) => wordOf(row, flow, 'IPv4'));
            expect(found, `${level} ${key} ${flow.protocol}/${flow.port}`).toEqual([all(words[i]), any(words[i])]);
          });
        }
        // No row speaks of a pair that has no members to pair; some blocks have no address among those asked about.
        const ends = new Set(coarse.values());
        const unexpected = [...every.keys(), ...some.keys()].filter((key) => {
          const [from, to] = key.split(' -> ');
          return !wanted.has(key) && ends.has(from) && ends.has(to) && from !== to;
        });
        expect(unexpected).toEqual([]);
      },
    ),
    { seed, numRuns: runs },
  );
});

function all(words: readonly Word[]): Word {
  if (words.includes('denied')) return 'denied';
  return words.includes('unknown') ? 'unknown' : 'allowed';
}

function any(words: readonly Word[]): Word {
  if (words.includes('allowed')) return 'allowed';
  return words.includes('unknown') ? 'unknown' : 'denied';
}

function membersWithFamily(cluster: Cluster, members: readonly Member[]): (member: Member, family: string) => boolean {
  const known = new Set<string>();
  for (const { peer, number } of members) {
    for (const family of ['IPv4', 'IPv6'] as const) {
      // The verdict of a peer with itself has no common family where it has no address in the family.
      const { reason } = compactVerdict(cluster, parseVerdictQuestion({ from: peer, to: peer, port: 1, family }));
      const hasFamily =
        number >= 0 ? cluster.index.podBlock(number, family) !== 0xffffffff : reason !== 'NO_COMMON_FAMILY';
      if (hasFamily) known.add(`${peer} ${family}`);
    }
  }
  return ({ peer }, family) => known.has(`${peer} ${family}`);
}

it(
  `rows are counted as they are listed, and a walk can begin behind any row (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const filters = fc.constantFrom<Record<string, unknown>>(
      {},
      { port: 80 },
      { protocol: 'ICMP' },
      { family: 'IPv6' },
      { from: 'namespace:a' },
      { to: 'namespace:b' },
      { from: 'ip:8.8.8.8', port: 53, protocol: 'UDP' },
      { to: 'internet' },
    );
    await fc.assert(
      fc.asyncProperty(
        clusters,
        fc.constantFrom('pod', 'class', 'workload', 'namespace'),
        filters,
        fc.constantFrom(undefined, 'nodes'),
        fc.nat(),
        async (drawn, level, filter, include, place) => {
          const cluster = await open(drawn);
          const question = parseConnectivityQuestion({ level, include, ...filter });
          const walk = new ConnectivityWalk(cluster, question);
          const rows = [...walk.rows()].filter((row) => row !== null);
          // A limit that is just reached is below the bound that needs no counting, but where every pair has two rows.
          const most = 2 * walk.sources.length * walk.ends.count;
          const counted = [...walk.count(rows.length)].at(-1);
          if (counted !== undefined) expect(counted).toEqual({ rows: rows.length, isExact: true });
          else expect(walk.sources.length === 0 || filter.to !== undefined || most === rows.length).toBe(true);
          if (rows.length > 0) {
            const at = place % rows.length;
            const again = new ConnectivityWalk(cluster, question);
            expect([...again.rows(rows[at])].filter((row) => row !== null)).toEqual(rows.slice(at + 1));
          }
          // A filter leaves rows out and changes none.
          if (filter.from !== undefined || filter.to !== undefined) {
            const { from: _from, to: _to, ...rest } = filter;
            const whole = new Set(rowsOf(cluster, { level, include, ...rest }).map((row) => JSON.stringify(row)));
            for (const row of rows) expect(whole).toContain(JSON.stringify(walk.view(row)));
          }
        },
      ),
      { seed, numRuns: runs * 2 },
    );
  },
);
