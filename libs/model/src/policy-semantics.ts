/**
 * The choices that upstream leaves to the implementation, each with the word chosen (policy semantics 6.2). Knobs never
 * touch the Admin and Baseline tiers, except `initContainerPorts`.
 */
export interface PolicySemantics {
  /** Whether a NetworkPolicy ipBlock matches pod addresses. */
  readonly podIpInIpBlock: 'yes' | 'no';
  /** What a hostNetwork pod is to a NetworkPolicy: its node, or a pod like any other. */
  readonly hostNetworkAs: 'node' | 'pod';
  /** Whether an isolated pod may still open connections to its own node. */
  readonly podToOwnNode: 'allow' | 'policy';
  /** What an isolated direction does with ICMP and other protocols without ports. */
  readonly otherProtocols: 'byRule' | 'unfiltered' | 'denied';
  /** Whether named ports of plain init containers count. */
  readonly initContainerPorts: 'sidecarOnly' | 'all';
  /** Whether a pod that reaches itself through a Service is subject to NetworkPolicy. */
  readonly hairpin: 'exempt' | 'subject';
}

export type Knob = keyof PolicySemantics;

/** Every knob with its words, the default first; in the order in which they are reported. */
export const knobWords = {
  podIpInIpBlock: ['yes', 'no'],
  hostNetworkAs: ['node', 'pod'],
  podToOwnNode: ['allow', 'policy'],
  otherProtocols: ['byRule', 'unfiltered', 'denied'],
  initContainerPorts: ['sidecarOnly', 'all'],
  hairpin: ['exempt', 'subject'],
} as const satisfies { readonly [K in Knob]: readonly PolicySemantics[K][] };

export const knobs = Object.keys(knobWords) as readonly Knob[];

export const defaultSemantics: PolicySemantics = {
  podIpInIpBlock: 'yes',
  hostNetworkAs: 'node',
  podToOwnNode: 'allow',
  otherProtocols: 'byRule',
  initContainerPorts: 'sidecarOnly',
  hairpin: 'exempt',
};

/** How engines are known to choose; `k8s` is the default of every knob. */
export const semanticsPresets = {
  k8s: defaultSemantics,
  calico: { ...defaultSemantics, podToOwnNode: 'policy', initContainerPorts: 'all' },
  cilium: { ...defaultSemantics, podIpInIpBlock: 'no', podToOwnNode: 'policy' },
} as const satisfies Record<string, PolicySemantics>;

export type SemanticsPreset = keyof typeof semanticsPresets;

/** Whose policies decide under a preset; under `k8s` an engine that reads Kubernetes' own kinds and no others. */
export const presetEngines = {
  k8s: 'kube-network-policies',
  calico: 'calico',
  cilium: 'cilium',
} as const satisfies Record<SemanticsPreset, string>;
