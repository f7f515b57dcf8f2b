import type { ClusterModel, ObjectRef } from '#model';
import { type Settings, settingsIn } from './settings.js';

/** kube-proxy's configuration: kubeadm's ConfigMap has it under `config.conf`, that of EKS under `config`. */
export function kubeProxyConfig({ components }: ClusterModel): { from: ObjectRef | null; settings: Settings } {
  for (const [name, key] of [
    ['kube-proxy', 'config.conf'],
    ['kube-proxy-config', 'config'],
  ] as const) {
    const maps = components.filter(({ ref, data }) => ref.kind === 'ConfigMap' && ref.name === name && key in data);
    const map = maps.find(({ ref }) => ref.namespace === 'kube-system') ?? maps[0];
    if (map !== undefined) return { from: map.ref, settings: settingsIn(map, key) };
  }
  return { from: null, settings: { kind: 'Absent' } };
}
