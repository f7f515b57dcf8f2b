import { type FlannelBackend, type FlannelConfig, type FlannelProblem, parseAddress } from '#model';
import { canonicalCidr } from '../addresses.js';
import { versionAtLeast } from '../image-version.js';
import { foldKey } from './fold-key.js';
import { backendKeys, lintKeys, topKeys } from './lint-keys.js';
import { JsonError, type JsonValue, readJson } from './read-json.js';

export interface NetConf {
  /** Null where flanneld exits on this text. */
  readonly config: FlannelConfig | null;
  readonly problems: readonly FlannelProblem[];
}

const backendTypes: readonly FlannelBackend['type'][] = [
  'vxlan',
  'host-gw',
  'udp',
  'wireguard',
  'ipip',
  'ipsec',
  'alloc',
  'extension',
  'tencent-vpc',
];

const removedTypes = ['aws-vpc', 'gce', 'ali-vpc'];

const defaultPorts: Partial<Record<FlannelBackend['type'], number>> = {
  vxlan: 8472,
  udp: 8285,
  wireguard: 51820,
  ipsec: 4500,
};

/**
 * Reads `net-conf.json` as flanneld of that version does (dataplane B.2, B.3, B.5): Go's decoder folds case, ignores
 * what it does not know, takes the last of equal keys and is strict about types. `version` null: the newest rules.
 */
export function parseNetConf(text: string, version: string | null): NetConf {
  let top: JsonValue;
  try {
    top = readJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const message = `net-conf.json is not valid JSON: ${error.message}; flanneld exits when it starts next`;
    return { config: null, problems: [{ id: 'FLN-001', message }] };
  }
  const decoder = new GoDecoder(top, topKeys, 'net-conf.json');
  const config = {
    enableIPv4: decoder.boolean('EnableIPv4', true),
    enableIPv6: decoder.boolean('EnableIPv6', false),
    enableNFTables: decoder.boolean('EnableNFTables', false),
    network: decoder.cidr('Network', 'IPv4'),
    ipv6Network: decoder.cidr('IPv6Network', 'IPv6'),
    subnetLen: decoder.integer('SubnetLen', 0, true),
    subnetMin: decoder.address('SubnetMin', 'IPv4'),
    subnetMax: decoder.address('SubnetMax', 'IPv4'),
    ipv6SubnetLen: decoder.integer('IPv6SubnetLen', 0, true),
    ipv6SubnetMin: decoder.address('IPv6SubnetMin', 'IPv6'),
    ipv6SubnetMax: decoder.address('IPv6SubnetMax', 'IPv6'),
  };
  const backend = readBackend(decoder.raw('Backend'), version);
  const wrong = [...decoder.problems, ...requiredNetworks(config), ...backend.problems];
  const isFatal = wrong.some(({ fatal }) => fatal);
  const problems = [...wrong.map(({ id, message }) => ({ id, message })), ...lintKeys(top)];
  return { config: isFatal || backend.value === null ? null : { ...config, backend: backend.value }, problems };
}

interface Problem extends FlannelProblem {
  readonly fatal: boolean;
}

function requiredNetworks(config: Omit<FlannelConfig, 'backend'>): Problem[] {
  const missing = [
    ...(config.enableIPv4 && config.network === null ? ['Network'] : []),
    ...(config.enableIPv6 && config.ipv6Network === null ? ['IPv6Network'] : []),
  ];
  return missing.map((key) => ({
    id: 'FLN-001',
    message: `net-conf.json has no ${key}, which is required; flanneld exits`,
    fatal: true,
  }));
}

function readBackend(
  raw: JsonValue | undefined,
  version: string | null,
): { readonly value: FlannelBackend | null; readonly problems: readonly Problem[] } {
  if (raw === undefined) {
    const message = 'net-conf.json has no Backend: flannel falls back to udp, which is slow and for debugging only';
    return {
      value: backendOf('udp', new GoDecoder({ kind: 'object', members: [] }, backendKeys, ''), version),
      problems: [{ id: 'FLN-003', message, fatal: false }],
    };
  }
  const decoder = new GoDecoder(raw, backendKeys, 'Backend');
  const written = decoder.text('Type');
  if (decoder.problems.length > 0) return { value: null, problems: decoder.problems };
  const type = written.toLowerCase();
  const known = backendTypes.find((candidate) => candidate === type);
  if (known === undefined) {
    const isOld = version !== null && !versionAtLeast(version, 0, 20);
    // Old versions have these; nothing is known of them but that routes are the cloud's.
    if (removedTypes.includes(type) && isOld) return { value: null, problems: [] };
    const message = removedTypes.includes(type)
      ? `Backend.Type is ${JSON.stringify(written)}, which flannel has not had since 0.20; flanneld exits`
      : written === ''
        ? 'Backend has no Type: flanneld exits with "unknown backend type"'
        : `Backend.Type is ${JSON.stringify(written)}, which flannel does not know; flanneld exits. Known are ${backendTypes.join(', ')}`;
    return { value: null, problems: [{ id: 'FLN-003', message, fatal: true }] };
  }
  const value = backendOf(known, decoder, version);
  return { value: decoder.problems.length > 0 ? null : value, problems: decoder.problems };
}

