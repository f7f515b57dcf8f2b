import type { Direction } from '#model';
import type { StoredSelector } from '../../model/stored-body.js';
import { type CiliumCidr, ciliumEntities, type CiliumRule } from '../../model/stored-cilium.js';
import { canonicalAddress, type ParsedCidr, parseLegacyCidr } from '../../validation/cidr.js';
import type { Decoder, Fields } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';
import { readCiliumSelector } from './selector.js';
import { readServices, servicesShape } from './services.js';
import { icmpsShape, isGiven, readIcmps, readToPorts, toPortsShape } from './to-ports.js';

/** Peers of rules without `from` and `to`: those that a snapshot can show, and those that are kept as they are. */
const shown = ['Endpoints', 'Entities', 'CIDR', 'CIDRSet', 'Nodes', 'Services'] as const;
const hidden = ['FQDNs', 'Groups'] as const;

const cidrShape: Shape = { cidr: null, except: null, cidrGroupRef: null, cidrGroupSelector: null };

/** What is known in a rule of a direction. */
export function ciliumRuleShape(direction: Direction): Shape {
  const side = sideOf(direction);
  const peers = [...shown, ...hidden, 'Requires'].map((name): [string, Shape | readonly [Shape] | null] => [
    side + name,
    name === 'CIDRSet' ? [cidrShape] : name === 'Services' ? [servicesShape] : null,
  ]);
  return { ...Object.fromEntries(peers), toPorts: [toPortsShape], icmps: [icmpsShape], authentication: null };
}

/** The rules of one list; those that deny know no layer 7 (policy semantics 4). */
export function readCiliumRules(
  decoder: Decoder,
  value: unknown,
  field: string,
  direction: Direction,
  action: 'Allow' | 'Deny',
): CiliumRule[] {
  return decoder.elements(value, field, (element, at) => {
    const fields = decoder.fields(element, at);
    complainOfCombination(decoder, fields, at, direction);
    const read = <T>(name: string, reader: (list: unknown, field: string) => T): Record<string, T> =>
      isGiven(fields, name) ? { [name]: reader(fields[name], `${at}.${name}`) } : {};
    const side = sideOf(direction);
    complainOfNames(decoder, fields.toFQDNs, `${at}.toFQDNs`);
    const asWritten = [...hidden.map((name) => side + name), 'authentication'].filter((name) => isGiven(fields, name));
    const selectors = (list: unknown, listAt: string): StoredSelector[] =>
      decoder.elements(list, listAt, (selector, oneAt) => readCiliumSelector(decoder, selector, oneAt));
    return {
      ...unknownMembers(fields, ciliumRuleShape(direction)),
      ...Object.fromEntries(asWritten.map((name) => [name, fields[name]])),
      ...read(`${side}Endpoints`, selectors),
      ...read(`${side}Nodes`, selectors),
      ...read(`${side}Requires`, selectors),
      ...(direction === 'Egress' ? read('toServices', (list, listAt) => readServices(decoder, list, listAt)) : {}),
      ...read(`${side}Entities`, (list, listAt) =>
        decoder.elements(list, listAt, (word, oneAt) => decoder.word(word, oneAt, ciliumEntities)),
      ),
      ...read(`${side}CIDR`, (list, listAt) =>
        decoder.elements(list, listAt, (text, oneAt) => readCidr(decoder, text, oneAt)?.text ?? ''),
      ),
      ...read(`${side}CIDRSet`, (list, listAt) =>
        decoder.elements(list, listAt, (set, oneAt) => readCidrSet(decoder, set, oneAt)),
      ),
      ...read('toPorts', (list, listAt) => readToPorts(decoder, list, listAt, action)),
      ...read('icmps', (list, listAt) => readIcmps(decoder, list, listAt)),
    };
  });
}

function sideOf(direction: Direction): 'from' | 'to' {
  return direction === 'Ingress' ? 'from' : 'to';
}

