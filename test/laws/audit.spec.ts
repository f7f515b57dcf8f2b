import fc from 'fast-check';
import { expect, it } from 'vitest';
import { auditCluster } from '#audit';
import { compileIndex, compileInputOf, openCluster, type ReachabilityIndex, sparePolicies } from '#engine';
import { compareFindings, type Policy } from '#model';
import { PackedModel, packModel } from '#manifests';
import { openText } from '../corpus/open.js';
import { asManifests, outsideAddresses, randomCluster } from '../generate/random-cluster.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Math.ceil(Number(process.env.CANREACH_RUNS ?? 2000) / 4);

/** What an index answers for every pod, both ways, to every pod, node and some addresses; not where it comes from. */
function answers(index: ReachabilityIndex, addresses: readonly number[]): string {
  const { arrays, outcomes, sets, blocks } = index;
  const { podClass, podBlock4, podBlock6, nodeBlock4 } = arrays;
  const said = (profile: number, peerClass: number, block: number): string => {
    const outcome = index.outcome(profile, peerClass, block);
    return [outcomes.allowed(outcome), outcomes.unknown(outcome)].map((set) => sets.get(set).join('|')).join('?');
  };
  const lines: string[] = [];
  podClass.forEach((own) => {
    if (own <= 0) return;
    for (const direction of ['Ingress', 'Egress'] as const) {
      const profile = index.profileOf(direction, own);
      for (const block of nodeBlock4) if (block !== 0xffffffff) lines.push(said(profile, 0, block));
      for (const value of addresses) lines.push(said(profile, 0, blocks.blockOf4(value)));
      podClass.forEach((peerClass, peer) => {
        if (peerClass < 0) return;
        for (const block of [podBlock4[peer], podBlock6[peer]])
          if (block !== 0xffffffff) lines.push(said(profile, peerClass, block));
      });
    }
  });
  return lines.join('\n');
}

const addresses = outsideAddresses
  .filter((text) => !text.includes(':'))
  .map((text) => text.split('.').reduce((value, part) => value * 256 + Number(part), 0));

it('calls a policy redundant only where no verdict changes without it', { timeout: 300_000 }, async () => {
  let spare = 0;
  await fc.assert(
    fc.asyncProperty(randomCluster, async (objects) => {
      const { model, dataplane } = await openText(asManifests(objects));
      const whole = answers(compileIndex(compileInputOf(model, dataplane)).index, addresses);
      const without = (policy: Policy): string => {
        const policies = model.policies.filter((one) => one !== policy);
        return answers(compileIndex(compileInputOf({ ...model, policies }, dataplane)).index, addresses);
      };
      for (const policy of sparePolicies(compileInputOf(model, dataplane))) {
        spare++;
        expect(without(policy), `without ${policy.ref.name}`).toBe(whole);
      }
    }),
    { seed, numRuns },
  );
  expect(spare).toBeGreaterThan(0);
});

it('finds the same in a model as it lies in the store, in a stated order', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(randomCluster, async (objects) => {
      const cluster = await openText(asManifests(objects));
      const findings = auditCluster(cluster);
      const packed = new PackedModel(packModel(cluster.model));
      expect(auditCluster(openCluster({ model: packed, dataplane: cluster.dataplane }))).toEqual(findings);
      expect(findings).toEqual([...findings].sort(compareFindings));
    }),
    { seed, numRuns },
  );
});
