export type { Address, AddressRange, Family } from './address.js';
export { compareAddresses, formatAddress, parseAddress, parseCidr, rangeContains } from './address.js';
export { canonicalText } from './canonical-text.js';
export type {
  BackendSlice,
  ClusterModel,
  Component,
  ComponentContainer,
  ContainerKind,
  ContainerPort,
  Namespace,
  NetworkObject,
  Node,
  NodeCondition,
  Pod,
  Service,
  ServicePort,
  Workload,
  WorkloadRef,
} from './cluster-model.js';
export type {
  Assumption,
  ConfiguredController,
  Dataplane,
  Enforcement,
  NetworkCandidate,
  NodeDataplane,
  Provenance,
  Sourced,
} from './dataplane.js';
export type { Diagnostic } from './diagnostic.js';
export { enginesWithoutAdminPolicies } from './engines-without-admin-policies.js';
export type { Entry, EntryBackend, EntryBackendPort, EntryKind, EntryPort, EntryRefusal } from './entry.js';
export { entryKinds } from './entry.js';
export type { Finding } from './finding.js';
export { compareFindings } from './finding.js';
export type { JoinedSelectors, LabelRequirement, Labels, Selector, SelectorRequirement } from './labels.js';
export { everything, labelRequirements, selectorMatches, shownLabels } from './labels.js';
export type { ObjectEdit } from './object-edit.js';
export { editsBetween } from './object-edit.js';
export type {
  AntreaNetwork,
  AwsNetwork,
  CalicoNetwork,
  CalicoPool,
  CiliumNetwork,
  FlannelBackend,
  FlannelConfig,
  FlannelNetwork,
  FlannelProblem,
  KindnetNetwork,
  KubeRouterNetwork,
  MasqueradeAgent,
  Network,
  NetworkBackend,
  NetworkCapacity,
  NodeSubnet,
  OvnNetwork,
  ProxyNetwork,
  WeaveNetwork,
} from './network.js';
export type { ObjectRef } from './object-ref.js';
export { compareObjectRefs, compareText, formatObjectRef } from './object-ref.js';
export type { PeerExpression } from './peer/peer-expression.js';
export { parsePeer } from './peer/parse-peer.js';
export {
  noNode,
  noOwner,
  type PodColumns,
  type PodOwners,
  patchPodColumns,
  podColumnsOf,
  podFlags,
  podPhases,
} from './pods/pod-columns.js';
export { hashBasis, hashedOnce, hashOfName } from './pods/hash-of-name.js';
export type { PodSequence } from './pods/pod-sequence.js';
export type {
  Action,
  Direction,
  NamespaceScope,
  NotUnderstood,
  PeerStatement,
  PodSelection,
  Policy,
  PolicyRule,
  PortProtocol,
  PortSpan,
  RulePeer,
  RulePlace,
  RulePort,
  SecondaryPolicy,
  Tier,
} from './policy.js';
export { adminTier, baselineTier, isIsolating, networkPolicyTier, peerStatements } from './policy.js';
export type { Knob, PolicySemantics, SemanticsPreset } from './policy-semantics.js';
export { defaultSemantics, knobs, knobWords, presetEngines, semanticsPresets } from './policy-semantics.js';
export type { Progress } from './progress.js';
export type { QuestionErrorCode } from './question-error.js';
export { QuestionError } from './question-error.js';
export type { SnapshotInfo } from './snapshot-info.js';
export { noSnapshotInfo } from './snapshot-info.js';
export type { StoredObject } from './stored-object.js';
export { normaliserVersion } from './stored-object.js';
