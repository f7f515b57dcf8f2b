import type { NetworkCandidate } from '#model';
import { compareText } from '#model';
import type { Evidence } from './evidence.js';
import type { Shown } from './shown.js';
import { isPolicyOnly } from './is-policy-only.js';
import { type NetworkPart, providers } from './signals.js';

/** Parts that are networks or enforce policies; proxies and meta plugins are neither. */
const passedOver: ReadonlySet<NetworkPart> = new Set<NetworkPart>(['kube-proxy', 'multus', 'sriov', 'ip-masq-agent']);

/** Every part of a network that objects speak of, with its score, strongest first (dataplane A.1). */
export function listCandidates(evidence: Evidence, primary: string): NetworkCandidate[] {
  const names = new Set<NetworkPart>(
    [...evidence.daemons, ...evidence.leftovers, ...evidence.configMaps, ...evidence.hints].map(({ part }) => part),
  );
  return [...names]
    .filter((part) => !passedOver.has(part))
    .map((part) => candidateOf(evidence, part, primary))
    .sort((a, b) => b.score - a.score || compareText(a.name, b.name));
}

function candidateOf(evidence: Evidence, part: NetworkPart, primary: string): NetworkCandidate {
  const of = (list: readonly Shown[]): Shown[] => list.filter((shown) => shown.part === part);
  const running = of(evidence.daemons);
  const signals = [
    ...[...running, ...of(evidence.leftovers), ...of(evidence.configMaps)].map(({ signal, score, by }) => ({
      signal,
      score,
      from: by.ref,
    })),
    ...evidence.hints
      .filter((hint) => hint.part === part)
      .map(({ signal, score, from }) => ({ signal, score, ...(from === undefined ? {} : { from }) })),
  ].sort((a, b) => b.score - a.score);
  const isPartOfCanal = primary === 'canal' && (part === 'flannel' || part === 'calico');
  const isEmbedded = part === 'flannel' && evidence.isK3sFlannel && running.length === 0;
  return {
    name: part,
    score: signals.reduce((sum, { score }) => sum + score, 0) + (isEmbedded ? 3 : 0),
    state:
      running.length === 0 && !isEmbedded && part !== primary && !isPartOfCanal
        ? 'leftover'
        : isPolicyOnly(evidence, part) || !providers.includes(part)
          ? 'policyOnly'
          : 'running',
    signals,
  };
}
