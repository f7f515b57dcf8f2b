import { describe, expect, it } from 'vitest';
import { parseNetConf } from './parse-net-conf.js';
import { planIPv6Subnets } from './plan-ipv6-subnets.js';
import { nodesOfKubeMode, planSubnets, podsPerNode, type SubnetPlan } from './subnets.js';

function plan(network: string, more = ''): SubnetPlan {
  const { config } = parseNetConf(`{"Network": "${network}"${more}}`, null);
  if (config === null) throw new Error('the configuration could not be read');
  return planSubnets(config);
}

describe('subnets that flanneld allocates', () => {
  it.each([
    ['10.244.0.0/16', 24, 255],
    ['10.244.0.0/22', 24, 3],
    ['10.244.0.0/23', 25, 3],
    ['10.244.0.0/28', 30, 3],
  ])('%s: /%i, for %i nodes', (network, subnetLen, nodes) => {
    expect(plan(network)).toEqual({ kind: 'Plan', subnetLen, nodes });
  });

  it.each([
    ['10.244.0.0/29', ''],
    ['10.244.0.0/16', ', "SubnetLen": 31'],
    ['10.244.0.0/16', ', "SubnetLen": 17'],
    ['10.244.0.0/16', ', "SubnetMin": "10.245.0.0"'],
    ['10.244.0.0/16', ', "SubnetMax": "10.244.9.7"'],
  ])('%s%s is fatal', (network, more) => {
    expect(plan(network, more).kind).toBe('Invalid');
  });

  it('honours the borders that are set', () => {
    expect(plan('10.244.0.0/16', ', "SubnetMin": "10.244.10.0", "SubnetMax": "10.244.19.0"')).toMatchObject({
      nodes: 10,
    });
  });

  it('leaves network, gateway and broadcast out, and counts the first subnet in kube mode', () => {
    expect([24, 25, 26, 27].map(podsPerNode)).toEqual([253, 125, 61, 29]);
    expect(nodesOfKubeMode('172.20.0.0/16', 24)).toBe(256);
  });

  it.each([
    ['fd00::/48', '', 64],
    ['fd00::/62', '', 64],
    ['fd00::/63', '', 65],
    ['fd00::/124', '', 126],
    ['fd00::/125', '', null],
    ['fd00::/48', ', "IPv6SubnetLen": 127', null],
    ['fd00::/48', ', "IPv6SubnetLen": 49', null],
    ['fd00::/48', ', "IPv6SubnetMin": "fd01::"', null],
    ['fd00::/48', ', "IPv6SubnetMax": "fd00:0:0:9::"', 64],
  ])('%s%s: /%s', (network, more, subnetLen) => {
    const text = `{"Network": "10.0.0.0/8", "EnableIPv6": true, "IPv6Network": "${network}", "Backend": {"Type": "vxlan"}${more}}`;
    const { config } = parseNetConf(text, null);
    if (config === null) throw new Error('the configuration could not be read');
    const found = planIPv6Subnets(config);
    expect(found.kind === 'Plan' ? found.subnetLen : null).toBe(subnetLen);
  });
});
