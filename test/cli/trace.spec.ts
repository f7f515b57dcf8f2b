import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';

const world = (name: string): string =>
  fileURLToPath(new URL(`../corpus/dataplane/worlds/${name}.yaml`, import.meta.url));

describe('canreach trace', () => {
  it('shows every hop and ends with 0 where packets arrive', async () => {
    const { code, out } = await run(['trace', '-f', world('flannel'), 'web/s', 'service:db/d:80']);
    expect(code).toBe(0);
    expect(out).toContain('delivered');
    expect(out).toContain('backend 10.244.2.7:5432: delivered, source 10.244.1.5, MTU 1450');
    expect(out).toContain('flannel.1 encapsulate  10.244.1.5 → 10.244.2.7:5432  in VXLAN 8472');
    expect(out).toContain('DNAT by KUBE-SERVICES');
  });

  it('says what to do and ends with 1 where they do not', async () => {
    const { code, out } = await run(['trace', '-f', world('flannel'), 'web/s', 'service:db/empty:80']);
    expect(code).toBe(1);
    expect(out).toContain('NO_BACKEND');
    expect(out).toContain('look at the Service’s selector');
  });

  it('shows both connections behind an Ingress, and whom to name where nobody knows its controller', async () => {
    const ingress = fileURLToPath(new URL('../corpus/entries/', import.meta.url));
    const known = `${ingress}controller-by-labels/manifests/all.yaml`;
    const { code, out } = await run(['trace', '-f', known, 'internet', 'ingress:shop/by-pod:80']);
    expect(code).toBe(1);
    expect(out).toContain('client → controller at TCP 80: conditional');
    expect(out).toContain('controller pod:ingress-nginx/controller-1 → backend 10.0.0.2:80: conditional');
    const unknown = `${ingress}controller-nobody-knows/manifests/all.yaml`;
    const named = await run(['trace', '-f', unknown, 'internet', 'ingress:shop/any:80']);
    expect(named.out).toContain('CONTROLLER_UNKNOWN');
    expect(named.out).toContain('dataplane=ingressController:namespace/name');
  });

  it('takes what is said of the network, and refuses what cannot be said of one', async () => {
    const { out } = await run([
      'trace',
      '-f',
      world('flannel'),
      '--dataplane',
      'hostMTU:9000',
      '-o',
      'json',
      'web/s',
      'db/d:1',
    ]);
    expect((JSON.parse(out) as { routes: { pathMtu: number }[] }).routes[0].pathMtu).toBe(8950);
    const refused = await run(['trace', '-f', world('flannel'), '--dataplane', 'hostMTU:x', 'web/s', 'db/d:1']);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('a number of bytes')]);
  });
});

describe('canreach lint', () => {
  it('names findings with advice and ends with 1', async () => {
    const { code, out } = await run(['lint', '-f', world('flannel')]);
    expect(code).toBe(1);
    expect(out).toContain('error SVC-004  Service db/empty selects no pod');
    expect(out).toContain('correct the selector or the target port');
  });

  it('passes over what is not bad enough, and ends with 0 where nothing is left', async () => {
    const { out } = await run(['lint', '-f', world('flannel'), '--severity', 'error', '-o', 'json']);
    const { findings } = JSON.parse(out) as { findings: { severity: string }[] };
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['error']));
    const { code } = await run(['lint', '-f', world('k3s'), '--severity', 'error']);
    expect(code).toBe(0);
  });
});
