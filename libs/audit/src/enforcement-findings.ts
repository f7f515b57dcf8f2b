import { counted, found } from '#dataplane';
import type { Cluster } from '#engine';
import type { Finding, ObjectRef } from '#model';
import type { Audited } from './audited.js';
import { selectedPods } from './selected-pods.js';

/** Whether policies are enforced where they are meant to hold (POL-001 to POL-004, POL-010, POL-011). */
export function enforcementFindings({ cluster }: Audited): Finding[] {
  const { model, dataplane } = cluster;
  const { enforcement, policyEngine, primary } = dataplane;
  const refs = model.policies.map(({ ref }) => ref);
  const policies = counted(refs.length, 'policy').replace('policys', 'policies');
  const evidence = { primary: primary.value, policyEngine: policyEngine.value };
  if (refs.length > 0 && enforcement.value === 'no') {
    return [
      found('POL-001', `${policies} and nothing that enforces them: every pod is reachable`, refs, { evidence }),
      ...foreignKinds(cluster),
    ];
  }
  if (refs.length > 0 && enforcement.value === 'unknown') {
    return [
      found('POL-002', `nothing shows whether ${policies} are enforced`, refs, { evidence }),
      ...foreignKinds(cluster),
    ];
  }
  return [...gaps(cluster), ...openNamespaces(cluster), ...foreignKinds(cluster)];
}

/** Nodes without a ready engine that run pods which policies select. */
function gaps(cluster: Cluster): Finding[] {
  const lacking = new Set(
    cluster.dataplane.perNode.filter(({ enforcement }) => enforcement === 'partial').map(({ node }) => node),
  );
  if (lacking.size === 0) return [];
  const concerned = new Set<string>();
  for (const { subject } of cluster.model.policies) {
    for (const {
      pod: { node, hostNetwork },
    } of selectedPods(cluster, subject))
      if (node !== null && !hostNetwork && lacking.has(node)) concerned.add(node);
  }
  if (concerned.size === 0) return [];
  const nodes = [...concerned].map((name): ObjectRef => ({ group: '', kind: 'Node', namespace: null, name }));
  return [
    found(
      'POL-003',
      `${counted(concerned.size, 'node')} runs pods that policies select, and no ready ${cluster.dataplane.policyEngine.value}`,
      nodes,
    ),
  ];
}

function openNamespaces({ model, dataplane }: Cluster): Finding[] {
  if (dataplane.enforcement.value !== 'yes' && dataplane.enforcement.value !== 'partial') return [];
  const covered = new Set<string | null>(model.policies.map(({ ref }) => ref.namespace));
  if (model.policies.some(({ subject }) => subject.namespaces.kind === 'Selected')) return [];
  const used = new Set([...model.pods].filter(({ hostNetwork }) => !hostNetwork).map(({ namespace }) => namespace));
  const open = model.namespaces.filter(({ name }) => used.has(name) && !covered.has(name));
  if (open.length === 0) return [];
  const refs = open.map(({ name }): ObjectRef => ({ group: '', kind: 'Namespace', namespace: null, name }));
  return [found('POL-004', `${counted(open.length, 'namespace')} without a policy: everything there is open`, refs)];
}

/** Objects of Calico where Calico does not act on them, or where only staged ones are there. */
function foreignKinds({ model, dataplane }: Cluster): Finding[] {
  const all = [...model.policies.map(({ ref }) => ref), ...model.notUnderstood.map(({ ref }) => ref)];
  const calico = all.filter(({ group, kind }) => group === 'projectcalico.org' && kind.endsWith('Policy'));
  const staged = calico.filter(({ kind }) => kind.startsWith('Staged'));
  const live = calico.filter(({ kind }) => !kind.startsWith('Staged'));
  const engine = dataplane.policyEngine.value;
  const uncollected = model.info.notCollected.filter(({ kind }) =>
    /calico|globalnetworkpol|stagednetworkpol|tiers?\b/i.test(kind),
  );
  return [
    ...(live.length > 0 && engine !== 'calico' && engine !== 'unknown'
      ? [
          found(
            'POL-011',
            `${counted(live.length, 'object')} of Calico's policy kinds, which ${engine === 'none' ? 'nothing here' : engine} does not read`,
            live,
          ),
        ]
      : []),
    ...(staged.length > 0 && live.length === 0
      ? [found('POL-010', 'Calico’s policies are all staged: none is enforced', staged)]
      : []),
    ...(engine === 'calico' && uncollected.length > 0
      ? [
          found(
            'POL-010',
            `Calico's ${uncollected.map(({ kind }) => kind).join(', ')} could not be collected: verdicts are incomplete`,
            [],
          ),
        ]
      : []),
  ];
}
