import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { auditCluster } from '#audit';
import { openObjects } from './open.js';
import type { KubernetesObject } from './worlds.js';

/** A cluster out of named objects; of what is expected only what is written is compared. */
interface Case {
  readonly id: string;
  readonly title: string;
  readonly objects: readonly string[];
  /** Whether the objects come in one List. */
  readonly asList?: boolean;
  readonly primary?: string;
  readonly policyEngine?: string;
  readonly enforcement?: string;
  readonly proxy?: string;
  readonly proxyProvenance?: string;
  readonly podMtu?: number;
  /** Joined by commas, as the next. */
  readonly podCidrs?: string;
  readonly serviceCidrs?: string;
  readonly backend?: string;
  /** `mode nodes podsPerNode`. */
  readonly capacity?: string;
  /** `network/enforcement` of each node, joined by commas. */
  readonly perNode?: string;
  /** All ids of findings of the network and its policies. */
  readonly findings?: readonly string[];
}

const read = (name: string): unknown => load(readFileSync(new URL(`./networks/${name}.yaml`, import.meta.url), 'utf8'));
const objects = read('objects') as Readonly<Record<string, KubernetesObject>>;

describe('networks as they are shipped', () => {
  it.each((read('cases') as Case[]).map((one) => [`${one.id}: ${one.title}`, one] as const))('%s', async (_, one) => {
    const own = one.objects.map((name) => {
      if (!Object.hasOwn(objects, name)) throw new Error(`${one.id}: there is no object ${name}`);
      return objects[name];
    });
    const list = { apiVersion: 'v1', kind: 'List', items: own };
    const cluster = await openObjects(one.asList === true ? [list] : own);
    const { primary, policyEngine, enforcement, proxy, podMtu, podCidrs, serviceCidrs, backend, capacity, perNode } =
      cluster.dataplane;
    const ids = new Set(auditCluster(cluster).map(({ id }) => id));
    const found = {
      primary: primary.value,
      policyEngine: policyEngine.value,
      enforcement: enforcement.value,
      proxy: proxy.value,
      proxyProvenance: proxy.provenance,
      podMtu: podMtu.value,
      podCidrs: podCidrs.value.join(','),
      serviceCidrs: serviceCidrs.value.join(','),
      backend: backend.value?.type,
      capacity: capacity.value === null ? null : Object.values(capacity.value).join(' '),
      perNode: perNode.map((node) => `${node.primary}/${node.enforcement}`).join(','),
      findings: [...ids].filter((id) => /^[A-Z]+-\d+$/.test(id)).sort(),
    };
    const written = Object.keys(found).filter((key) => Object.hasOwn(one, key));
    const told = written.map((key) => [key, found[key as keyof typeof found]]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(written.map((key) => [key, one[key as keyof Case]])));
  });
});
