import type { Family, Knob, PolicySemantics, QuestionErrorCode } from '#model';
import { knobs, knobWords, QuestionError, semanticsPresets } from '#model';
import { splitSemantics } from './split-semantics.js';
import type { Mode, PortQuestion, VerdictQuestion } from './verdict.js';

const protocols = ['TCP', 'UDP', 'SCTP', 'ICMP'] as const;
const families = ['IPv4', 'IPv6'] as const;
const modes = ['effective', 'intended'] as const;

/**
 * Reads a question about one pair of peers from any transport: a query string, a JSON body, GraphQL arguments, a
 * command line. `at` is put before field names in errors (`flows[3].`). Peers are looked up later.
 * @throws QuestionError that names the field, what was found and what is accepted
 */
export function parseVerdictQuestion(input: Readonly<Record<string, unknown>>, at = ''): VerdictQuestion {
  const protocol = word(input.protocol, 'TCP', protocols, `${at}protocol`, 'PROTOCOL_INVALID', true);
  return {
    from: peerText(input.from, `${at}from`),
    to: peerText(input.to, `${at}to`),
    protocol,
    protocolGiven: input.protocol !== undefined && input.protocol !== null,
    port: parsePort(input.port, protocol, `${at}port`),
    sourcePort: parseSourcePort(input.sourcePort, protocol, `${at}sourcePort`),
    family: word<Family | null>(input.family, null, families, `${at}family`, 'FAMILY_INVALID'),
    mode: word<Mode>(input.mode, 'effective', modes, `${at}mode`, 'MODE_INVALID'),
    semantics: parseSemantics(input.semantics, `${at}semantics`),
  };
}

/**
 * Reads knobs as `knob:value,…` or as a record; a preset among them stands for all of its knobs.
 * @throws QuestionError KNOB_INVALID
 */
export function parseSemantics(given: unknown, field: string): Partial<PolicySemantics> {
  const said = splitSemantics(given, field);
  const result: Partial<Record<Knob, string>> = said.preset === null ? {} : { ...semanticsPresets[said.preset] };
  for (const [knob, value] of said.knobs) {
    if (!isKnob(knob)) throw knobError(field, `${JSON.stringify(String(knob).slice(0, 60))} is no knob`);
    if (!(knobWords[knob] as readonly unknown[]).includes(value)) {
      throw knobError(field, `${knob} is ${JSON.stringify(String(value).slice(0, 60))}`);
    }
    result[knob] = value as string;
  }
  return result as Partial<PolicySemantics>;
}

function isKnob(text: string): text is Knob {
  return (knobs as readonly string[]).includes(text);
}

function knobError(field: string, what: string): QuestionError {
  const presets = `preset:${Object.keys(semanticsPresets).join('|')}`;
  const accepted = [...knobs.map((knob) => `${knob}:${knobWords[knob].join('|')}`), presets].join(', ');
  return new QuestionError('KNOB_INVALID', `${field}: ${what}; accepted are ${accepted}`, field, accepted);
}

function peerText(given: unknown, field: string): string {
  if (typeof given === 'string' && given !== '') return given;
  const found = given === undefined || given === null || given === '' ? 'missing' : `a ${typeof given}`;
  throw new QuestionError(
    'PEER_MALFORMED',
    `${field} is ${found}; a peer is a text such as ns/name, ip:10.1.2.3 or internet`,
    field,
  );
}

/**
 * One of a few words, or what stands for none.
 * @throws QuestionError with the code, naming the words
 */
export function word<T extends string | null>(
  given: unknown,
  fallback: T,
  accepted: readonly T[],
  field: string,
  code: QuestionErrorCode,
  upperCase = false,
): T {
  if (given === undefined || given === null) return fallback;
  const found = accepted.find((candidate) => candidate === (upperCase ? String(given).toUpperCase() : given));
  if (found !== undefined) return found;
  const list = accepted.join(', ');
  throw new QuestionError(
    code,
    `${field} is ${JSON.stringify(String(given).slice(0, 60))}; accepted are ${list}`,
    field,
    list,
  );
}

/**
 * One number; null where none is given.
 * @throws QuestionError PORT_INVALID
 */
function parseSourcePort(given: unknown, protocol: string, field: string): number | null {
  const port = parsePort(given, protocol, field);
  if (port === null) return null;
  if (port.kind === 'Range' && port.first === port.last) return port.first;
  const accepted = 'one number from 1 to 65535';
  throw new QuestionError(
    'PORT_INVALID',
    `${field} is ${JSON.stringify(given)}; accepted is ${accepted}`,
    field,
    accepted,
  );
}

/**
 * A number, `first-last`, or a name; null for all ports. ICMP has none.
 * @throws QuestionError PORT_INVALID
 */
export function parsePort(given: unknown, protocol: string, field: string): PortQuestion | null {
  if (given === undefined || given === null || given === '') return null;
  const text = String(given);
  const fail = (
    why: string,
    accepted = 'a number from 1 to 65535, a range first-last, or the name of a port',
  ): never => {
    throw new QuestionError(
      'PORT_INVALID',
      `${field} is ${JSON.stringify(text.slice(0, 60))}: ${why}; accepted is ${accepted}`,
      field,
      accepted,
    );
  };
  if (typeof given !== 'string' && typeof given !== 'number') return fail('it is neither a number nor a text');
  if (protocol === 'ICMP') return fail('ICMP has no ports', 'no port');
  const numbers = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(text);
  if (numbers !== null) {
    const first = Number(numbers[1]);
    const last = Number(numbers[2] ?? numbers[1]);
    if (first < 1 || last > 65535) return fail('ports are 1 to 65535');
    if (first > last) return fail('the range ends before it begins');
    return { kind: 'Range', first, last };
  }
  if (!/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(text)) return fail('that is no name of a port');
  return { kind: 'Name', name: text };
}
