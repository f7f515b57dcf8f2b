import { type Family, parsePeer, QuestionError, type QuestionErrorCode } from '#model';
import { parsePort, word } from '../query/parse-question.js';
import type { Mode, Protocol } from '../query/verdict.js';
import type { ConnectivityLevel, ConnectivityQuestion } from './connectivity.js';

export const connectivityLevels: readonly ConnectivityLevel[] = ['namespace', 'workload', 'class', 'pod'];

/** What may be ends beside pods and addresses. */
export type Includable = 'nodes' | 'ingress';
export const includables: readonly Includable[] = ['nodes', 'ingress'];

/**
 * Reads a question about all connections from any transport. Peers are looked up later. `includable` is what may be asked
 * to be included: controllers make rows, and nothing else.
 * @throws QuestionError that names the field, what was found and what is accepted
 */
export function parseConnectivityQuestion(
  input: Readonly<Record<string, unknown>>,
  includable: readonly Includable[] = includables,
): ConnectivityQuestion {
  const included = includedBy(input.include, includable);
  const given = input.protocol ?? (input.port === undefined || input.port === null ? null : 'TCP');
  const protocol = word<Protocol | null>(
    given,
    null,
    ['TCP', 'UDP', 'SCTP', 'ICMP'],
    'protocol',
    'PROTOCOL_INVALID',
    true,
  );
  return {
    level: word<ConnectivityLevel>(input.level, 'workload', connectivityLevels, 'level', 'LEVEL_INVALID'),
    from: peerOf(input.from, 'from'),
    to: peerOf(input.to, 'to'),
    protocol,
    port: portsOf(input.port, protocol),
    family: word<Family | null>(input.family, null, ['IPv4', 'IPv6'], 'family', 'FAMILY_INVALID'),
    mode: word<Mode>(input.mode, 'effective', ['effective', 'intended'], 'mode', 'MODE_INVALID'),
    includeNodes: included.includes('nodes'),
    ...(included.includes('ingress') ? { includeIngress: true } : {}),
  };
}

/** Words joined by commas. */
function includedBy(given: unknown, includable: readonly Includable[]): readonly Includable[] {
  if (given === undefined || given === null) return [];
  const words = String(given).split(',');
  return words.map((text) => {
    const found = includable.find((candidate) => candidate === text);
    if (found !== undefined) return found;
    throw refused('INCLUDE_INVALID', 'include', given, includable.join(', '));
  });
}

function peerOf(given: unknown, field: string): string | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string') throw refused('PEER_MALFORMED', field, given, 'a text such as ns/name');
  const { kind } = parsePeer(given, field);
  if (kind !== 'Service' && kind !== 'Entry') return given;
  throw refused(
    'PEER_MALFORMED',
    field,
    given,
    'a pod, workload, namespace, node, address, CIDR, internet or pods:ns{…}; a Service, Ingress, Route or Gateway is no end of a row: its workloads are',
  );
}

function portsOf(given: unknown, protocol: Protocol | null): ConnectivityQuestion['port'] {
  const port = parsePort(given, protocol ?? 'TCP', 'port');
  if (port?.kind !== 'Name') return port;
  throw refused(
    'PORT_INVALID',
    'port',
    given,
    'a number from 1 to 65535 or a range first-last; a name means another number on each destination',
  );
}

function refused(code: QuestionErrorCode, field: string, given: unknown, accepted: string): QuestionError {
  const shown = JSON.stringify(String(given).slice(0, 60));
  return new QuestionError(code, `${field} is ${shown}; accepted is ${accepted}`, field, accepted);
}
