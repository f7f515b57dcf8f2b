import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerVerdict, compactVerdict, parseVerdictQuestion } from '#engine';
import { openObjects } from '../corpus/open.js';
import type { KubernetesObject } from '../corpus/worlds.js';
import {
  type CalicoEntity,
  type CalicoRule,
  type CalicoService,
  type CalicoWorld,
  calicoWorld,
} from '../generate/random-calico.js';
import { calicoAccounts, calicoNamespaces, calicoNodes, CalicoOracle, calicoPods } from '../oracle/calico-oracle.js';

/** Seed of this run; CANREACH_SEED repeats one. */
const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.CANREACH_RUNS ?? 2000);

/** Each pair is asked about a third of these, in turn. */
const asked = [
  ['TCP', 80],
  ['TCP', 81],
  ['TCP', 443],
  ['UDP', 53],
  ['UDP', 81],
  ['ICMP', 0],
] as const;
const outside = ['203.0.113.7', '8.8.8.8', '192.168.0.1', '192.168.0.2'];

it(
  `engine and a literal reading of Calico agree on ${Math.ceil(runs / 8)} random clusters (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(calicoWorld, async (world) => {
        const cluster = await openObjects(manifestsOf(world));
        const oracle = new CalicoOracle(world);
        let turn = 0;
        for (const source of [...calicoPods.map(({ ip }) => ip), ...outside]) {
          for (const destination of [...calicoPods.map(({ ip }) => ip), ...outside]) {
            turn++;
            for (const [protocol, port] of asked.filter((_, i) => (i + turn) % 3 === 0)) {
              const sourcePort = protocol === 'ICMP' ? null : turn % 2 === 0 ? 1024 : 1550;
              const flow = { source, destination, protocol, port, sourcePort };
              const question = parseVerdictQuestion({
                from: `ip:${source}`,
                to: `ip:${destination}`,
                protocol,
                port: protocol === 'ICMP' ? undefined : port,
                sourcePort: sourcePort ?? undefined,
              });
              const found = compactVerdict(cluster, question);
              const anyPort = compactVerdict(cluster, { ...question, sourcePort: null });
              const isSettled = anyPort.verdict !== 'unknown' || anyPort.reason !== 'RULE_UNDECIDABLE';
              if (isSettled && found.verdict !== anyPort.verdict)
                expect.fail(`${JSON.stringify(flow)}: ${found.verdict}, but ${anyPort.verdict} from any port`);
              // Where only the name of a port is in doubt, "unknown" is no contradiction.
              if (world.sets.length > 0 && found.verdict === 'unknown' && found.reason === 'RULE_UNDECIDABLE') continue;
              const wanted = oracle.allows(flow) ? 'allowed' : 'denied';
              if (found.verdict !== wanted)
                expect.fail(
                  `${JSON.stringify(flow)}: the engine says ${found.verdict}, the reading ${wanted}\n${manifestsOf(
                    world,
                  )
                    .map((object) => JSON.stringify(object))
                    .join('\n')}`,
                );
              if (turn % 29 === 0) {
                const { verdict, reason } = answerVerdict(cluster, question);
                expect({ verdict, reason }, 'the full form says the same').toEqual(found);
              }
            }
          }
        }
      }),
      { seed, numRuns: Math.ceil(runs / 8) },
    );
  },
);

function manifestsOf({ tiers, policies, sets, services, kubernetes }: CalicoWorld): KubernetesObject[] {
  const calico = (
    kind: string,
    name: string,
    namespace: string | null,
    spec: unknown,
    labels?: unknown,
  ): KubernetesObject => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name, namespace: namespace ?? undefined, labels },
    spec,
  });
  return [
    { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', dataplane: { policyEngine: 'calico', enforcement: 'yes' } },
    ...Object.entries(calicoNamespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...Object.entries(calicoAccounts).map(([account, labels]) => {
      const [namespace, name] = account.split('/');
      return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name, labels } };
    }),
    ...services.flatMap(servicesOf),
    ...Object.entries(calicoNodes).map(([name, address]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      status: { addresses: [{ type: 'InternalIP', address }] },
    })),
    ...calicoPods.map(({ namespace, name, labels, ip, node, account, ports }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: {
        nodeName: node,
        serviceAccountName: account,
        containers: [
          {
            name: 'c',
            ports: Object.entries(ports).map(([port, [protocol, containerPort]]) => ({
              name: port,
              protocol,
              containerPort,
            })),
          },
        ],
      },
      status: { phase: 'Running', podIPs: [{ ip }] },
    })),
    ...tiers.map(({ name, order, defaultAction }) => calico('Tier', name, null, { order, defaultAction })),
    ...policies.map(({ name, namespace, tier, order, selector, types, ingress, egress, ...more }) =>
      calico(namespace === null ? 'GlobalNetworkPolicy' : 'NetworkPolicy', name, namespace, {
        tier,
        order,
        selector: selector.text,
        namespaceSelector: namespace === null ? more.namespaceSelector?.text : undefined,
        serviceAccountSelector: more.serviceAccountSelector?.text,
        types,
        ingress: ingress.map(ruleOf),
        egress: egress.map(ruleOf),
      }),
    ),
    ...sets.map(({ name, namespace, labels, nets }) =>
      calico(namespace === null ? 'GlobalNetworkSet' : 'NetworkSet', name, namespace, { nets }, labels),
    ),
    ...kubernetes.map(({ name, namespace, from, port }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec: {
        podSelector: {},
        ingress: [
          {
            ports: [{ port }],
            from:
              from === null ? [] : [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': from } } }],
          },
        ],
      },
    })),
  ];
}

function servicesOf({ namespace, name, slices }: CalicoService): KubernetesObject[] {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports: [{ port: 1 }] } };
  return [
    service,
    ...slices.map(({ addresses, ports }, i) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      metadata: { name: `${name}-${i}`, namespace, labels: { 'kubernetes.io/service-name': name } },
      endpoints: addresses.length === 0 ? [] : [{ addresses, conditions: { ready: true } }],
      ports: ports.map(({ protocol, port }) => ({ name: `p${protocol.toLowerCase()}${port}`, protocol, port })),
    })),
  ];
}

function ruleOf({ action, protocol, notProtocol, source, destination }: CalicoRule): unknown {
  return { action, protocol, notProtocol, source: entityOf(source), destination: entityOf(destination) };
}

function entityOf({ selector, notSelector, namespaceSelector, serviceAccounts, ...rest }: CalicoEntity): unknown {
  return {
    ...rest,
    selector: selector?.text,
    notSelector: notSelector?.text,
    namespaceSelector: namespaceSelector?.text,
    serviceAccounts:
      serviceAccounts === undefined
        ? undefined
        : { names: serviceAccounts.names, selector: serviceAccounts.selector?.text },
  };
}
