// How packets travel: see docs/dataplane.md and the page of each network there.
export { answerTrace, routesMax } from './answer-trace.js';
export type { Delivery, Encapsulation, Hop, HopKind, Route, Trace, TracedGate, Translation, Tuple } from './trace.js';
