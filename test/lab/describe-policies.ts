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
  const gates = route.hops.filter((hop): hop is Gated => hop.gate !== undefined).map(placeOf);
  for (const { name } of cluster.model.nodes) {
    for (const table of ['filter', 'mangle'] as const) {
      const rules = gates.filter((gate) => gate.node === name && gate.table === table).map(({ rule }) => rule);
      lab.netns(name).rules(table, rules);
    }
  }
  const to = route.hops[0].destination as string;
  const denied = gates.find(({ gate }) => gate.verdict === 'denied');
  const server = predict.server(cluster, route);
  const { result: met, packets } = await lab.watch(server, () => lab.connect(predict.clientOf(from), to, port, 300));
  const failure = denied?.gate.denyAction === 'REJECT' ? 'refused' : 'silent';
  expect(met).toEqual(
    denied === undefined
      ? { server, source: route.sourceSeenByPod, failure: null }
      : { server: null, source: null, failure },
  );
  for (const { node, table } of gates) {
    const listed = lab.netns(node).says(['iptables', '-t', table, '-L', '-v', '-x', '-n']);
    const counts = [...listed.matchAll(/^\s*(\d+)\s+\d+ /gm)].map(([, count]) => Number(count));
    expect(counts, listed).toHaveLength(gates.filter((gate) => gate.node === node && gate.table === table).length);
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

interface Place {
  readonly node: string;
  readonly table: 'filter' | 'mangle';
  readonly rule: string;
  readonly gate: TracedGate;
}

/** Engines that tell a client that they deny it. */
const refusing = ['kube-router'];

/** A rule in the place of a gate; without a target it only counts. */
function placeOf({ node, device, gate }: Gated): Place {
  const { direction, seen, hook, verdict, engine } = gate;
  const target = verdict === 'denied' ? ` -j ${refusing.includes(engine) ? 'REJECT' : 'DROP'}` : '';
  const rule = `-s ${seen.source} -d ${seen.destination} -p tcp --dport ${seen.destinationPort}${target}`;
  const at = { node: node as string, gate };
  // kube-network-policies has one place for all but what ends at the node.
  if (hook.includes('postrouting')) return { ...at, table: 'mangle', rule: `POSTROUTING ${rule}` };
  const chain = /\b(input|output)\b/i.exec(hook)?.[0].toUpperCase() ?? 'FORWARD';
  const isNamed = device !== null && !device.endsWith('…');
  const on = isNamed ? `${direction === 'Egress' ? '-i' : '-o'} ${device} ` : '';
  return { ...at, table: 'filter', rule: `${chain} ${on}${rule}` };
}
