import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { caliDevice, kubeRouterTunnel } from './device-names.js';
import { digest } from './digest.js';

describe('device names', () => {
  it('are those that the daemons give', () => {
    expect(caliDevice('cali', 'default', 'web-0')).toBe('cali0d7763386da');
    expect(caliDevice('cali', 'kube-system', 'coredns-abc')).toBe('cali3d5d6ab04b5');
    expect(kubeRouterTunnel('192.168.10.11')).toBe('tun-9a262587b85');
    expect(kubeRouterTunnel('10.0.0.2')).toBe('tun-56acd2f8550');
  });

  it('rest on digests that agree with those of Node, whatever the length', () => {
    for (let length = 0; length < 200; length++) {
      const text = 'x'.repeat(length);
      expect(digest.sha1(text)).toBe(createHash('sha1').update(text).digest('hex'));
      expect(digest.sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });
});
