import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, parseCidr } from './address.js';

describe('addresses', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        const address = parseAddress(text);
        expect(address).not.toBeNull();
        expect(address && formatAddress(address)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
        const text = formatAddress({ family: 'IPv6', value });
        if (value >> 32n !== 0xffffn) expect(parseAddress(text)).toEqual({ family: 'IPv6', value });
      }),
    );
  });

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::', '::'],
    ['::1', '::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is %s', (text, canonical) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '010.0.0.1',
    '1.2.3.256',
    '1..2.3',
    ' 1.2.3.4',
    ':',
    ':::',
    '1::2::3',
    'g::',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'fe80::1%eth0',
    '::1.2.3',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('CIDRs mask host bits and read mapped prefixes', () => {
    const range = parseCidr('10.1.2.3/8');
    expect(range && [formatAddress(range.first), formatAddress(range.last)]).toEqual(['10.0.0.0', '10.255.255.255']);
    const all = parseCidr('0.0.0.0/0');
    expect(all && formatAddress(all.last)).toBe('255.255.255.255');
    const mapped = parseCidr('::ffff:10.0.0.0/104');
    expect(mapped && formatAddress(mapped.last)).toBe('10.255.255.255');
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '::/129', '/8', '10.0.0.0/'])
      expect(parseCidr(text), text).toBeNull();
  });
});
