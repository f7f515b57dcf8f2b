import type { CalicoEntity, CalicoIcmp, CalicoRule } from '../../model/stored-calico.js';
import type { Decoder, Fields } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';
import { type EntityPlace, entityShape, readEntity } from './entity.js';
import { readProtocol } from './protocol.js';

/** Most rules that a policy has for one direction. */
export const rulesMax = 1024;

const icmpShape: Shape = { type: null, code: null };
const httpShape: Shape = { methods: null, paths: [{ exact: null, prefix: null }] };

/** What is known in a rule. Its metadata are notes and are not kept. */
export const ruleShape: Shape = {
  action: null,
  ipVersion: null,
  protocol: null,
  notProtocol: null,
  icmp: icmpShape,
  notICMP: icmpShape,
  source: entityShape,
  destination: entityShape,
  http: httpShape,
  metadata: null,
};

type RulePlace = Pick<EntityPlace, 'direction' | 'namespace'>;

/** The rules of one direction (policy semantics 3.5, 3.7). */
export function readRules(decoder: Decoder, value: unknown, field: string, place: RulePlace): CalicoRule[] {
  const rules = decoder.elements(value, field, (rule, at) => readRule(decoder, rule, at, place));
  if (rules.length > rulesMax) {
    decoder.complain({ field, reason: 'TooLong', detail: `must have at most ${rulesMax} rules`, value: rules.length });
  }
  return rules;
}

function readRule(decoder: Decoder, value: unknown, field: string, place: RulePlace): CalicoRule {
  const fields = decoder.fields(value, field);
  const action = decoder.optionalWord(fields.action, `${field}.action`, ['Allow', 'Deny', 'Log', 'Pass']);
  if (fields.action === undefined || fields.action === null || fields.action === '') {
    decoder.complain({ field: `${field}.action`, reason: 'Required', detail: 'must be Allow, Deny, Log or Pass' });
  }
  const protocol = readProtocol(decoder, fields.protocol, `${field}.protocol`);
  const side = (name: 'source' | 'destination'): CalicoEntity =>
    readEntity(decoder, fields[name], `${field}.${name}`, { ...place, side: name, protocol });
  const rule: CalicoRule = {
    ...unknownMembers(fields, ruleShape),
    action: action ?? 'Allow',
    ipVersion: readIpVersion(decoder, fields, field),
    protocol,
    notProtocol: readProtocol(decoder, fields.notProtocol, `${field}.notProtocol`),
    icmp: readIcmp(decoder, fields.icmp, `${field}.icmp`),
    notICMP: readIcmp(decoder, fields.notICMP, `${field}.notICMP`),
    source: side('source'),
    destination: side('destination'),
    http: readHttp(decoder, fields.http, `${field}.http`),
  };
  complainOfFamilies(decoder, rule, field);
  complainOfIcmp(decoder, rule, field);
  if (rule.http !== undefined) complainOfHttp(decoder, rule, `${field}.http`, place);
  return rule;
}

function readIpVersion(decoder: Decoder, { ipVersion }: Fields, field: string): 4 | 6 | undefined {
  const version = decoder.integer(ipVersion, `${field}.ipVersion`);
  if (version === null || version === 4 || version === 6) return version ?? undefined;
  decoder.complain({
    field: `${field}.ipVersion`,
    reason: 'NotSupported',
    detail: 'supported values: 4, 6',
    value: version,
  });
  return undefined;
}

function readIcmp(decoder: Decoder, value: unknown, field: string): CalicoIcmp | undefined {
  if (value === undefined || value === null) return undefined;
  const fields = decoder.fields(value, field);
  const type = decoder.integerIn(fields.type, `${field}.type`, [0, 254]) ?? undefined;
  const code = decoder.integerIn(fields.code, `${field}.code`, [0, 255]) ?? undefined;
  if ((fields.code ?? null) !== null && (fields.type ?? null) === null) {
    decoder.complain({ field: `${field}.code`, reason: 'Invalid', detail: 'needs a type', value: fields.code });
  }
  return { ...unknownMembers(fields, icmpShape), type, code };
}

function readHttp(decoder: Decoder, value: unknown, field: string): CalicoRule['http'] {
  if (value === undefined || value === null) return undefined;
  const fields = decoder.fields(value, field);
  const texts = (list: unknown, at: string): string[] =>
    decoder.elements(list, at, (text, textAt) => decoder.text(text, textAt) ?? '');
  const paths = decoder.elements(fields.paths, `${field}.paths`, (path, at) => {
    const { exact, prefix } = decoder.fields(path, at);
    const given = [decoder.text(exact, `${at}.exact`), decoder.text(prefix, `${at}.prefix`)];
    if (given.filter(Boolean).length !== 1)
      decoder.complain({ field: at, reason: 'Invalid', detail: 'must have either exact or prefix', value: path });
    return path;
  });
  return { ...unknownMembers(fields, httpShape), methods: texts(fields.methods, `${field}.methods`), paths };
}

function complainOfFamilies(decoder: Decoder, rule: CalicoRule, field: string): void {
  const nets = [rule.source, rule.destination].flatMap((entity) => [...entity.nets, ...entity.notNets]);
  const has6 = nets.some((net) => net.includes(':'));
  const has4 = nets.some((net) => net.includes('.') && !net.includes(':'));
  if (has4 && has6) {
    const detail = 'may not have IPv4 and IPv6 networks in one rule';
    decoder.complain({ field, reason: 'Invalid', detail, value: nets });
  } else if ((has6 && rule.ipVersion === 4) || (has4 && rule.ipVersion === 6)) {
    const detail = `is ${rule.ipVersion}, but the networks of the rule are IPv${has6 ? 6 : 4}`;
    decoder.complain({ field: `${field}.ipVersion`, reason: 'Invalid', detail, value: rule.ipVersion });
  }
}

function complainOfIcmp(decoder: Decoder, rule: CalicoRule, field: string): void {
  const isIcmp = rule.protocol === 'ICMP' || rule.protocol === 'ICMPv6';
  for (const name of ['icmp', 'notICMP'] as const) {
    if (rule[name] !== undefined && !isIcmp) {
      const detail = 'needs the protocol ICMP or ICMPv6';
      decoder.complain({ field: `${field}.${name}`, reason: 'Invalid', detail, value: rule[name] });
    }
  }
  const flavours = { ICMP: 4, ICMPv6: 6 } as const;
  for (const name of ['protocol', 'notProtocol'] as const) {
    const protocol = rule[name];
    if (rule.ipVersion === undefined || (protocol !== 'ICMP' && protocol !== 'ICMPv6')) continue;
    if (flavours[protocol] === rule.ipVersion) continue;
    const detail = `${protocol} needs ipVersion ${flavours[protocol]} or none`;
    decoder.complain({ field: `${field}.${name}`, reason: 'Invalid', detail, value: protocol });
  }
}

function complainOfHttp(decoder: Decoder, rule: CalicoRule, field: string, { direction }: RulePlace): void {
  const detail =
    direction === 'Egress'
      ? 'is accepted in ingress rules only'
      : rule.action !== 'Allow'
        ? 'is accepted in rules with the action Allow only'
        : rule.protocol !== undefined && rule.protocol !== 'TCP'
          ? 'needs the protocol TCP or none'
          : null;
  if (detail !== null) decoder.complain({ field, reason: 'Forbidden', detail });
}
