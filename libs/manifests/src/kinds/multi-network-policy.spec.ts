import { describe, expect, it } from 'vitest';
import { normalise } from '../normalise.js';

function bodyOf(value: unknown): Record<string, unknown> {
  const result = normalise(value);
  if (result.outcome !== 'Stored') throw new Error(JSON.stringify(result));
  return JSON.parse(result.object.body) as Record<string, unknown>;
}

describe('kinds of Multus', () => {
  it('a MultiNetworkPolicy is a NetworkPolicy for the networks that it names', () => {
    for (const version of ['v1beta1', 'v1beta2']) {
      const body = bodyOf({
        apiVersion: `k8s.cni.cncf.io/${version}`,
        kind: 'MultiNetworkPolicy',
        metadata: { name: 'p', namespace: 'x', annotations: { 'k8s.v1.cni.cncf.io/policy-for': 'a,y/b', note: 'n' } },
        spec: { podSelector: {}, egress: [{ ports: [{ port: 80 }] }] },
      });
      expect(body).toMatchObject({
        apiVersion: 'k8s.cni.cncf.io/v1beta1',
        metadata: { annotations: { 'k8s.v1.cni.cncf.io/policy-for': 'a,y/b' } },
        spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ protocol: 'TCP', port: 80 }], to: [] }] },
      });
      expect(JSON.stringify(body)).not.toContain('note');
    }
    const invalid = normalise({
      apiVersion: 'k8s.cni.cncf.io/v1beta1',
      kind: 'MultiNetworkPolicy',
      metadata: { name: 'p', namespace: 'x' },
      spec: { ingress: [{ from: [{}] }] },
    });
    expect(invalid).toMatchObject({ outcome: 'Refused', complaints: [{ field: 'spec.ingress[0].from[0]' }] });
    expect((invalid as { raw: unknown }).raw).not.toBeNull();
  });
});
