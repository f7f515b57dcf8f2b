import { describe, expect, it } from 'vitest';
import { normalise } from '../../normalise.js';

type Given = Record<string, unknown>;

const object = (kind: string, spec: unknown, metadata: Given = {}): Given => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name: 'n', ...metadata },
  spec,
});

function bodyOf(value: Given): Given {
  const result = normalise(value);
  if (result.outcome !== 'Stored') throw new Error(JSON.stringify(result));
  return JSON.parse(result.object.body) as Given;
}

function complaints(value: Given): string[] {
  const result = normalise(value);
  return result.outcome === 'Refused' ? result.complaints.map(({ field, reason }) => `${field} ${reason}`) : [];
}

describe("Calico's other kinds", () => {
  it.each<[string, Given, Given]>([
    ['Tier', {}, { defaultAction: 'Deny' }],
    ['Tier', { order: 1.5, defaultAction: 'Pass' }, { order: 1.5, defaultAction: 'Pass' }],
    ['NetworkSet', { nets: ['10.1.2.3/8', 'FD00::1'] }, { nets: ['10.0.0.0/8', 'fd00::1/128'] }],
    ['GlobalNetworkSet', {}, { nets: [] }],
    [
      'Profile',
      { labelsToApply: { a: 'b' }, ingress: [{ action: 'Deny' }] },
      { labelsToApply: { a: 'b' }, egress: [] },
    ],
    [
      'HostEndpoint',
      { node: 'n1', interfaceName: '*', ports: [{ name: 'web', protocol: 6, port: 80 }] },
      {
        node: 'n1',
        interfaceName: '*',
        expectedIPs: [],
        profiles: [],
        ports: [{ name: 'web', protocol: 'TCP', port: 80 }],
      },
    ],
  ])('%s %j is kept with its defaults', (kind, spec, wanted) => {
    expect(bodyOf(object(kind, spec)).spec).toMatchObject(wanted);
  });

  it.each<[string, Given, Given, string[]]>([
    ['Tier', {}, { name: 'a.b' }, ['metadata.name Invalid']],
    ['Tier', { order: 'first' }, {}, ['spec.order Decode']],
    ['Tier', { defaultAction: 'Allow' }, {}, ['spec.defaultAction NotSupported']],
    [
      'Tier',
      { order: 5, defaultAction: 'Pass' },
      { name: 'default' },
      ['spec.order Invalid', 'spec.defaultAction Invalid'],
    ],
    ['Tier', { order: 1000000, defaultAction: 'Deny' }, { name: 'default' }, []],
    ['Tier', {}, { name: 'kube-baseline' }, []],
    ['NetworkSet', { nets: ['a', '10.0.0.0/33'] }, {}, ['spec.nets[0] Invalid', 'spec.nets[1] Invalid']],
    ['Profile', { labelsToApply: { 'a b': 'c' } }, {}, ['spec.labelsToApply Invalid']],
    ['Profile', { egress: [{}] }, {}, ['spec.egress[0].action Required']],
    ['HostEndpoint', { interfaceName: 'eth0' }, {}, ['spec.node Required']],
    ['HostEndpoint', { node: 'n' }, {}, ['spec.interfaceName Required']],
    ['HostEndpoint', { node: 'n', expectedIPs: ['x'] }, {}, ['spec.expectedIPs[0] Invalid']],
  ])('%s %j %j: complaints are %j', (kind, spec, metadata, wanted) => {
    expect(complaints(object(kind, spec, metadata))).toEqual(wanted);
  });
});

describe("Calico's group of stored objects", () => {
  const stored = (annotation: string): Given => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'NetworkSet',
    metadata: {
      name: 'default.partners',
      namespace: 'x',
      labels: { old: 'label' },
      annotations: { 'projectcalico.org/metadata': annotation },
    },
    spec: { nets: ['10.0.0.0/8'] },
  });

  it('is the other one, with the labels that users gave', () => {
    const body = bodyOf(stored('{"labels":{"role":"partner"},"annotations":{"a":"b"},"creationTimestamp":null}'));
    expect(body).toEqual({
      apiVersion: 'projectcalico.org/v3',
      kind: 'NetworkSet',
      metadata: { name: 'default.partners', namespace: 'x', labels: { role: 'partner' } },
      spec: { nets: ['10.0.0.0/8'] },
    });
    expect(bodyOf(body)).toEqual(body);
  });

  it('is refused with an annotation that Calico could not read', () => {
    expect(complaints(stored('{'))).toEqual(['metadata.annotations[projectcalico.org/metadata] Invalid']);
  });
});
