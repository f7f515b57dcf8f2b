import type { ClusterModel, Component, MasqueradeAgent } from '#model';
import { canonicalCidr } from './addresses.js';
import type { Evidence } from './evidence.js';
import { booleanFlag } from './flags.js';
import { type Settings, settingsIn } from './settings.js';

/** The agent's DaemonSet and what it reads (dataplane C.5); null where it does not run. */
export function masqueradeAgentOf(model: ClusterModel, evidence: Evidence): MasqueradeAgent | null {
  const daemon = evidence.daemons.find(({ part, by }) => part === 'ip-masq-agent' && by.ref.kind === 'DaemonSet')?.by;
  if (daemon === undefined) return null;
  const hasReserved = booleanFlag(daemon, 'nomasq-all-reserved-ranges', false);
  const isOfAzure = daemon.ref.name.startsWith('azure-');
  const sources = isOfAzure ? sourcesOfAzure(model) : sourcesNamed(model, 'ip-masq-agent', 'config');
  // Azure's agent has no defaults of its own.
  const fallback = isOfAzure ? null : hasReserved ? reservedRanges : privateRanges;
  return agentFrom(sources, fallback, booleanFlag(daemon, 'enable-ipv6', false));
}

/** The same configuration as Cilium's agent reads it, where it does the work (`enable-ip-masq-agent`). */
export function masqueradeAgentInCilium(model: ClusterModel): MasqueradeAgent {
  return agentFrom(sourcesNamed(model, 'ip-masq-agent', 'config'), reservedRanges, true);
}

interface Source {
  readonly from: Component;
  readonly settings: Settings;
}

function sourcesNamed({ components }: ClusterModel, name: string, key: string): Source[] {
  const from = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === name);
  return from === undefined ? [] : [{ from, settings: settingsIn(from, key) }];
}

/** Azure keeps what a user writes apart from what it writes itself, and its agent reads both. */
function sourcesOfAzure(model: ClusterModel): Source[] {
  return [
    ...sourcesNamed(model, 'azure-ip-masq-agent-config', 'ip-masq-agent'),
    ...sourcesNamed(model, 'azure-ip-masq-agent-config-reconciled', 'ip-masq-agent-reconciled'),
  ];
}

/** The agent stops at what it cannot read, so that nobody knows what holds then: its rules of before, or none. */
function agentFrom(sources: readonly Source[], fallback: readonly string[] | null, ipv6: boolean): MasqueradeAgent {
  const isOn = (name: string): boolean =>
    sources.some(({ settings }) => settings.kind === 'Settings' && settings.values[name] === true);
  const lists = sources.map(({ settings }) => cidrsIn(settings));
  const written = lists.flatMap((list) => (Array.isArray(list) ? list : []));
  const isSaid = lists.some((list) => Array.isArray(list));
  return {
    from: sources[0]?.from.ref ?? null,
    nonMasqueradeCidrs: lists.includes('Unreadable') ? null : isSaid ? written : fallback,
    masqueradesLinkLocal: isOn('masqLinkLocal'),
    masqueradesLinkLocalV6: isOn('masqLinkLocalIPv6'),
    ipv6,
  };
}

function cidrsIn(settings: Settings): readonly string[] | 'Absent' | 'Unreadable' {
  if (settings.kind !== 'Settings') return settings.kind;
  const listed = settings.values.nonMasqueradeCIDRs;
  if (listed === undefined || listed === null) return 'Absent';
  if (!Array.isArray(listed)) return 'Unreadable';
  const cidrs = listed.map((cidr) => canonicalCidr(String(cidr)));
  return cidrs.includes(null) ? 'Unreadable' : cidrs.flatMap((cidr) => cidr ?? []);
}

const privateRanges: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** With those that are set aside for carriers, documentation, tests and the future. */
const reservedRanges: readonly string[] = [
  ...privateRanges,
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
];