function complainOfCombination(decoder: Decoder, fields: Fields, field: string, direction: Direction): void {
  const side = sideOf(direction);
  const hasElements = (name: string): boolean => Array.isArray(fields[name]) && (fields[name] as []).length > 0;
  const peers = [...shown, ...hidden].map((name) => side + name);
  const found = peers.filter(hasElements);
  if (found.length > 1) {
    decoder.complain({ field, reason: 'Invalid', detail: `may not combine ${found.join(' and ')} in one rule` });
  }
  if (hasElements('toPorts') && hasElements('icmps')) {
    decoder.complain({ field, reason: 'Invalid', detail: 'may not combine toPorts and icmps in one rule' });
  }
}

/** Names of domains have no star, and patterns are names with stars in them. */
function complainOfNames(decoder: Decoder, value: unknown, field: string): void {
  decoder.elements(value, field, (element, at) => {
    const fields = decoder.fields(element, at);
    const [name, pattern] = [fields.matchName, fields.matchPattern];
    if (typeof name === 'string' && name !== '' && !/^[-a-zA-Z0-9_]+(\.[-a-zA-Z0-9_]+)*\.?$/.test(name)) {
      const detail = 'must be a domain name; patterns go into matchPattern';
      decoder.complain({ field: `${at}.matchName`, reason: 'Invalid', detail, value: name });
    }
    if (typeof pattern === 'string' && pattern !== '' && !/^[-a-zA-Z0-9_*]+(\.[-a-zA-Z0-9_*]+)*\.?$/.test(pattern)) {
      const detail = 'must be a domain name in which * stands for what does not matter';
      decoder.complain({ field: `${at}.matchPattern`, reason: 'Invalid', detail, value: pattern });
    }
    if (name && pattern)
      decoder.complain({ field: at, reason: 'Invalid', detail: 'may not have both matchName and matchPattern' });
  });
}

/** A network, or an address as the network of that one address. */
function readCidr(decoder: Decoder, value: unknown, field: string): ParsedCidr | null {
  if (typeof value !== 'string' || canonicalAddress(value) === null) {
    return readPrefix(decoder, value, field, 'a CIDR or an IP address (e.g. 10.9.8.0/24, 10.9.8.7 or 2001:db8::/64)');
  }
  return parseLegacyCidr(`${value}/${value.includes(':') ? 128 : 32}`);
}

/** A network with its prefix, as every one of a set must be written. */
function readPrefix(
  decoder: Decoder,
  value: unknown,
  field: string,
  accepted = 'a CIDR (e.g. 10.9.8.0/24 or 2001:db8::/64)',
): ParsedCidr | null {
  const text = decoder.text(value, field) ?? '';
  const cidr = parseLegacyCidr(text);
  if (cidr !== null && !cidr.leadingZeros) return cidr;
  if (typeof value === 'string') decoder.complain({ field, reason: 'Invalid', detail: `must be ${accepted}`, value });
  return null;
}

function readCidrSet(decoder: Decoder, value: unknown, field: string): CiliumCidr {
  const fields = decoder.fields(value, field);
  const given = ['cidr', 'cidrGroupRef', 'cidrGroupSelector'].filter((name) => isGiven(fields, name));
  if (given.length !== 1) {
    const detail = 'must have exactly one of cidr, cidrGroupRef and cidrGroupSelector';
    decoder.complain({ field, reason: 'Invalid', detail, value });
  }
  const outer = isGiven(fields, 'cidr') ? readPrefix(decoder, fields.cidr, `${field}.cidr`) : null;
  const except = decoder.elements(fields.except, `${field}.except`, (text, at) => {
    const inner = readPrefix(decoder, text, at);
    const isInside =
      inner === null ||
      outer === null ||
      (inner.family === outer.family && inner.first >= outer.first && inner.last <= outer.last);
    if (!isInside) decoder.complain({ field: at, reason: 'Invalid', detail: 'must be inside `cidr`', value: text });
    return inner?.text ?? '';
  });
  const groups = given.filter((name) => name !== 'cidr').map((name) => [name, fields[name]]);
  return {
    ...unknownMembers(fields, cidrShape),
    ...Object.fromEntries(groups),
    ...(outer === null ? {} : { cidr: outer.text }),
    except,
  };
}
