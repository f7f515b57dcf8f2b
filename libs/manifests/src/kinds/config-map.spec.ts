import { describe, expect, it } from 'vitest';
import { Decoder } from '../validation/decoder.js';
import { configMapReader } from './config-map.js';

/** What is kept of one key of a flannel ConfigMap. */
function kept(text: string): unknown {
  const object = { metadata: { name: 'kube-flannel-cfg' }, data: { 'net-conf.json': text } };
  const body = configMapReader.read(object, new Decoder()) as { data: Record<string, string> };
  return body.data['net-conf.json'];
}

describe('a ConfigMap of a network', () => {
  it('without secrets is kept as it was written, mistakes included', () => {
    for (const text of [
      '{ "Network": "10.244.0.0/16", "Backend": { "Type": "vxlan" } }',
      '{ "Network": "10.244.0.0/16" "Backend": { "Type": "vxlan" } }',
      '{ "network": "10.244.0.0/16", "NETWORK": 8472.0',
      'bird',
    ])
      expect(kept(text)).toBe(text);
  });

  it('loses the values of secret names, however they are written', () => {
    for (const text of [
      '{"Backend":{"Type":"ipsec","PSK":"hunter2"}}',
      '{"Backend":{"Type":"ipsec","p\\u0073k":"hunter2"}}',
      '{"Backend":{"Type":"ipsec","psk":["hunter2",\n"hunter2"]}}',
      'Backend:\n  psk: |\n    hunter2\n    hunter2\n',
      'Type: a\n# psk: hunter2\n',
      '{"Backend" {"psk":"hunter2"}}',
      '{"Backend" {"p\\u0073k":"hunter2"}}',
    ])
      expect(kept(text)).not.toContain('hunter2');
    expect(kept('{"Backend":{"Type":"ipsec","PSK":"hunter2"}}')).toBe('{"Backend":{"Type":"ipsec","PSK":"redacted"}}');
  });
});
