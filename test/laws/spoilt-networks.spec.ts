import { readFileSync } from 'node:fs';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { auditCluster } from '#audit';
import { parseVerdictQuestion } from '#engine';
import { answerTrace } from '#trace';
import { openObjects } from '../corpus/open.js';
import type { KubernetesObject } from '../corpus/worlds.js';
import { Random } from '../generate/random.js';

/** Seed of this run; CANREACH_SEED repeats one. */
const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = 12;

/** As much of an object as is spoilt. */
interface Spoilable {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, unknown> };
  readonly data?: Record<string, unknown>;
  spec?: Record<string, unknown> & { template?: { spec?: { containers?: Container[] } } };
  status?: Record<string, unknown>;
}
interface Container {
  image?: string;
  args?: string[];
  readonly env?: { value?: string }[];
}

const texts = [
  '',
  ' ',
  'NaN',
  '-1',
  '1e999',
  '99999999999999999999',
  '{',
  '[null]',
  '{"plugins": [null, 1, "x", {"type": "flannel", "delegate": null}]}',
  '{"plugins": [{"type": "bridge", "mtu": 1e9, "bridge": 7}]}',
  '10.0.0.0/99',
  '999.1.1.1',
  '/',
  '::/0',
  '0.0.0.0/0',
  'none',
  '__proto__',
  '{"__proto__": {"a": 1}}',
  '["--flannel-backend"]',
  '["--cluster-cidr", "x"]',
  'mode: [',
  'mode: {a: b}',
  'a: &a [*a]',
  '{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan", "MTU": -5, "VNI": 99999999}}',
  '{"Network": "0.0.0.0/0", "SubnetLen": 30, "Backend": {"Type": "host-gw"}}',
  '{"IPv6Network": "::/0", "EnableIPv4": false, "EnableIPv6": true, "Backend": {"Type": "vxlan"}}',
  '['.repeat(1000),
  'networking: 7',
  'networking: {podSubnet: [1, 2]}',
  'nonMasqueradeCIDRs: 10',
];
const values: readonly unknown[] = [
  ...texts,
  0,
  -1,
  1e9,
  true,
  [],
  {},
  [null],
  { ipPools: [null, 1, 'x', { cidr: 'garbage' }, { cidr: '10.0.0.0/8', blockSize: 1e9 }] },
  { ipPools: {}, linuxDataplane: {} },
];
const args = ['--cluster-cidr=', '--proxy-mode', '--run-firewall=', '--overlay-encap-port=-5', '-c', '---', '='];
/** Kinds whose values nobody has validated. */
const free =
  /^(IPPool|FelixConfiguration|BGPConfiguration|BGPPeer|Installation|NetworkAttachmentDefinition|ServiceCIDR)$/;

const read = (path: string): string => readFileSync(new URL(`../corpus/${path}`, import.meta.url), 'utf8');
const named = load(read('networks/objects.yaml')) as Readonly<Record<string, Spoilable>>;
const shipped = load(read('networks/cases.yaml')) as { id: string; objects: string[] }[];
const others = ['cilium', 'antrea', 'aws', 'ovn', 'weave', 'kindnet', 'azure', 'gke'].map((id) => `plain ${id} agents`);
const worlds = ['calico', 'canal', 'flannel', 'k3s', 'kube-router', 'multus', ...others].map((id) => ({
  id,
  own: id
    .split(' ')
    .flatMap((file) => loadAll(read(`dataplane/worlds/${file}.yaml`)) as (Spoilable | null)[])
    .filter((object) => object !== null),
}));
const flows = [
  ['web/s', 'db/d'],
  ['web/s', 'dns:d.db.svc.cluster.local'],
  ['web/s', 'ip:203.0.113.7'],
  ['node:node1', 'service:db/m'],
  ['ip:203.0.113.7', 'node:node1'],
] as const;
const clusters = [...worlds, ...shipped.map(({ id, objects }) => ({ id, own: objects.map((name) => named[name]) }))];

function spoil(object: Spoilable, random: Random): void {
  const spoilMembers = (
    record: Record<string, unknown> | undefined,
    percent: number,
    from: readonly unknown[],
  ): void => {
    for (const key of Object.keys(record ?? {}))
      if (record !== undefined && random.chance(percent)) record[key] = random.pick(from);
  };
  if (object.kind === 'ConfigMap') spoilMembers(object.data, 30, texts);
  spoilMembers(object.metadata.annotations, 30, texts);
  if (free.test(object.kind)) spoilMembers(object.spec, 40, values);
  if (object.kind === 'Node' && random.chance(30)) object.spec = { podCIDRs: [random.pick(texts), random.pick(texts)] };
  if (object.kind !== 'DaemonSet') return;
  if (random.chance(20)) object.status = random.pick([{}, { desiredNumberScheduled: -3, numberReady: 9 }]);
  for (const container of object.spec?.template?.spec?.containers ?? []) {
    if (random.chance(15)) container.image = random.pick(texts);
    if (random.chance(30)) container.args = [...(container.args ?? []), random.pick(args), random.pick(texts)];
    for (const variable of container.env ?? [])
      if (variable.value !== undefined && random.chance(30)) variable.value = random.pick(texts);
  }
}

/** Every number in a value, with the path to it. */
function* numbersIn(value: unknown, path: string): Iterable<[string, number]> {
  if (typeof value === 'number') yield [path, value];
  if (value === null || typeof value !== 'object') return;
  for (const [key, member] of Object.entries(value)) yield* numbersIn(member, `${path}.${key}`);
}

describe(`networks with spoilt settings (CANREACH_SEED=${seed})`, () => {
  it.each(clusters)(
    'are told and looked through without a fault, and with numbers that are some: $id',
    async ({ id, own }) => {
      for (let round = 0; round < rounds; round++) {
        const random = new Random(seed, id, round);
        const objects = structuredClone(own);
        for (const object of objects) spoil(object, random);
        const cluster = await openObjects(objects as unknown as KubernetesObject[]);
        auditCluster(cluster);
        const { dataplane } = cluster;
        const odd = [...numbersIn(dataplane, 'dataplane')].filter(([, value]) => !Number.isSafeInteger(value));
        expect(odd, `round ${round}`).toEqual([]);
        expect(dataplane.podMtu.value ?? 1, `round ${round}`).toBeGreaterThan(0);
        for (const [from, to] of id.startsWith('plain') ? flows : []) {
          const trace = answerTrace(
            cluster,
            parseVerdictQuestion({ from, to, port: to.startsWith('node:') ? '30081' : '80' }),
          );
          const bad = [...numbersIn(trace.routes, `${from} ${to}`)].filter(
            ([, value]) => !Number.isSafeInteger(value) || value < 0,
          );
          expect(bad, `round ${round}`).toEqual([]);
        }
        expect(dataplane.capacity.value?.nodes ?? 0, `round ${round}`).toBeGreaterThanOrEqual(0);
      }
    },
  );
});
