// The engine's public face. See docs/engine.md for the stages and the layout of the index.
export { type BlockedBackend, blockedBackends } from './entries/blocked-backends.js';
export { type ControllerDoor, doorsOf } from './entries/controller-doors.js';
export { controllerSources } from './entries/controller-sources.js';
export { backendsOf } from './entries/entry-backends.js';
export { standInAddress } from './entries/stand-ins.js';
export { controllerOf, type EntryController } from './entries/entry-controller.js';
export { portText } from './entries/entry-verdict.js';
export { compileIndex, type CompiledIndex } from './compile/compile-index.js';
export { CompileState } from './compile/compile-state.js';
export type { StageTiming } from './compile/stage-timing.js';
export { type CompileInput, engineVersion } from './compile/compile-input.js';
export { type EnforcementView, enforcementView, type NodeEnforcement } from './compile/enforcement-view.js';
export { indexInput } from './compile/index-input.js';
export { decodeIndex, encodeIndex, type ReachabilityIndex } from './compile/reachability-index.js';
export { sparePolicies } from './compile/spare-policies.js';
export { SelectorIndex } from './compile/selector-index.js';
export { isolatedFlag, notUnderstoodFlag } from './compile/reachability-index.js';
export { noAddress } from './compile/address-blocks.js';
export { outsideClass } from './compile/pod-classes.js';
export { ruleConnections, namedPortsOf } from './compile/rule-connections.js';
export type { ConnectionSetId } from './sets/connection-sets.js';
export { type Runs, intersectionOfRuns, unionOfRuns, differenceOfRuns } from './sets/runs.js';
export { answerVerdict, compactVerdict } from './query/answer-verdict.js';
export { type ConsideredCode, consideredCodes } from './query/considered-code.js';
export { type Cluster, compileInputOf, openCluster } from './query/cluster.js';
export { type FlowToJudge, type JudgedGate, judgeFlow } from './query/judge-flow.js';
export type { Asked } from './query/judge-pair.js';
export { commonFamilies, type Party, partyOfAddress, roleOf } from './query/party.js';
export { parseSemantics, parseVerdictQuestion } from './query/parse-question.js';
export { portOfNode } from './query/port-of-node.js';
export { presetOf } from './query/preset-of.js';
export { type SaidSemantics, splitSemantics } from './query/split-semantics.js';
export { type Reason, reasons } from './query/reason.js';
export { type Resolved, resolvePeer } from './query/resolve-peer.js';
export {
  type AskedServicePort,
  askedServicePorts,
  type Backend,
  backendsFrom,
  backendsFromOutside,
  readyFirst,
} from './query/resolve-service.js';
export type {
  BackendVerdict,
  CompactVerdict,
  ConnectionsView,
  ConsideredPolicy,
  EntryBackendVerdict,
  EntryVerdict,
  FlowExample,
  FlowVerdict,
  Gate,
  GateRule,
  Mode,
  PortQuestion,
  Protocol,
  ResolvedPeer,
  ServicePortVerdict,
  Verdict,
  VerdictPart,
  VerdictQuestion,
  VerdictWord,
} from './query/verdict.js';
export { askThePair, PodJudge } from './query/pod-judge.js';
export { VerdictBatch } from './query/verdict-batch.js';
export { directionsOf, partsByRef, ruleCountOf } from './query/policy-parts.js';
export { podsSelectedBy, policiesSelecting, policyRefOf, type SelectingPolicy } from './query/who-selects-whom.js';
export { connectivityAssumptions } from './connectivity/assumptions.js';
export { prepareConnectivity } from './connectivity/prepare-connectivity.js';
export { bidirectional, type MutualPair, unreached, unreaching } from './connectivity/readings.js';
export type {
  ConnectivityEnd,
  ConnectivityLevel,
  ConnectivityQuestion,
  ConnectivityRow,
} from './connectivity/connectivity.js';
export { ConnectivityWalk, type WalkedRow } from './connectivity/connectivity-walk.js';
export {
  connectivityLevels,
  type Includable,
  parseConnectivityQuestion,
} from './connectivity/parse-connectivity-question.js';
export {
  type Cause,
  type ChangeWord,
  changeWords,
  type ConnectivityChange,
  type DiffQuestion,
  type DiffSummary,
} from './diff/diff.js';
export { DiffWalk, noChanges, summaryOf, type WalkedChange } from './diff/diff-walk.js';
export type { Counted } from './connectivity/row-count.js';
export type { ExposureItem, ExposureWay } from './exposure/exposure.js';
export { type Exposure, findExposure } from './exposure/find-exposure.js';
