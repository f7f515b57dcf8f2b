import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '#engine';
import type { Hop, Route, TracedGate } from '#trace';
import { labProblem } from './lab-problem.js';
import { Lab } from './lab.js';
import { type Flow, predict } from './predict.js';

/**
 * Holds gates of traces against packets. At each gate of a flow a rule is put where the trace says that the engine checks,
 * for the addresses that it says are seen there; it counts, or stops, as the trace says.
 */
export function describePolicies(
  title: string,
  cluster: Cluster,
  { lacks = null, flows }: { readonly lacks?: string | null; readonly flows: readonly Flow[] },
): void {
  describe.skipIf((labProblem() ?? lacks) !== null)(`real packets: policies, ${title}`, () => {
    const lab = new Lab(cluster);
    beforeAll(() => lab.build());
    afterAll(() => lab.destroy());
    it.each(flows)('%s to %s %i: where it is checked, and how far it comes', (...flow) => passGates(lab, flow));
  });
}

interface Gated extends Hop {
  readonly gate: TracedGate;
}

async function passGates(lab: Lab, flow: Flow): Promise<void> {
  const { cluster } = lab;
  const [from, , port] = flow;
  const route = predict.route(cluster, flow);
  const gates = route.hops.filter((hop): hop is Gated => hop.gate !== undefined);
  for (const { name } of cluster.model.nodes) {
    for (const table of ['filter', 'mangle'] as const) lab.netns(name).rules(table, []);
  }
  for (const gate of gates) {
    const { table, rule } = ruleOf(flow, gate);
    const ofNode = gates.filter(({ node }) => node === gate.node).map((one) => ruleOf(flow, one));
    lab.netns(gate.node as string).rules(
      table,
      ofNode.filter((one) => one.table === table).map((one) => one.rule),
    );
    expect(rule).not.toContain('null');
  }
  const to = route.hops[0].destination as string;
  const denied = gates.find(({ gate }) => gate.verdict === 'denied');
  const server = predict.server(cluster, route);
  const { result: met, packets } = await lab.watch(server, () => lab.connect(predict.clientOf(from), to, port, 400));
  const failure = denied?.gate.denyAction === 'REJECT' ? 'refused' : 'silent';
  expect(met).toEqual(
    denied === undefined
      ? { server, source: route.sourceSeenByPod, failure: null }
      : { server: null, source: null, failure },
  );
  for (const gate of gates) {
    const { table } = ruleOf(flow, gate);
    const listed = lab.netns(gate.node as string).must(['iptables', '-t', table, '-L', '-v', '-x', '-n']);
    const counts = [...listed.matchAll(/^\s*(\d+)\s+\d+ /gm)].map(([, count]) => Number(count));
    expect(Math.min(...counts), listed).toBeGreaterThan(0);
  }
  const nics = cluster.model.nodes.flatMap(({ name }) =>
    packets
      .get(name)!
      .filter(({ device, text }) => device === 'eth0' && isOpening(text))
      .map(({ direction }) => `${name} ${direction}`),
  );
  expect(new Set(nics)).toEqual(nicsOf(route));
  if (server.includes('/')) {
    const arrived = packets.get(server)!.some(({ text, direction }) => direction === 'In' && isOpening(text));
    expect(arrived).toBe(denied === undefined);
  }
}

/** The first packet of a connection, wrapped or not, and no refusal that quotes one. */
function isOpening(text: string): boolean {
  return text.includes('Flags [S]') && !text.includes('ICMP');
}

/** Interfaces of nodes that the packet passes before something stops it, and which way. */
function nicsOf({ hops }: Route): Set<string> {
  const nics = hops.filter(({ kind }) => kind === 'nic');
  return new Set(nics.map(({ node, action }) => `${node} ${action === 'send' ? 'Out' : 'In'}`));
}

/** A rule in the place of a gate. */
function ruleOf([from, to]: Flow, { node, device, gate }: Gated): { table: 'filter' | 'mangle'; rule: string } {
  const { direction, seen, hook, verdict, denyAction } = gate;
  const chain =
    from === `node:${node}` ? 'OUTPUT' : to === `node:${node}` && direction === 'Egress' ? 'INPUT' : 'FORWARD';
  const tuple = `-s ${seen.source} -d ${seen.destination} -p tcp --dport ${seen.destinationPort}`;
  // Without a target a rule only counts.
  const target = verdict === 'denied' ? ` -j ${denyAction}` : '';
  // kube-network-policies has one place for all but what ends at the node.
  if (hook.includes('postrouting') && chain !== 'INPUT')
    return { table: 'mangle', rule: `POSTROUTING ${tuple}${target}` };
  const isNamed = device !== null && !device.endsWith('…');
  const on = isNamed ? ` ${direction === 'Egress' ? '-i' : '-o'} ${device}` : '';
  return { table: 'filter', rule: `${chain}${on} ${tuple}${target}` };
}
