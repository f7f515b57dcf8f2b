import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cluster, compactVerdict, openCluster, parseVerdictQuestion, VerdictBatch } from '#engine';
import type { Enforcement } from '#model';
import { openText } from '../corpus/open.js';
import { asManifests, randomCluster } from '../generate/random-cluster.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The cluster on nodes that enforce what they are said to. */
function enforcedAs(cluster: Cluster, word: Enforcement, first: Enforcement): Cluster {
  const { model, dataplane } = cluster;
  const perNode = model.nodes.map(({ name }) => ({
    node: name,
    primary: 'unknown',
    policyEngine: 'unknown',
    enforcement: name === 'n1' ? first : word,
  }));
  const enforcement = { value: word, provenance: 'configured' as const };
  return openCluster({ model, dataplane: { ...dataplane, enforcement, perNode } });
}

function* flowsAmong({ model }: Cluster): Iterable<Record<string, unknown>> {
  const pods = [...model.pods].map(({ namespace, name }) => `${namespace}/${name}`);
  const ends = [
    ...pods,
    ...pods.map((name) => `pod:${name}`),
    ...model.workloads.map(({ kind, namespace, name }) => `${kind.toLowerCase()}:${namespace}/${name}`),
    'ip:10.0.0.1',
    'a/none',
    'nothing',
  ];
  const rest = [
    { port: 80 },
    { port: '8080', protocol: 'UDP' },
    { port: '53', protocol: 'udp', family: 'IPv6' },
    { port: 65535, family: 'IPv4', protocol: null },
    { protocol: 'ICMP' },
    { port: '80-90' },
    { port: 0 },
    {},
  ];
  let turn = 0;
  for (const from of ends) for (const to of ends) yield { from, to, ...rest[turn++ % rest.length] };
}

function outcomeOf(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return String(error);
  }
}

it(`a batch says of each flow what is said of it alone (seed ${seed})`, { timeout: 300_000 }, async () => {
  const words = fc.constantFrom<Enforcement>('yes', 'no', 'unknown');
  const common = fc.constantFrom<Record<string, unknown>>(
    {},
    { mode: 'intended' },
    { family: 'IPv6' },
    { semantics: 'podIpInIpBlock:no' },
    { mode: 'sideways' },
  );
  await fc.assert(
    fc.asyncProperty(randomCluster, words, words, common, async (objects, word, first, settings) => {
      const cluster = enforcedAs(await openText(asManifests(objects)), word, first);
      const batch = new VerdictBatch(cluster, settings);
      for (const flow of flowsAmong(cluster)) {
        const alone = outcomeOf(() => compactVerdict(cluster, parseVerdictQuestion({ ...settings, ...flow })));
        expect(
          outcomeOf(() => batch.answer(flow)),
          JSON.stringify(flow),
        ).toEqual(alone);
      }
    }),
    { seed, numRuns: 150 },
  );
});
