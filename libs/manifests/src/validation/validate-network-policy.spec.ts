import { describe, expect, it } from 'vitest';
import { validateNetworkPolicy } from './validate-network-policy.js';

const complaintsOf = (object: Record<string, unknown>, strictCidr = false): string[] =>
  validateNetworkPolicy(object, { strictCidr }).map(({ field, reason, detail }) => `${field} ${reason} ${detail}`);
const withMetadata = (metadata: Record<string, unknown>, spec: unknown = {}): Record<string, unknown> => ({
  metadata: { name: 'p', namespace: 'x', ...metadata },
  spec,
});
const withBlock = (cidr: string, except: string[] = []): Record<string, unknown> =>
  withMetadata({}, { egress: [{ to: [{ ipBlock: { cidr, except } }] }] });

const at = 'spec.egress[0].to[0].ipBlock';
const notACidr = 'Invalid must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const notInside = 'Invalid must be a strict subset of `cidr`';
const leadingZeros = 'Invalid must not have leading 0s in IP or prefix length';

// Beyond the objects of the specification; every expectation is what the validator of Kubernetes 1.37 says.
describe('validation of a NetworkPolicy', () => {
  it('takes IPv4-mapped blocks with a prefix shorter than the mapping for IPv6 blocks', () => {
    expect(complaintsOf(withBlock('::ffff:10.0.0.0/95'))).toEqual([]);
    expect(complaintsOf(withBlock('::ffff:10.0.0.0/90', ['fd00::/100']))).toEqual([`${at}.except[0] ${notInside}`]);
  });

  it('counts no digits in groups and prefixes, as the older parser does', () => {
    expect(complaintsOf(withBlock('0000fd00::/016', ['fd00:00001::/64']))).toEqual([]);
    expect(complaintsOf(withBlock('10.0.0.0/00008'))).toEqual([]);
    expect(complaintsOf(withBlock('12345::/16'))).toEqual([`${at}.cidr ${notACidr}`]);
    expect(complaintsOf(withBlock('00000::/16'), true)).toEqual([`${at}.cidr ${leadingZeros}`]);
    expect(complaintsOf(withBlock('0000::/16'), true)).toEqual([]);
  });

  it.each([
    '1::2::3/64',
    ':::/0',
    '1:2:3:4:5:6:7/64',
    '::1.2.3/128',
    '1:2:3:4:5:6:7:8::/64',
    'fe80::1%eth0/64',
    '.1.2.3.4/8',
    '10.0.0.0/+8',
    '10.0.0.0/8 ',
    '::ffff:300.0.0.0/104',
  ])('refuses %s', (cidr) => {
    expect(complaintsOf(withBlock(cidr))).toEqual([`${at}.cidr ${notACidr}`]);
  });

  it('asks of an exception where it begins and how long its prefix is written', () => {
    expect(complaintsOf(withBlock('10.0.0.0/8', ['::ffff:10.0.0.0/104']))).toEqual([]);
    expect(complaintsOf(withBlock('::ffff:10.0.0.0/104', ['10.1.0.0/16']))).toEqual([`${at}.except[0] ${notInside}`]);
  });

  it('says of labels and annotations of the wrong type that they cannot be decoded, and nothing else', () => {
    expect(complaintsOf(withMetadata({ name: 'P', labels: { a: 5 }, annotations: { b: true } }))).toEqual([
      'metadata.labels[a] Decode must be a string',
      'metadata.annotations[b] Decode must be a string',
    ]);
  });

  it('checks the keys of annotations in any case, and how long they are together', () => {
    expect(complaintsOf(withMetadata({ annotations: { 'UPPER.example/x': 'any text\n', b: '' } }))).toEqual([]);
    expect(complaintsOf(withMetadata({ annotations: { '/a': '', a: 'x'.repeat(256 * 1024) } }))).toEqual([
      'metadata.annotations Invalid prefix part must be non-empty',
      'metadata.annotations TooLong may not be more than 262144 bytes',
    ]);
    expect(complaintsOf(withMetadata({ annotations: { a: 'x'.repeat(256 * 1024 - 1) } }))).toEqual([]);
  });
});
