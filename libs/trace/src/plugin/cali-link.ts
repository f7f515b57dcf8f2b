import type { Pod } from '#model';
import { caliDevice } from './device-names.js';
import type { PodLink } from './plugin.js';

/** The host's end of a link that Calico made; of a pod whose name is only its template's nobody knows it. */
export function caliLink(
  prefix: string,
  { namespace, name, origin }: Pod,
): Pick<PodLink, 'hostDevice' | 'hostDeviceSource'> {
  return origin === 'Template'
    ? { hostDevice: `${prefix}…`, hostDeviceSource: 'random' }
    : { hostDevice: caliDevice(prefix, namespace, name), hostDeviceSource: 'derived' };
}
