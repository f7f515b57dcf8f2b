import type { ClusterModel, Component, ObjectRef } from '#model';
import { envOf } from '../flags.js';
import { specOf } from '../network-object.js';

/**
 * The object that turns Calico's eBPF dataplane on; null where none does. Felix reads its environment before its
 * FelixConfiguration, and the operator's Installation says what the operator writes there.
 */
export function calicoBpf(model: ClusterModel, daemon: Component | null): ObjectRef | null {
  const env = envOf(daemon, 'FELIX_BPFENABLED');
  if (daemon !== null && env !== null) return env.toLowerCase() === 'true' ? daemon.ref : null;
  const felix = specOf(model, 'FelixConfiguration', 'default');
  if (felix?.spec.bpfEnabled === true) return felix.ref;
  const installation = specOf(model, 'Installation', 'default');
  const network = installation?.spec.calicoNetwork as { linuxDataplane?: unknown } | null | undefined;
  return installation !== undefined && network?.linuxDataplane === 'BPF' ? installation.ref : null;
}
