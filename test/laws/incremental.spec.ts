import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type CompileInput,
  compileIndex,
  compileInputOf,
  type CompileState,
  decodeIndex,
  encodeIndex,
  type ReachabilityIndex,
} from '#engine';
import { adminTier, type ClusterModel, everything, type Pod, type Policy } from '#model';
import { openText } from '../corpus/open.js';
import { asManifests, randomCluster } from '../generate/random-cluster.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What an index says of every pair of pods and of every other address, without any of its numbers. */
function meaning(index: ReachabilityIndex): string[] {
  const { arrays, outcomes, sets, blocks } = index;
  const { podClass, podBlock4, podBlock6, profileFlags, classEnforcement } = arrays;
  const said = (profile: number, peerClass: number, block: number): string => {
    const outcome = index.outcome(profile, peerClass, block);
    return `${sets.get(outcomes.allowed(outcome)).join('|')} ? ${sets.get(outcomes.unknown(outcome)).join('|')} by ${sets.get(outcomes.ruled(outcome)).join('|')}`;
  };
  const addresses = ['10.0.0.64', '10.255.0.1', '192.168.0.99', '8.8.8.8'].map((text) =>
    blocks.blockOf4(text.split('.').reduce((value, part) => value * 256 + Number(part), 0)),
  );
  const lines: string[] = [];
  podClass.forEach((own, pod) => {
    if (own <= 0) return lines.push(`${pod} ${own}`);
    for (const direction of ['Ingress', 'Egress'] as const) {
      const profile = index.profileOf(direction, own);
      lines.push(`${pod} ${direction} ${profileFlags[profile]} ${classEnforcement[own]}`);
      for (const block of addresses) lines.push(said(profile, 0, block));
      podClass.forEach((peerClass, peer) => {
        if (peerClass < 0) return;
        for (const block of [podBlock4[peer], podBlock6[peer]]) {
          lines.push(block === 0xffffffff ? 'none' : said(profile, peerClass, block));
        }
      });
    }
  });
  return lines;
}

type Edit = (model: ClusterModel, n: number, other: ClusterModel) => ClusterModel;

const withPods = (model: ClusterModel, pods: readonly Pod[]): ClusterModel => ({ ...model, pods });
const withPolicies = (model: ClusterModel, policies: readonly Policy[]): ClusterModel => ({ ...model, policies });

/** Edits of all sorts; what they take from elsewhere comes from another model. */
const edits: readonly Edit[] = [
  // A pod gets the labels of another, or such as the cluster has not seen.
  (model, n, other) => {
    const donors = [...model.pods, ...other.pods];
    return withPods(
      model,
      [...model.pods].map((pod, i) =>
        i === n % model.pods.length ? { ...pod, labels: donors[n % donors.length].labels } : pod,
      ),
    );
  },
  // A pod goes.
  (model, n) =>
    withPods(
      model,
      [...model.pods].filter((_, i) => i !== n % model.pods.length || model.pods.length === 1),
    ),
  // A pod gets a twin without an address.
  (model, n) => {
    const pods = [...model.pods];
    const pod = pods[n % pods.length];
    return withPods(model, [...pods, { ...pod, name: `${pod.name}-again-${n}` }]);
  },
  // A policy goes.
  (model, n) =>
    withPolicies(
      model,
      model.policies.filter((_, i) => i !== n % model.policies.length),
    ),
  // A policy comes from elsewhere.
  (model, n, other) =>
    other.policies.length === 0
      ? model
      : withPolicies(model, [
          ...model.policies,
          { ...other.policies[n % other.policies.length], ref: { ...other.policies[0].ref, name: `new-${n}` } },
        ]),
  // A policy gets the rules of another.
  (model, n) => {
    const { policies } = model;
    if (policies.length === 0) return model;
    const { ingress, egress } = policies[(n >> 3) % policies.length];
    return withPolicies(
      model,
      policies.map((policy, i) => (i === n % policies.length ? { ...policy, ingress, egress } : policy)),
    );
  },
  // Nothing changes.
  (model) => ({ ...model }),
];

it(
  `what is compiled from the state of another compile says the same as a full compile (seed ${seed})`,
  { timeout: 300_000 },
  async () => {
    let reused = 0;
    let compiled = 0;
    const steps = fc.array(fc.tuple(fc.nat(edits.length - 1), fc.nat(1000)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(randomCluster, randomCluster, steps, async (objects, otherObjects, sequence) => {
        const cluster = await openText(asManifests(objects));
        const other = await openText(asManifests(otherObjects));
        let model = cluster.model;
        let state: CompileState | null = null;
        const compile = (): void => {
          const input: CompileInput = compileInputOf(model, cluster.dataplane);
          const before: CompileState | null = state;
          const result = compileIndex(input, undefined, before);
          state = result.state;
          compiled++;
          if (state === before) reused++;
          const full = compileIndex(input);
          expect(meaning(result.index)).toEqual(meaning(full.index));
          expect(meaning(decodeIndex(encodeIndex(result.index)))).toEqual(meaning(full.index));
        };
        compile();
        for (const [edit, n] of sequence) {
          model = edits[edit](model, n, other.model);
          compile();
        }
      }),
      { seed, numRuns: 200 },
    );
    // Were the state never used, this law would say nothing.
    expect(reused / compiled).toBeGreaterThan(0.2);
  },
);

it('what is outside is asked for again where hostNetwork pods have other addresses', async () => {
  const pod = (name: string, ip: string, hostNetwork: boolean): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a' },
    spec: { containers: [], hostNetwork },
    status: { phase: 'Running', podIP: ip },
  });
  const opened = async (agent: string): Promise<ClusterModel> => {
    const pods = [pod('server', '10.0.0.1', false), pod('agent', agent, true)];
    return (await openText(pods.map((object) => JSON.stringify(object)).join('\n'))).model;
  };
  const [before, after] = [await opened('10.255.0.1'), await opened('192.168.0.99')];
  const deny = { action: 'Deny', peers: [{ kind: 'External' }], ports: null } as const;
  const policy: Policy = {
    ref: { group: 'policy.networking.k8s.io', kind: 'ClusterNetworkPolicy', namespace: null, name: 'inside' },
    tier: adminTier,
    order: 1,
    subject: { namespaces: { kind: 'Selected', selector: everything }, pods: everything },
    directions: ['Ingress'],
    ingress: [deny],
    egress: [],
  };
  const { dataplane } = await openText(JSON.stringify(pod('server', '10.0.0.1', false)));
  let state: CompileState | null = null;
  // The rule goes and comes back, and the pods change while it is away.
  for (const model of [
    withPolicies(before, [policy]),
    withPolicies(before, []),
    withPolicies(after, []),
    withPolicies(after, [policy]),
  ]) {
    const input = compileInputOf(model, dataplane);
    const result = compileIndex(input, undefined, state);
    state = result.state;
    expect(meaning(result.index)).toEqual(meaning(compileIndex(input).index));
  }
});
