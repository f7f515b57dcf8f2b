// Bytes to the objects of a snapshot, and these to a ClusterModel.
export { type BuiltModel, buildModel } from './model/build-model.js';
export {
  parseCalicoSelector,
  type ParsedSelector,
  selectorLengthMax,
} from './calico-selector/parse-calico-selector.js';
export { modelSelectorOf } from './calico-selector/model-selector.js';
export { underEngine } from './model/under-engine.js';
export { ManifestError, type ManifestErrorClass, type ManifestErrorCode } from './manifest-error.js';
export { packedModelVersion, packModel } from './packed/pack-model.js';
export { PackedModel } from './packed/packed-model.js';
export { isInstant } from './kinds/snapshot-info.js';
export { contentHash, readManifests, type ReadOptions, type ReadResult, type Strictness } from './read-manifests.js';
export { defaultReadLimits, type ReadLimits } from './read-limits.js';
export { acceptedMediaTypes } from './reading/read-objects.js';
export type { Complaint, ComplaintReason } from './validation/complaint.js';
export { remarkCodes } from './validation/remark.js';
export { type NetworkPolicyValidation, validateNetworkPolicy } from './validation/validate-network-policy.js';
