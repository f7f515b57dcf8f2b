import { describe, expect, it } from 'vitest';
import type { CiliumPorts, CiliumSpec } from '../stored-cilium.js';
import { refusedByAgent } from './refused-by-agent.js';

const tcp = { port: '80', protocol: 'TCP' } as const;

function refusal(list: 'ingress' | 'egress', entry: CiliumPorts): string | null {
  const rules: Pick<CiliumSpec, 'ingress' | 'egress'> = { ingress: [], egress: [], [list]: [{}, { toPorts: [entry] }] };
  const spec = { ...rules, ingressDeny: [], egressDeny: [], enableDefaultDeny: { ingress: true, egress: true } };
  return refusedByAgent(spec, 'specs[2]', { refusesNodeSelectors: false });
}

describe('rules of layer 7', () => {
  it.each<[string, 'ingress' | 'egress', CiliumPorts, string | null]>([
    ['http of TCP', 'ingress', { ports: [tcp], rules: { http: [{}] } }, null],
    ['none', 'ingress', { ports: [{ port: '0', protocol: 'UDP' }], rules: { http: [], l7proto: 'r2d2' } }, null],
    ['DNS of any protocol', 'egress', { ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{}] } }, null],
    ['of another protocol', 'egress', { ports: [tcp], rules: { l7proto: 'r2d2', l7: [{}] } }, null],
    ['DNS of ingress', 'ingress', { ports: [tcp], rules: { dns: [{}] } }, 'takes dns in egress rules only'],
    [
      'http of UDP',
      'egress',
      { ports: [tcp, { port: '80', protocol: 'UDP' }], rules: { http: [{}] } },
      'takes http on ports of TCP only',
    ],
    [
      'kafka of every port',
      'ingress',
      { ports: [{ port: '0', protocol: 'TCP' }], rules: { kafka: [{}] } },
      'does not take kafka on every port',
    ],
    [
      'two kinds',
      'ingress',
      { ports: [tcp], rules: { http: [{}], kafka: [{}] } },
      'does not take http and kafka together',
    ],
    ['of no protocol', 'ingress', { ports: [tcp], rules: { l7: [{}] } }, 'does not take l7 without l7proto'],
  ])('are refused or not: %s', (_title, list, entry, why) => {
    expect(refusal(list, entry)).toBe(
      why === null ? null : `specs[2].${list}[1].toPorts[0].rules: Cilium's agent ${why}`,
    );
  });
});
