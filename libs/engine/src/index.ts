// The engine's public face. See docs/engine.md for the stages and the layout of the index.
export type { EnforcementView, NodeEnforcement } from './compile/enforcement-view.js';
export type {
  BackendVerdict,
  CompactVerdict,
  ConnectionsView,
  FlowExample,
  FlowVerdict,
  Gate,
  GateRule,
  Mode,
  PortQuestion,
  Reason,
  ResolvedPeer,
  ServicePortVerdict,
  Verdict,
  VerdictPart,
  VerdictQuestion,
  VerdictWord,
} from './query/verdict.js';
