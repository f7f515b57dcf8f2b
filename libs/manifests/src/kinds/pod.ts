import { elements, members } from '../reading/wanted.js';
import { addressComplaint } from '../validation/address-complaint.js';
import { Decoder, type Fields } from '../validation/decoder.js';
import { isNetworkComponent } from './is-network-component.js';
import { componentPods, podAnnotations } from './kept.js';
import type { KindReader } from './kind-reader.js';
import { readPodSpec } from './pod-spec.js';
import { wantedObject, wantedPodSpec } from './wanted-object.js';

/** Pods; one without a status is a manifest that no cluster has seen yet. */
export const podReader: KindReader = {
  group: '',
  kind: 'Pod',
  versions: ['v1'],
  namespaced: true,
  annotations: podAnnotations,
  owners: true,
  // Of the many pods that run no part of the network, images and env are not looked at.
  needsWhole: (object) => isNetworkDaemon(object, new Decoder()) || isControlPlane(object, new Decoder()),
  wanted: wantedObject({
    spec: wantedPodSpec('Pod'),
    status: members({
      phase: 'All',
      podIP: 'All',
      podIPs: 'All',
      conditions: elements(members({ type: 'All', status: 'All' })),
    }),
  }),
  read(object, decoder) {
    const status = decoder.fields(object.status, 'status');
    const phase = decoder.text(status.phase, 'status.phase') || null;
    const ips = podIps(status, decoder);
    return {
      spec: readPodSpec(
        object.spec,
        'spec',
        decoder,
        isNetworkDaemon(object, decoder) || isControlPlane(object, decoder),
      ),
      status: phase === null && ips.length === 0 ? undefined : readStatus(object, phase, ips, decoder),
    };
  },
};

/**
 * Whether the pod is one of a DaemonSet that runs a part of the network: it tells what the DaemonSet would. Of such a pod
 * image, command, args and env of every container are looked at, and of every pod its deletionTimestamp and owners:
 * whoever passes over parts of a text must keep them.
 */
function isNetworkDaemon(object: Fields, decoder: Decoder): boolean {
  const { ownerReferences } = decoder.fields(object.metadata, 'metadata');
  const owners = Array.isArray(ownerReferences) ? (ownerReferences as unknown[]) : [];
  const daemonSet = owners.map((owner) => (owner ?? {}) as Fields).find(({ kind }) => kind === 'DaemonSet');
  return daemonSet !== undefined && isNetworkComponent(daemonSet.name, (object.spec as Fields | null)?.containers);
}

function readStatus(object: Fields, word: string | null, ips: readonly string[], decoder: Decoder): Fields {
  // Some old controllers wrote Completed.
  const phase =
    word === 'Completed'
      ? 'Succeeded'
      : decoder.word(word, 'status.phase', ['Running', 'Pending', 'Succeeded', 'Failed', 'Unknown']);
  return {
    conditions: [{ status: readiness(object, decoder), type: 'Ready' }],
    phase,
    podIPs: ips.map((ip) => ({ ip })),
  };
}

/** At most one address per family, from `podIPs`, else `podIP`. */
function podIps(status: Fields, decoder: Decoder): string[] {
  const single = addressComplaint(decoder, decoder.text(status.podIP, 'status.podIP') ?? '', 'status.podIP');
  const several = decoder.elements(status.podIPs, 'status.podIPs', (entry, at) =>
    addressComplaint(decoder, decoder.text(decoder.fields(entry, at).ip, `${at}.ip`) ?? '', `${at}.ip`),
  );
  const all = [...several, single].filter((ip) => ip !== '');
  const isIPv6 = (ip: string): boolean => ip.includes(':');
  return all.filter((ip, i) => all.findIndex((other) => isIPv6(other) === isIPv6(ip)) === i);
}

/** The Ready condition; a running pod of which nothing is said counts as ready, a terminating one never does. */
function readiness(object: Fields, decoder: Decoder): string {
  const metadata = decoder.fields(object.metadata, 'metadata');
  if (decoder.text(metadata.deletionTimestamp, 'metadata.deletionTimestamp')) return 'False';
  const status = decoder.fields(object.status, 'status');
  const conditions = decoder.elements(status.conditions, 'status.conditions', (entry, at) => decoder.fields(entry, at));
  const ready = conditions.find(({ type }) => type === 'Ready');
  return ready === undefined ? 'True' : (decoder.text(ready.status, 'status.conditions[Ready].status') ?? 'Unknown');
}

/** Static pods of the control plane and of the proxy are told by their names; their flags are kept. */
function isControlPlane(object: Fields, decoder: Decoder): boolean {
  const { name, namespace, ownerReferences } = decoder.fields(object.metadata, 'metadata');
  if (namespace !== 'kube-system' || typeof name !== 'string' || !componentPods.test(name)) return false;
  return !JSON.stringify(ownerReferences ?? []).includes('"DaemonSet"');
}