/** Only the keys of its own type are decoded: a wrong type in another's key does no harm. */
function backendOf(type: FlannelBackend['type'], decoder: GoDecoder, version: string | null): FlannelBackend {
  const none = { type, vni: 0, port: defaultPorts[type] ?? 0, directRouting: false, mtu: null, udpEncap: false };
  switch (type) {
    case 'vxlan': {
      const port = decoder.integer('Port', 0);
      decoder.boolean('GBP', false);
      decoder.boolean('Learning', false);
      const mtu = versionAtLeast(version, 0, 22) ? decoder.integer('MTU', 0) : 0;
      return {
        ...none,
        vni: decoder.integer('VNI', 1),
        port: port === 0 ? 8472 : port,
        directRouting: decoder.boolean('DirectRouting', false),
        mtu: mtu === 0 ? null : mtu,
      };
    }
    case 'udp':
      return { ...none, port: decoder.integer('Port', 8285) };
    case 'wireguard': {
      const mtu = decoder.integer('MTU', 0);
      decoder.text('Mode');
      decoder.integer('PersistentKeepaliveInterval', 0);
      return { ...none, port: decoder.integer('ListenPort', 51820), mtu: mtu === 0 ? null : mtu };
    }
    case 'ipip':
      return { ...none, directRouting: decoder.boolean('DirectRouting', false) };
    case 'ipsec': {
      const udpEncap = decoder.boolean('UDPEncap', false);
      return { ...none, udpEncap };
    }
    default:
      return none;
  }
}

/**
 * Go's `encoding/json` into a struct: members are decoded one after another into the same field, so that each must be of
 * the right type, null leaves what an earlier one set, and the last of the others counts.
 */
class GoDecoder {
  readonly problems: Problem[] = [];
  readonly #values = new Map<string, JsonValue[]>();

  constructor(
    value: JsonValue,
    keys: readonly string[],
    readonly place: string,
  ) {
    if (value.kind === 'object') {
      for (const member of value.members) {
        const key = keys.includes(member.key)
          ? member.key
          : keys.find((known) => foldKey(known) === foldKey(member.key));
        if (key !== undefined) this.#values.set(key, [...(this.#values.get(key) ?? []), member.value]);
      }
    } else if (value.kind !== 'null') {
      this.#wrong(place, value, 'an object');
    }
  }

  raw(key: string): JsonValue | undefined {
    return this.#values.get(key)?.at(-1);
  }

  boolean(key: string, fallback: boolean): boolean {
    return this.#decode(key, fallback, 'true or false', (value) => (value.kind === 'boolean' ? value.value : null));
  }

  text(key: string): string {
    return this.#decode(key, '', 'a text', (value) => (value.kind === 'string' ? value.value : null));
  }

  integer(key: string, fallback: number, unsigned = false): number {
    const expected = unsigned ? 'a whole number that is not negative' : 'a whole number without point and quotes';
    return this.#decode(key, fallback, expected, (value) => {
      const fits = value.kind === 'number' && /^-?\d{1,15}$/.test(value.text);
      return fits && !(unsigned && value.text.startsWith('-')) ? Number(value.text) : null;
    });
  }

  /** These parse the text of the token themselves, so that null is an error. */
  cidr(key: string, family: 'IPv4' | 'IPv6'): string | null {
    const read = (value: JsonValue): string | null => {
      const found = value.kind === 'string' ? canonicalCidr(value.value) : null;
      return found !== null && found.includes(':') === (family === 'IPv6') ? found : null;
    };
    return this.#decode<string | null>(key, null, `an ${family} CIDR`, read, true);
  }

  /** The same; only those of IPv6 are pointers, which null clears. */
  address(key: string, family: 'IPv4' | 'IPv6'): string | null {
    const read = (value: JsonValue): string | null => {
      const found = value.kind === 'string' ? parseAddress(value.value) : null;
      return found !== null && found.family === family ? (value as { value: string }).value : null;
    };
    if (family === 'IPv6' && this.raw(key)?.kind === 'null') return null;
    return this.#decode<string | null>(key, null, `an ${family} address`, read, family === 'IPv4');
  }

  #decode<T>(key: string, fallback: T, expected: string, read: (value: JsonValue) => T | null, parsesNull = false): T {
    let current = fallback;
    for (const value of this.#values.get(key) ?? []) {
      if (value.kind === 'null' && !parsesNull) continue;
      const found = read(value);
      if (found === null) this.#wrong(key, value, expected);
      else current = found;
    }
    return current;
  }

  #wrong(key: string, value: JsonValue, expected: string): void {
    const name = key === this.place ? this.place : `${this.place === 'net-conf.json' ? '' : `${this.place}.`}${key}`;
    const message = `${name} is ${shown(value)}; it must be ${expected}, and flanneld exits on anything else`;
    this.problems.push({ id: 'FLN-001', message, fatal: true });
  }
}

function shown(value: JsonValue): string {
  switch (value.kind) {
    case 'string':
      return `the text ${JSON.stringify(value.value)}`;
    case 'number':
      return value.text;
    case 'boolean':
      return String(value.value);
    case 'null':
      return 'null';
    default:
      return `an ${value.kind}`;
  }
}
