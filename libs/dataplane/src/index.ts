export {
  baseOf,
  canonicalCidr,
  cidrHolds,
  cidrsOverlap,
  familyOf,
  ofFamily,
  prefixLengthOf,
} from './addresses.js';
export { detectDataplane } from './detect-dataplane.js';
export { flannelLink } from './flannel/flannel-link.js';
export { annotationKey } from './flannel/read-flannel.js';
export { type DataplaneOverrides, parseOverrides } from './overrides/parse-overrides.js';
export { calicoTunnelMtu, tunnelMtuOf } from './pod-mtu.js';
export { calicoNetworkOf, type Neighbourhood, nodeAddress, sameSegment } from './same-segment.js';
