export { baseOf, canonicalCidr, cidrHolds, cidrsOverlap, familyOf, ofFamily, prefixLengthOf } from './addresses.js';
export { detectDataplane } from './detect-dataplane.js';
export { flannelLink } from './flannel/flannel-link.js';
export { antreaOverhead } from './antrea/antrea-overhead.js';
export { ciliumOverhead } from './cilium/cilium-overhead.js';
export { annotationKey } from './flannel/read-flannel.js';
export { type DataplaneOverrides, parseOverrides } from './overrides/parse-overrides.js';
export { mtuLeft } from './mtu-left.js';
export { calicoTunnelMtu, tunnelMtuOf } from './pod-mtu.js';
export { calicoNetworkOf, type Neighbourhood, nodeAddress, sameSegment } from './same-segment.js';
export { configurationFindings } from './findings/configuration-findings.js';
export { counted, found, foundFor, podRef, serviceRef } from './findings/found.js';
export { underPreset } from './under-preset.js';
export { imageVersion, versionAtLeast } from './image-version.js';
export {
  type Attachment,
  type AttachmentPlugin,
  type PodAttachment,
  readAttachments,
  readPodAttachments,
} from './secondary/read-attachments.js';
