import { describe, expect, it } from 'vitest';
import type { Network, Node } from '#model';
import { nodeAddress, sameSegment } from '../same-segment.js';
import { type Segments, segmentsOf } from './segments-of.js';

type Given = Pick<Network, 'nodeSubnets' | 'assumedNodePrefix'>;

const node = (name: string, address: string | null, annotation?: string): Node => ({
  name,
  labels: {},
  annotations: annotation === undefined ? {} : { 'projectcalico.org/IPv4Address': annotation },
  addresses: address === null ? [] : [address],
  podCidrs: [],
  kubeletVersion: null,
  providerId: null,
  ready: null,
  allocatablePods: null,
  conditions: [],
  operatingSystem: 'linux',
});
const network = (...subnets: [string, string[] | null][]): Given & Network =>
  ({ assumedNodePrefix: 24, nodeSubnets: subnets.map(([cidr, nodes]) => ({ cidr, nodes })) }) as unknown as Network;

/** The same, by looking at every pair. */
function byPairs(settings: Network, nodes: readonly Node[]): Pick<Segments, 'apart' | 'hasNeighbours'> {
  const pairs = nodes.flatMap((a) =>
    nodes.flatMap((b) =>
      a === b ? [] : [sameSegment(settings, a, b, { a: nodeAddress(a, 'IPv4'), b: nodeAddress(b, 'IPv4') })],
    ),
  );
  const apart = pairs.filter(({ value }) => value === 'no').map(({ provenance }) => provenance);
  const surest = (['configured', 'observed', 'assumed'] as const).find((one) => apart.includes(one)) ?? null;
  return { apart: surest, hasNeighbours: pairs.some(({ value }) => value === 'yes') };
}

describe('which nodes share a segment', () => {
  it.each<[string, Network, Node[], Pick<Segments, 'apart' | 'hasNeighbours'>]>([
    ['no nodes', network(), [], { apart: null, hasNeighbours: false }],
    ['one node', network(), [node('a', '10.0.0.1')], { apart: null, hasNeighbours: false }],
    [
      'neighbours as assumed',
      network(),
      [node('a', '10.0.0.1'), node('b', '10.0.0.2')],
      { apart: null, hasNeighbours: true },
    ],
    [
      'apart as assumed',
      network(),
      [node('a', '10.0.0.1'), node('b', '10.0.1.2')],
      { apart: 'assumed', hasNeighbours: false },
    ],
    [
      'apart by one annotation, of one side only',
      network(),
      [node('a', '10.0.0.1', '10.0.0.1/25'), node('b', '10.0.0.200')],
      { apart: 'observed', hasNeighbours: true },
    ],
    [
      'an annotation without a mask tells nothing',
      network(),
      [node('a', '10.0.0.1', '10.0.0.1/32'), node('b', '10.0.0.200')],
      { apart: null, hasNeighbours: true },
    ],
    [
      'a node that no given segment holds is taken for a neighbour by its address',
      network(['10.0.0.0/24', ['a']]),
      [node('a', '10.0.0.1'), node('b', '10.0.0.2')],
      { apart: null, hasNeighbours: true },
    ],
    [
      'two given segments',
      network(['10.0.0.0/24', ['a']], ['10.0.0.0/24', ['b']]),
      [node('a', '10.0.0.1'), node('b', '10.0.0.2')],
      { apart: 'configured', hasNeighbours: false },
    ],
    [
      'a given segment before an annotation',
      network(['10.0.0.0/8', null]),
      [node('a', '10.0.0.1', '10.0.0.1/25'), node('b', '10.9.0.2')],
      { apart: null, hasNeighbours: true },
    ],
  ])('%s', (_, settings, nodes, expected) => {
    expect(segmentsOf(settings, nodes)).toMatchObject(expected);
    expect(byPairs(settings, nodes)).toEqual(expected);
  });

  it('says what all pairs say, whatever is given, seen and assumed', () => {
    // All combinations of three nodes out of these.
    const kinds = [
      (name: string) => node(name, '10.0.0.1'),
      (name: string) => node(name, '10.0.0.200', '10.0.0.200/25'),
      (name: string) => node(name, '10.0.1.1', '10.0.1.1/16'),
      (name: string) => node(name, '10.0.1.9', '10.0.1.9/32'),
      (name: string) => node(name, null),
    ];
    const settings = [
      network(),
      network(['10.0.0.0/24', null]),
      network(['10.0.0.0/24', ['a']], ['10.0.1.0/24', null]),
      network(['10.0.0.0/16', ['b', 'c']]),
    ];
    for (const one of settings) {
      for (const a of kinds)
        for (const b of kinds)
          for (const c of kinds) {
            const nodes = [a('a'), b('b'), c('c')];
            expect(segmentsOf(one, nodes)).toMatchObject(byPairs(one, nodes));
          }
    }
  });

  it('knows whether it knows all nodes, and who is not with the most', () => {
    const nodes = [node('a', '10.0.0.1'), node('b', '10.0.0.2'), node('c', '10.0.1.1')];
    expect(segmentsOf(network(), nodes)).toMatchObject({ isWhole: true, minority: ['c'] });
    expect(segmentsOf(network(), [...nodes, node('d', null)]).isWhole).toBe(false);
  });
});
