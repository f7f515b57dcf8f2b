import type { Finding } from '#model';

interface Lint {
  readonly severity: Finding['severity'];
  readonly advice: string;
}

/** Every check of what policies say against what their author will have meant, with what to do about it (policy semantics 8). */
export const lintCatalogue = {
  POLICY_SELECTS_NO_PODS: {
    severity: 'warning',
    advice: 'correct the selector or the labels of the pods, or remove the policy',
  },
  POLICY_SELECTS_ONLY_HOSTNETWORK: {
    severity: 'error',
    advice: 'protect the nodes instead: policies never apply to hostNetwork pods',
  },
  PEER_SELECTS_NOTHING: {
    severity: 'warning',
    advice: 'correct the selector or the labels of the pods: the peer opens nothing',
  },
  PEER_ONLY_HOSTNETWORK: {
    severity: 'error',
    advice: 'use an ipBlock with the addresses of the nodes: selectors never match hostNetwork pods',
  },
  NS_SELECTOR_NO_NAMESPACE: {
    severity: 'warning',
    advice: 'label the namespace, or select it by kubernetes.io/metadata.name',
  },
  NS_SELECTOR_UNKNOWN_LABEL: {
    severity: 'warning',
    advice: 'spell the label as the namespaces do, or select by kubernetes.io/metadata.name, which each has',
  },
  NS_LABEL_MUTABLE: {
    severity: 'info',
    advice: 'select by kubernetes.io/metadata.name where whoever may label namespaces should not open policies',
  },
  SELECTOR_UNSATISFIABLE: { severity: 'error', advice: 'remove one of the terms that contradict each other' },
  PEER_SPLIT_SUSPECT: {
    severity: 'warning',
    advice: 'write both selectors into one list element if pods of these namespaces are meant',
  },
  NAMED_PORT_UNRESOLVED: { severity: 'warning', advice: 'name the port in the containers, or write its number' },
  NAMED_PORT_PROTOCOL_MISMATCH: {
    severity: 'error',
    advice: 'write the protocol with which the containers declare the port',
  },
  NAMED_PORT_PARTIAL: { severity: 'info', advice: 'name the port in all containers, or write its number' },
  NAMED_PORT_EXTERNAL: { severity: 'warning', advice: 'write the number: only pods have named ports' },
  PORT_IS_SERVICE_PORT: {
    severity: 'warning',
    advice: 'write the target port: policy sees the packet after the Service is translated',
  },
  PORT_NOT_EXPOSED: { severity: 'info', advice: 'correct the port, or declare it in the containers' },
  PORT_ALL_TCP_ONLY: {
    severity: 'info',
    advice: 'leave ports out if every protocol is meant, or list UDP and SCTP too',
  },
  DNS_TCP_MISSING: { severity: 'info', advice: 'allow port 53 over both UDP and TCP' },
  EGRESS_WITHOUT_DNS: {
    severity: 'warning',
    advice: 'allow egress to the DNS pods at the port at which they listen, over UDP and TCP',
  },
  EGRESS_WITHOUT_APISERVER: {
    severity: 'info',
    advice: 'allow egress to the endpoints of Service default/kubernetes where pods talk to the API server',
  },
  RULES_IGNORED_EGRESS: { severity: 'error', advice: 'list Egress in policyTypes, or remove the egress rules' },
  RULES_IGNORED_INGRESS: { severity: 'error', advice: 'list Ingress in policyTypes, or remove the ingress rules' },
  EGRESS_RULES_ISOLATE_INGRESS: {
    severity: 'warning',
    advice: 'write policyTypes: [Egress] if ingress is to stay as it is',
  },
  EMPTY_EGRESS_NOT_ISOLATING: {
    severity: 'warning',
    advice: 'write policyTypes: [Ingress, Egress] if egress is to be denied',
  },
  ALLOW_ALL_RULE: { severity: 'info', advice: 'remove the empty rule unless the direction is to be open' },
  NAME_DIRECTION_MISMATCH: {
    severity: 'warning',
    advice: 'name the policy after what it does, or make it do what its name says',
  },
  ALL_PODS_NOT_ALL_SOURCES: {
    severity: 'info',
    advice: 'leave from out, or add an ipBlock, if clients outside the cluster are to come in',
  },
  EXCEPT_OUTSIDE_CIDR: { severity: 'error', advice: 'make each except a part of its cidr' },
  EXCEPT_REOPENED: {
    severity: 'warning',
    advice: 'take the addresses out of the other peer too: an except is not a deny',
  },
  EXCEPT_COVERS_CIDR: { severity: 'error', advice: 'remove the peer, or except less' },
  CIDR_HOST_BITS: { severity: 'warning', advice: 'write the canonical form' },
  CIDR_LEADING_ZERO: { severity: 'warning', advice: 'write the canonical form' },
  CIDR_V4_MAPPED: { severity: 'warning', advice: 'write the IPv4 block as such' },
  IPBLOCK_MATCHES_PODS: {
    severity: 'warning',
    advice: 'select pods by labels: whether a block matches pods is up to the engine',
  },
  IPBLOCK_IS_SERVICE_CIDR: {
    severity: 'error',
    advice: 'select the pods behind the Services: policy never sees a cluster IP',
  },
  IPBLOCK_FAMILY_UNUSED: { severity: 'info', advice: 'remove the block: the cluster has no address of its family' },
  DUALSTACK_GAP: { severity: 'warning', advice: 'add blocks of the other family' },
  RULE_SHADOWED: { severity: 'info', advice: 'remove the rule: another one of the policy says the same or more' },
  PEER_SHADOWED: { severity: 'info', advice: 'remove the peer: another one of the rule says the same or more' },
  PORT_SHADOWED: { severity: 'info', advice: 'remove the port: another one of the rule says the same or more' },
  POLICY_REDUNDANT: {
    severity: 'info',
    advice: 'remove the policy, or keep it for the day when the others go, as a default deny is',
  },
  POLICY_DUPLICATE_SPEC: { severity: 'info', advice: 'keep one of them' },
  DUPLICATE_OBJECT: {
    severity: 'error',
    advice: 'give the objects different names: of two with one name the later replaces the earlier',
  },
  NAMESPACE_MISSING: { severity: 'warning', advice: 'add the Namespace to the input, so that its labels are known' },
  NAMESPACE_LABEL_SPOOFED: {
    severity: 'warning',
    advice: 'remove the label: the API server always writes the real name',
  },
  NAMESPACE_IMPLICIT: {
    severity: 'info',
    advice: 'write the namespace into the manifest: without it the object lands where the context points',
  },
  HALF_OPEN: { severity: 'warning', advice: 'allow the other side too, or remove the rule' },
  UNISOLATED_POD: { severity: 'info', advice: 'add a policy that selects the pods too' },
  SCTP_OR_ENDPORT_SUPPORT: {
    severity: 'info',
    advice: 'make sure that the network knows SCTP and endPort: not every one does',
  },
  CONFLICTING_ENGINES: { severity: 'info', advice: 'remove the objects, or install the engine that reads them' },
  ANP_NOT_READ: {
    severity: 'warning',
    advice: 'use NetworkPolicies, or an engine that reads admin policies: do not count on what these deny',
  },
  ANP_AMBIGUOUS_PRIORITY: { severity: 'error', advice: 'give the policies different priorities' },
  ANP_SHADOWED_RULE: { severity: 'warning', advice: 'move the rule before the one that covers it, or remove it' },
  ANP_BASELINE_SHADOWED: { severity: 'info', advice: 'remove the rules: NetworkPolicies decide for all of these pods' },
  ANP_NETWORKS_COVER_PODS: { severity: 'warning', advice: 'put an Allow or Pass for pods before the rule' },
  ANP_SUBJECT_INCLUDES_SYSTEM: { severity: 'warning', advice: 'leave kube-system and the DNS pods out of the subject' },
  ANP_DENY_INGRESS_EXTERNAL: {
    severity: 'info',
    advice: 'use a NetworkPolicy to keep clients outside the cluster away',
  },
  ANP_RANGE_EMPTY: { severity: 'error', advice: 'swap start and end' },
  ANP_UNKNOWN_PEER_FIELD: { severity: 'error', advice: 'use a peer that this version knows: the rule fails closed' },
  BANP_NAME: { severity: 'error', advice: 'name the BaselineAdminNetworkPolicy default' },
  MIXED_POLICY_API_VERSIONS: {
    severity: 'warning',
    advice: 'move to ClusterNetworkPolicy: nobody defines the order between the versions',
  },
  CALICO_TIER_MISSING: { severity: 'error', advice: 'create the Tier, or name one that exists' },
  CALICO_END_OF_TIER_DROP: {
    severity: 'warning',
    advice: 'end the tier with a Pass or Allow rule, or set its defaultAction to Pass',
  },
  CALICO_NOTSELECTOR_NAMESPACED: {
    severity: 'warning',
    advice: 'add namespaceSelector: all() if pods of other namespaces are meant',
  },
  CALICO_SELECTOR_ALL_NOT_ANY: {
    severity: 'warning',
    advice: 'leave the selector out if addresses outside the cluster are meant too',
  },
  CALICO_TYPES_DEFAULT: { severity: 'info', advice: 'write types out' },
  CALICO_MIXED_FAMILY_NETS: { severity: 'error', advice: 'write one rule for each family' },
  CALICO_ALLOW_AFTER_K8S_ISOLATION: {
    severity: 'info',
    advice: 'give the policy an order below 1000, or remove its Allow, if isolation is to hold',
  },
  CALICO_ORDER_TIE: { severity: 'warning', advice: 'give the policies different orders' },
  CILIUM_EMPTY_RULE: { severity: 'info', advice: 'remove the rule, or say whom it allows' },
  SVC_NO_BACKENDS: { severity: 'warning', advice: 'correct the selector, or look at why no pod is ready' },
  SVC_TARGETPORT_UNRESOLVED: { severity: 'warning', advice: 'name the port in the containers, or write its number' },
  SVC_BACKEND_BLOCKED: {
    severity: 'warning',
    advice: 'allow ingress to the backends at the target port from where the clients are',
  },
  SVC_PROTOCOL_MISMATCH: { severity: 'error', advice: 'write the protocol of the Service port into the policy' },
} as const satisfies Readonly<Record<string, Lint>>;

export type LintId = keyof typeof lintCatalogue;
