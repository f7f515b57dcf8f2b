import { describe, expect, it } from 'vitest';
import { parseNetConf } from './parse-net-conf.js';

const backend = (text: string, version: string | null = null): ReturnType<typeof parseNetConf> =>
  parseNetConf(`{"Network": "10.244.0.0/16", "Backend": ${text}}`, version);
const ids = ({ problems }: ReturnType<typeof parseNetConf>): string[] => problems.map(({ id }) => id);

describe('net-conf.json as flanneld reads it', () => {
  it.each(['DirectRouting', 'Directrouting', 'directrouting', 'DIRECTROUTING', 'directRouting', 'Direct\u0052outing'])(
    '%s is DirectRouting',
    (key) => {
      const read = backend(`{"Type": "vxlan", ${JSON.stringify(key)}: true}`);
      expect([read.config?.backend.directRouting, ids(read)]).toEqual([true, []]);
    },
  );

  it.each([
    ['Direcrouting', 'misspelling of DirectRouting'],
    ['DirecRouting', 'misspelling of DirectRouting'],
    ['Direct-Routing', 'misspelling of DirectRouting'],
    ['direct_routing', 'misspelling of DirectRouting'],
    ['DirectRoutig', 'misspelling of DirectRouting'],
    ['Network', 'belongs to the top'],
    ['Colour', 'no key that flannel knows'],
  ])('%s is ignored, and reported', (key, why) => {
    const read = backend(`{"Type": "vxlan", "${key}": true}`);
    expect([read.config?.backend.directRouting, ids(read)]).toEqual([false, ['FLN-002']]);
    expect(read.problems[0].message).toContain(why);
  });

  it('a key at the wrong level is ignored', () => {
    const read = parseNetConf('{"Network": "10.0.0.0/8", "DirectRouting": true, "Backend": {"Type": "vxlan"}}', null);
    expect([read.config?.backend.directRouting, ids(read)]).toEqual([false, ['FLN-002']]);
    expect(read.problems[0].message).toContain('belongs to Backend');
  });

  it('the later of equal keys wins, whatever their case', () => {
    const read = backend('{"Type": "vxlan", "DirectRouting": true, "directrouting": false}');
    expect(read.config?.backend.directRouting).toBe(false);
  });

  it.each([
    '{"Type": "vxlan", "DirectRouting": "true"}',
    '{"Type": "vxlan", "VNI": "1"}',
    '{"Type": "vxlan", "VNI": 1.0}',
    '{"Type": "vxlan", "Port": 1e3}',
    '{"Type": 1}',
    '"vxlan"',
    '[]',
  ])('flanneld exits on the backend %s', (text) => {
    const read = backend(text);
    expect([read.config, ids(read)]).toEqual([null, ['FLN-001']]);
  });

  it.each([
    '{"Network": "10.244.0.0/16", "SubnetLen": "24"}',
    '{"Network": "10.244.0.0/16", "SubnetLen": 24.0}',
    '{"Network": "10.244.0.0/16", "SubnetLen": -1}',
    '{"Network": null}',
    '{"Network": "10.244.0.0/16", "SubnetMin": null}',
    '{"Network": "10.244.0.0/16",}',
    '{"Network": "10.244.0.0/16"} x',
    '// comment\n{"Network": "10.244.0.0/16"}',
    '{}',
    '',
    '[',
  ])('flanneld exits on %j', (text) => {
    const read = parseNetConf(text, null);
    expect([read.config, ids(read)[0]]).toEqual([null, 'FLN-001']);
  });

  it.each(['{}', 'null', '{"Type": ""}', '{"Type": "hostgw"}', '{"Type": "host_gw"}', '{"Type": "aws-vpc"}'])(
    'flanneld does not know the back end of %s',
    (text) => {
      const read = backend(text);
      expect([read.config, ids(read)]).toEqual([null, ['FLN-003']]);
    },
  );

  it('null leaves the default, and keys of another type do no harm', () => {
    expect(backend('{"Type": "vxlan", "VNI": null, "DirectRouting": null}').config?.backend).toMatchObject({
      vni: 1,
      directRouting: false,
      port: 8472,
    });
    expect(backend('{"Type": "Host-GW", "VNI": "many"}').config?.backend.type).toBe('host-gw');
  });

  it('masks host bits silently, and has no MTU key before 0.22', () => {
    expect(parseNetConf('{"Network": "10.244.3.9/16"}', null).config?.network).toBe('10.244.0.0/16');
    expect(backend('{"Type": "vxlan", "MTU": 1400}', '0.21.5').config?.backend.mtu).toBe(null);
    expect(backend('{"Type": "vxlan", "MTU": 1400}', '0.22.0').config?.backend.mtu).toBe(1400);
  });

  it('decodes keys that stand twice one after the other: each must fit, and null leaves what was there', () => {
    expect(ids(backend('{"Type": "vxlan", "VNI": "1", "vni": 2}'))).toEqual(['FLN-001']);
    expect(backend('{"Type": "vxlan", "VNI": 5, "vni": null}').config?.backend.vni).toBe(5);
    const late = parseNetConf('{"Network": "x", "network": "10.0.0.0/8", "Backend": {"Type": "vxlan"}}', null);
    expect([late.config, ids(late)]).toEqual([null, ['FLN-001']]);
    const twice = parseNetConf('{"Network": "10.0.0.0/8", "Backend": 7, "backend": {"Type": "vxlan"}}', null);
    expect([twice.config?.backend.type, ids(twice)]).toEqual(['vxlan', []]);
  });

  it('knows letters that fold to others, and no other likeness', () => {
    expect(backend('{"Type": "vxlan", "DirectRouting": true, "P\u017fK": "x"}').problems).toEqual([]);
    expect(parseNetConf('{"Networ\u212a": "10.0.0.0/8", "Bac\u212aend": {"Type": "udp"}}', null).config).toMatchObject({
      network: '10.0.0.0/8',
      backend: { type: 'udp' },
    });
    expect(ids(backend('{"Type": "vxlan", "V\u0130NI": 2}'))).toEqual(['FLN-002']);
  });

  it('takes addresses of the family that a key is for; only those of IPv6 may be null', () => {
    const read = (more: string): string[] =>
      ids(parseNetConf(`{"Network": "10.0.0.0/8", "Backend": {"Type": "vxlan"}, ${more}}`, null));
    expect(read('"SubnetMin": "fd00::1"')).toEqual(['FLN-001']);
    expect(read('"SubnetMax": "10.0.0"')).toEqual(['FLN-001']);
    expect(read('"IPv6SubnetMin": null')).toEqual([]);
    expect(read('"IPv6SubnetMin": "10.0.0.1"')).toEqual(['FLN-001']);
    expect(read('"IPv6Network": null')).toEqual(['FLN-001']);
    expect(read('"Network": "10.244.0.0"')).toEqual(['FLN-001']);
  });

  it('lets an old flannel have the back ends that it had', () => {
    expect(backend('{"Type": "aws-vpc"}', '0.19.2')).toEqual({ config: null, problems: [] });
    expect(ids(backend('{"Type": "aws-vpc"}', '0.20.0'))).toEqual(['FLN-003']);
  });
});
