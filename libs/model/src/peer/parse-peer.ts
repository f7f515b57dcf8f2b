import { formatAddress, parseAddress, parseCidr } from '../address.js';
import { entryKinds } from '../entry.js';
import type { Selector, SelectorRequirement } from '../labels.js';
import { compareText } from '../object-ref.js';
import { QuestionError } from '../question-error.js';
import type { PeerExpression } from './peer-expression.js';

const accepted =
  'ns/name, pod:ns/name, workload:ns/name, deployment:|statefulset:|daemonset:|job:|cronjob:|replicaset:ns/name, ' +
  'service:ns/name, dns:name.ns.svc.cluster.local, ingress:|route:|gateway:|httproute:|grpcroute:|tlsroute:|tcproute:|udproute:ns/name, ' +
  'node:name, ip:10.1.2.3, cidr:10.0.0.0/8, namespace:ns, internet, ' +
  'pods:ns{app=web,tier in (a,b)} or pods:*{...}';

const workloadKinds: Readonly<Record<string, string | null>> = {
  workload: null,
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  replicaset: 'ReplicaSet',
  replicationcontroller: 'ReplicationController',
  job: 'Job',
  cronjob: 'CronJob',
};

const labelName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const subdomainName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Reads one peer of a question (design 9). `field` names the place in the question for the error.
 * @throws QuestionError PEER_MALFORMED
 */
export function parsePeer(text: string, field: string): PeerExpression {
  const malformed = (why: string): never => {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    throw new QuestionError(
      'PEER_MALFORMED',
      `${field} is ${JSON.stringify(shown)}: ${why}; accepted are ${accepted}`,
      field,
      accepted,
    );
  };
  if (typeof text !== 'string' || text === '') return malformed('a peer is a non-empty text');
  if (text === 'internet') return { kind: 'Internet' };
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'Named', ...namespacedName(text, malformed) };
  const prefix = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (Object.hasOwn(workloadKinds, prefix)) {
    return { kind: 'Workload', workloadKind: workloadKinds[prefix], ...namespacedName(rest, malformed) };
  }
  if (Object.hasOwn(entryKinds, prefix)) {
    const entryKind = entryKinds[prefix as keyof typeof entryKinds];
    return { kind: 'Entry', entryKind, ...namespacedName(rest, malformed) };
  }
  switch (prefix) {
    case 'pod':
      return { kind: 'Pod', ...namespacedName(rest, malformed) };
    case 'service':
    case 'svc':
      return { kind: 'Service', ...namespacedName(rest, malformed) };
    case 'dns':
      return { kind: 'Service', ...dnsName(rest, malformed) };
    case 'node':
      return subdomainName.test(rest) ? { kind: 'Node', name: rest } : malformed('that is no node name');
    case 'namespace':
      return labelName.test(rest) ? { kind: 'Namespace', name: rest } : malformed('that is no namespace name');
    case 'ip': {
      const address = parseAddress(rest);
      return address === null
        ? malformed('that is no IP address')
        : { kind: 'Address', address: formatAddress(address) };
    }
    case 'cidr': {
      const range = parseCidr(rest);
      if (range === null) return malformed('that is no CIDR');
      const prefixLength =
        range.first.family === 'IPv4' && rest.includes(':') ? cidrPrefix(rest) - 96 : cidrPrefix(rest);
      return { kind: 'Cidr', cidr: `${formatAddress(range.first)}/${prefixLength}` };
    }
    case 'pods':
      return podSet(rest, malformed);
    default:
      return malformed(`there is no prefix "${prefix.slice(0, 40)}:"`);
  }
}

type Malformed = (why: string) => never;

function cidrPrefix(text: string): number {
  return Number(text.slice(text.indexOf('/') + 1));
}

function namespacedName(text: string, malformed: Malformed): { namespace: string; name: string } {
  const slash = text.indexOf('/');
  if (slash < 0) return malformed('a name needs its namespace');
  const namespace = text.slice(0, slash);
  const name = text.slice(slash + 1);
  if (!labelName.test(namespace)) return malformed('the part before the slash is no namespace name');
  if (!subdomainName.test(name) || name.length > 253) return malformed('the part after the slash is no object name');
  return { namespace, name };
}

function dnsName(text: string, malformed: Malformed): { namespace: string; name: string } {
  const match = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(\.[a-z0-9.-]+)?\.?$/.exec(text);
  if (match === null) return malformed('a DNS name of a Service is name.namespace.svc[.cluster domain]');
  return namespacedName(`${match[2]}/${match[1]}`, malformed);
}

function podSet(text: string, malformed: Malformed): PeerExpression {
  const match = /^([^{}]+)(?:\{([^{}]*)\})?$/.exec(text);
  if (match === null) return malformed('a set of pods is pods:ns{selector}');
  const namespace = match[1] === '*' ? null : match[1];
  if (namespace !== null && !labelName.test(namespace)) return malformed('that is no namespace name');
  return { kind: 'Pods', namespace, selector: parseLabelSelector(match[2] ?? '', malformed) };
}

/** kubectl's selector text: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. */
function parseLabelSelector(text: string, malformed: Malformed): Selector {
  const parts = text.trim() === '' ? [] : text.split(/,(?![^(]*\))/);
  return { requirements: parts.map((part) => parseRequirement(part.trim(), malformed)) };
}

function parseRequirement(text: string, malformed: Malformed): SelectorRequirement {
  const key = '([A-Za-z0-9./_-]+)';
  const equality = new RegExp(`^${key}\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`).exec(text);
  if (equality !== null) {
    return { key: equality[1], operator: equality[2] === '!=' ? 'NotIn' : 'In', values: [equality[3]] };
  }
  const membership = new RegExp(`^${key}\\s+(in|notin)\\s*\\(([A-Za-z0-9._,\\s-]*)\\)$`).exec(text);
  if (membership !== null) {
    const values = [...new Set(membership[3].split(',').map((value) => value.trim()))].sort(compareText);
    return { key: membership[1], operator: membership[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const presence = new RegExp(`^(!?)\\s*${key}$`).exec(text);
  if (presence !== null)
    return { key: presence[2], operator: presence[1] === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  return malformed(`${JSON.stringify(text.slice(0, 60))} is no label requirement`);
}
