import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const pod = (name: string, address: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, ports: [{ containerPort: 80, hostPort: ${name === 'web' ? 8080 : 8081} }] }] }
status: { phase: Running, podIPs: [{ ip: ${address} }] }
`;

/** Of Calico: where it is in charge, nobody reaches web. */
const policy = `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: closed }
spec: { selector: app == 'web', types: [Ingress] }
`;

/** Policies of whoever is in charge are in force. */
const network = ['--dataplane', 'enforcement:yes'];

const folder = mkdtempSync(join(tmpdir(), 'canreach-presets-'));
const [open, closed] = [join(folder, 'open.yaml'), join(folder, 'closed.yaml')];

beforeAll(() => {
  const pods = [pod('web', '10.0.0.1'), pod('client', '10.0.0.2')];
  writeFileSync(open, pods.join('---'));
  writeFileSync(closed, [...pods, policy].join('---'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['check', ['-f', closed, 'shop/client', 'shop/web:80'], /denied/],
  ['trace', ['-f', closed, 'shop/client', 'shop/web:80'], /denied/],
  ['list', ['-f', closed, '--from', 'shop/client', '--to', 'shop/web'], /^$/],
  ['exposure', ['-f', closed, '--to', 'shop/web'], /blocked/],
  ['diff', [open, closed, '--source', 'shop/client'], /shop\/client.*shop\/web/],
])('canreach %s', (command, args, underCalico) => {
  it('answers as the engine that a preset names', async () => {
    const under = async (preset: string): Promise<string> =>
      (await run([command, ...args, ...network, '--semantics', preset])).out;
    expect(await under('preset:calico')).toMatch(underCalico);
    expect(await under('calico')).toMatch(underCalico);
    expect(await under('preset:k8s')).not.toMatch(underCalico);
    expect(await under('preset:cilium')).not.toMatch(underCalico);
  });

  it('refuses a preset that there is not', async () => {
    const { code, out, err } = await run([command, ...args, ...network, '--semantics', 'preset:weave']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('k8s, calico, cilium');
  });
});

it.each([
  ['list', ['-f', closed]],
  ['exposure', ['-f', closed]],
  ['diff', [open, closed]],
])('canreach %s refuses a single knob, which would need an index of its own', async (command, args) => {
  const { code, err } = await run([command, ...args, ...network, '--semantics', 'podToOwnNode:deny']);
  expect(code).toBe(2);
  expect(err).toContain('under the knobs of its snapshot or of a preset');
});
