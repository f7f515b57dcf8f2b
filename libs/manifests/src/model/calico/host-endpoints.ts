import {
  type Direction,
  everything,
  formatObjectRef,
  type Labels,
  type Node,
  type NotUnderstood,
  type Policy,
  type RulePeer,
  selectorMatches,
  type Tier,
} from '#model';
import { modelSelectorOf } from '../../calico-selector/model-selector.js';
import type { CalicoPolicySpec, StoredHostEndpoint } from '../stored-calico.js';
import type { CalicoObjects, OfRef } from './calico-objects.js';
import { derivedLabels } from './endpoint-labels.js';
import { isPlainAllow } from './profiles.js';
import { validSelector } from './selectors.js';

/** What host endpoints may do to connections; what they do is not modelled. */
export interface HostEndpointEffects {
  /** Of the traffic of nodes, which host endpoints are for. */
  readonly doubts: readonly NotUnderstood[];
  /** Of the traffic of pods that goes through a host endpoint: policies of which it is not decided what they deny. */
  readonly policies: readonly Policy[];
  /** Nodes whose pods these policies are for. */
  readonly behindHosts: ReadonlySet<string>;
}

/** Above so many nodes, pods behind them are not told apart by node, and what stays on a node is in doubt too. */
const nodesToldApart = 100;

const both: readonly Direction[] = ['Ingress', 'Egress'];

/** Before every tier: what is stopped on its way to a pod is not asked of the pod's policies. */
const onTheWay: Tier = {
  name: 'host-endpoints',
  order: -Number.MAX_VALUE,
  unmatched: 'Fallthrough',
  evaluation: 'FirstMatch',
  ties: 'ByName',
  knobs: 'None',
};

/**
 * A host endpoint with a profile that allows everything changes what policies make of it, another everything that goes to
 * or from its node. Of what goes through the node it changes what policies with `applyOnForward`, `preDNAT` or
 * `doNotTrack` are for (policy semantics 3.2). Cost: host endpoints × global policies.
 */
export function hostEndpointEffects(
  { hostEndpoints, policies, profiles }: Pick<CalicoObjects, 'hostEndpoints' | 'policies' | 'profiles'>,
  nodes: readonly Node[],
): HostEndpointEffects {
  const profileSpecs = new Map(profiles.map(({ ref, body }) => [ref.name, body.spec]));
  // A policy with a namespaceSelector is for what has a namespace.
  const global = policies
    .filter(({ ref, body: { spec } }) => ref.namespace === null && spec.namespaceSelector === undefined)
    .map(({ body: { spec } }) => ({ spec, selector: modelSelectorOf(validSelector(spec.selector)) }));
  const doubts: NotUnderstood[] = [];
  const through: Through[] = [];
  for (const { ref, body } of hostEndpoints) {
    const names = nodesOf(body, nodes);
    const labels: Labels = Object.assign(
      {},
      ...body.spec.profiles.map((name) => profileSpecs.get(name)?.labelsToApply ?? {}),
      body.metadata.labels,
    );
    const own = global.filter(({ selector }) => selectorMatches(selector, labels)).map(({ spec }) => spec);
    const isOpen = (direction: Direction): boolean =>
      body.spec.profiles.some(
        (name) => name === 'projectcalico-default-allow' || isPlainAllow(profileSpecs.get(name), direction),
      );
    const directions = both.filter((direction) => !isOpen(direction) || own.some((spec) => concerns(spec, direction)));
    if (directions.length > 0) {
      const scope: NotUnderstood['scope'] =
        directions.length === 2 ? { kind: 'Nodes', nodes: names } : { kind: 'Nodes', nodes: names, directions };
      doubts.push({ ref, scope, actedOnBy: 'calico' });
    }
    const forwarding = own.filter(
      (spec) => spec.applyOnForward === true || spec.preDNAT === true || spec.doNotTrack === true,
    );
    const onWay = both.filter((direction) => forwarding.some((spec) => concerns(spec, direction)));
    if (onWay.length > 0) through.push({ ref, nodes: names, directions: onWay });
  }
  const behindHosts = new Set(through.flatMap(({ nodes: names }) => names));
  const areToldApart = behindHosts.size <= nodesToldApart;
  return { doubts, policies: through.map((one) => policyOnTheWay(one, nodes, areToldApart)), behindHosts };
}

interface Through {
  readonly ref: Policy['ref'];
  readonly nodes: readonly string[];
  readonly directions: readonly Direction[];
}

/** Without a memory of connections, what a policy says of one direction concerns replies in the other. */
function concerns({ types, doNotTrack }: CalicoPolicySpec, direction: Direction): boolean {
  return doNotTrack === true || types.includes(direction);
}

/** The node that a host endpoint names, and those that have its addresses. */
function nodesOf({ spec }: OfRef<StoredHostEndpoint>['body'], nodes: readonly Node[]): string[] {
  const byAddress = nodes.filter(({ addresses }) => addresses.some((address) => spec.expectedIPs.includes(address)));
  return [...new Set([spec.node, ...byAddress.map(({ name }) => name)])].sort();
}

function policyOnTheWay({ ref, nodes, directions }: Through, all: readonly Node[], areToldApart: boolean): Policy {
  const key = derivedLabels.behindHost;
  const here = { requirements: [{ key, operator: 'In' as const, values: nodes }] };
  const own = all.filter(({ name }) => nodes.includes(name)).flatMap(({ addresses }) => addresses);
  const local: RulePeer[] = [
    { kind: 'Pods', namespaces: { kind: 'Selected', selector: everything }, pods: here },
    {
      kind: 'Addresses',
      cidrs: own.map((address) => `${address}/${address.includes(':') ? 128 : 32}`),
      except: [],
    },
  ];
  const doubt: RulePeer = {
    kind: 'Undecidable',
    what: `what ${formatObjectRef(ref)} stops on its way through the node`,
  };
  const elsewhere = areToldApart && nodes.length === 1 ? local.map((of): RulePeer => ({ kind: 'Not', of })) : [];
  const rule = { action: 'Deny', peers: [{ kind: 'All', of: [...elsewhere, doubt] }], ports: null } as const;
  const subject = areToldApart
    ? { requirements: [{ key, operator: 'In' as const, values: ['?', ...nodes] }] }
    : { requirements: [{ key, operator: 'Exists' as const, values: [] }] };
  return {
    ref,
    tier: onTheWay,
    order: 0,
    subject: { namespaces: { kind: 'Selected', selector: everything }, pods: subject },
    directions,
    ingress: directions.includes('Ingress') ? [rule] : [],
    egress: directions.includes('Egress') ? [rule] : [],
  };
}
