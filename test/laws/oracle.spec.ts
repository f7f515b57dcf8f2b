import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerVerdict, type Cluster, compactVerdict, parseVerdictQuestion } from '#engine';
import { openText } from '../corpus/open.js';
import { askedPorts, asManifests, outsideAddresses, randomCluster } from '../generate/random-cluster.js';
import type { RawObject } from '../oracle/objects.js';
import { defaultKnobs, type End, type Knobs, Oracle, otherWords } from '../oracle/oracle.js';

/** Seed of this run; CANREACH_SEED repeats one. */
const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.CANREACH_RUNS ?? 2000);

const letters: Readonly<Record<string, string>> = {
  allowed: 'A',
  denied: 'D',
  notApplicable: 'N',
  unknown: 'U',
  mixed: 'M',
};

interface Flow {
  readonly source: End;
  readonly destination: End;
  readonly protocol: string;
  readonly port: number | null;
  readonly family: 'IPv4' | 'IPv6';
}

/** Every pair of ends that differ, in every protocol and family; ports in turn, so that all are asked in a few runs. */
function* flowsOf(oracle: Oracle): Iterable<Flow> {
  const ends = [...oracle.ends(), ...outsideAddresses.map((text) => oracle.addressEnd(text))];
  let turn = 0;
  for (const source of ends) {
    for (const destination of ends) {
      for (const family of ['IPv4', 'IPv6'] as const) {
        for (const protocol of ['TCP', 'UDP', 'ICMP', 'SCTP']) {
          const ports =
            protocol === 'ICMP'
              ? [null]
              : protocol === 'TCP'
                ? [80, 8080, askedPorts[turn++ % askedPorts.length]]
                : [53, askedPorts[turn++ % askedPorts.length]];
          for (const port of ports) yield { source, destination, protocol, port, family };
        }
      }
    }
  }
}

function ask(cluster: Cluster, { source, destination, protocol, port, family }: Flow, semantics?: Knobs): string {
  const question = parseVerdictQuestion({ from: source.text, to: destination.text, protocol, port, family, semantics });
  return letters[compactVerdict(cluster, question).verdict];
}

const show = ({ source, destination, protocol, port, family }: Flow): string =>
  `${source.text} -> ${destination.text} ${protocol}/${port} ${family}`;

async function compare(
  objects: readonly RawObject[],
  check: (cluster: Cluster, oracle: Oracle) => void,
): Promise<void> {
  check(await openText(asManifests(objects)), new Oracle(objects));
}

it(
  `engine and oracle agree on every flow of ${runs} random clusters (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, (objects) =>
        compare(objects, (cluster, oracle) => {
          for (const flow of flowsOf(oracle)) {
            const wanted = oracle.verdict(
              flow.source,
              flow.destination,
              flow.protocol,
              flow.port,
              flow.family === 'IPv6',
              defaultKnobs,
            );
            const found = ask(cluster, flow);
            if (found !== wanted) expect.fail(`${show(flow)}: the engine says ${found}, the oracle ${wanted}`);
          }
        }),
      ),
      { seed, numRuns: runs },
    );
  },
);

it(`replay under random knobs agrees with the oracle (seed ${seed})`, { timeout: 600_000 }, async () => {
  const knobs = fc.record(
    Object.fromEntries(Object.entries(otherWords).map(([knob, words]) => [knob, fc.constantFrom(...words)])),
  ) as unknown as fc.Arbitrary<Knobs>;
  await fc.assert(
    fc.asyncProperty(randomCluster, knobs, (objects, words) =>
      compare(objects, (cluster, oracle) => {
        let turn = 0;
        for (const flow of flowsOf(oracle)) {
          if (turn++ % 5 !== 0) continue;
          const wanted = oracle.verdict(
            flow.source,
            flow.destination,
            flow.protocol,
            flow.port,
            flow.family === 'IPv6',
            words,
          );
          const found = ask(cluster, flow, words);
          if (found !== wanted)
            expect.fail(`${show(flow)} under ${JSON.stringify(words)}: the engine says ${found}, the oracle ${wanted}`);
        }
      }),
    ),
    { seed, numRuns: Math.ceil(runs / 10) },
  );
});

it(`the index compiled under random knobs agrees with the oracle (seed ${seed})`, { timeout: 600_000 }, async () => {
  const knobs = fc.record(
    Object.fromEntries(Object.entries(otherWords).map(([knob, words]) => [knob, fc.constantFrom(...words)])),
  ) as unknown as fc.Arbitrary<Knobs>;
  await fc.assert(
    fc.asyncProperty(randomCluster, knobs, async (objects, words) => {
      const info = JSON.stringify({ apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', semantics: words });
      const cluster = await openText(`${info}\n${asManifests(objects)}`);
      const oracle = new Oracle(objects);
      for (const flow of flowsOf(oracle)) {
        const wanted = oracle.verdict(
          flow.source,
          flow.destination,
          flow.protocol,
          flow.port,
          flow.family === 'IPv6',
          words,
        );
        const found = ask(cluster, flow);
        if (found !== wanted)
          expect.fail(`${show(flow)} under ${JSON.stringify(words)}: the engine says ${found}, the oracle ${wanted}`);
      }
    }),
    { seed, numRuns: Math.ceil(runs / 10) },
  );
});

it(
  `the full form says the same as the compact one, with the knobs that the oracle finds (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, (objects) =>
        compare(objects, (cluster, oracle) => {
          let turn = 0;
          for (const flow of flowsOf(oracle)) {
            if (turn++ % 17 !== 0) continue;
            const { source, destination, protocol, port, family } = flow;
            const question = parseVerdictQuestion({ from: source.text, to: destination.text, protocol, port, family });
            const full = answerVerdict(cluster, question);
            expect({ verdict: full.verdict, reason: full.reason }, show(flow)).toEqual(
              compactVerdict(cluster, question),
            );
            const knobsMatter = oracle.isImplementationDefined(source, destination, protocol, port, family === 'IPv6');
            expect(full.implementationDefined.length > 0, `${show(flow)} is implementation-defined`).toBe(knobsMatter);
          }
        }),
      ),
      { seed, numRuns: Math.ceil(runs / 10) },
    );
  },
);

it(`Services are answered backend by backend as the oracle does (seed ${seed})`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(randomCluster, (objects) =>
      compare(objects, (cluster, oracle) => {
        const sources = oracle.ends().filter(({ live }) => live);
        for (const service of oracle.services()) {
          const { name, namespace } = service.metadata;
          const [port] = service.spec.ports;
          const backends = oracle.backends(service, port);
          for (const [i, source] of sources.entries()) {
            const family = i % 2 === 0 ? 'IPv4' : 'IPv6';
            const question = parseVerdictQuestion({
              from: source.text,
              to: `service:${namespace}/${name}`,
              port: port.port,
              family,
            });
            const answer = answerVerdict(cluster, question);
            const found = (answer.backends ?? []).map(
              ({ backend, port: target, verdict }) => `${backend}:${target}=${letters[verdict]}`,
            );
            const wanted = backends.map(
              ({ end, port: target, isReached }) =>
                `${end.text}:${target}=${isReached(family === 'IPv6') ? oracle.verdict(source, end, 'TCP', target, family === 'IPv6', defaultKnobs, true) : 'N'}`,
            );
            expect(found.sort(), `${source.text} -> ${namespace}/${name}`).toEqual(wanted.sort());
          }
        }
      }),
    ),
    { seed, numRuns: Math.ceil(runs / 4) },
  );
});
