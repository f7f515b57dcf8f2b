import type { NetworkCandidate } from '#model';
import { compareText } from '#model';
import { type Evidence, type Shown } from './evidence.js';
import { isPolicyOnly } from './identify-primary.js';
import type { NetworkPart } from './signals.js';

/** Parts that are networks or enforce policies; proxies and meta plugins are neither. */
const passedOver: ReadonlySet<NetworkPart> = new Set<NetworkPart>(['kube-proxy', 'multus', 'sriov', 'ip-masq-agent']);

/** Every part of a network that objects speak of, with its score, strongest first (dataplane A.1). */
export function listCandidates(evidence: Evidence): NetworkCandidate[] {
  const names = new Set<NetworkPart>(
    [...evidence.daemons, ...evidence.leftovers, ...evidence.configMaps, ...evidence.hints].map(({ part }) => part),
  );
  return [...names]
    .filter((part) => !passedOver.has(part))
    .map((part) => candidateOf(evidence, part))
    .sort((a, b) => b.score - a.score || compareText(a.name, b.name));
}

function candidateOf(evidence: Evidence, part: NetworkPart): NetworkCandidate {
  const of = (list: readonly Shown[]): Shown[] => list.filter((shown) => shown.part === part);
  const running = of(evidence.daemons);
  const signals = [
    ...[...running, ...of(evidence.leftovers), ...of(evidence.configMaps)].map(({ signal, score, by }) => ({
      signal,
      score,
      from: by.ref,
    })),
    ...evidence.hints.filter((hint) => hint.part === part).map(({ signal }) => ({ signal, score: 1 })),
  ];
  const isEmbedded = part === 'flannel' && evidence.isK3sFlannel && running.length === 0;
  return {
    name: part,
    score: signals.reduce((sum, { score }) => sum + score, 0) + (isEmbedded ? 3 : 0),
    state:
      running.length === 0 && !isEmbedded
        ? 'leftover'
        : isPolicyOnly(evidence, part) || part === 'kube-network-policies'
          ? 'policyOnly'
          : 'running',
    signals,
  };
}
