import type { ObjectRef } from './object-ref.js';
import type { PortProtocol } from './policy.js';

/** Kinds of objects that let traffic in through a controller, by the prefix that names them in a peer. */
export const entryKinds = {
  ingress: 'Ingress',
  route: 'Route',
  gateway: 'Gateway',
  httproute: 'HTTPRoute',
  grpcroute: 'GRPCRoute',
  tlsroute: 'TLSRoute',
  tcproute: 'TCPRoute',
  udproute: 'UDPRoute',
} as const;

export type EntryKind = (typeof entryKinds)[keyof typeof entryKinds];

/**
 * What one object lets in: client → controller → Service (policy semantics 5.2, 5.3). One shape for Ingress, Route and the
 * routes of the Gateway API. A route that names several Gateways is one entry for each; a Gateway that no route names is an
 * entry of its own, which opens nothing.
 */
export interface Entry {
  readonly ref: ObjectRef;
  /** The Gateway through which it is entered; null for Ingress, Route, and a route that names none. */
  readonly gateway: ObjectRef | null;
  /** Why nothing of it is served; null where it is. */
  readonly refusal: EntryRefusal | null;
  /** Name of its IngressClass or GatewayClass; null where none is named, or where the kind has none. */
  readonly className: string | null;
  /** The controller that its class names (`k8s.io/ingress-nginx`); null where the snapshot does not tell. */
  readonly controllerName: string | null;
  /** Where clients come in at the controller, by protocol and number. */
  readonly ports: readonly EntryPort[];
  /** Sorted; none means every host. Traffic of all hosts meets the same policies. */
  readonly hosts: readonly string[];
  /** By target, port and standing; equal ones are one, with all their paths. */
  readonly backends: readonly EntryBackend[];
}

/**
 * `NoGateway`: the Gateway that it names is not in the snapshot. `NotAdmitted`: no listener takes the route.
 * `NotUnderstood`: its parent is of a kind that is not modelled, so that nobody knows. `NoParent`: it names no Gateway.
 * `NoRoute`: a Gateway that no route names.
 */
export type EntryRefusal = 'NoGateway' | 'NotAdmitted' | 'NotUnderstood' | 'NoParent' | 'NoRoute';

export interface EntryPort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** Where an entry sends traffic. */
export interface EntryBackend {
  /** A Service, or another kind of object, which is not looked into. */
  readonly target: ObjectRef;
  readonly port: EntryBackendPort;
  readonly protocol: PortProtocol;
  /** `NoWeight`: it gets no traffic. `NotGranted`: no ReferenceGrant of the target's namespace lets the route refer to it. */
  readonly standing: 'Served' | 'NoWeight' | 'NotGranted';
  /** Paths that lead there, sorted; for people. */
  readonly paths: readonly string[];
}

/** Which port of the Service: as the Service names or numbers it, as its backends number it, or all of them. */
export type EntryBackendPort =
  | { readonly kind: 'Number'; readonly port: number }
  | { readonly kind: 'Name'; readonly name: string }
  | { readonly kind: 'TargetNumber'; readonly port: number }
  | { readonly kind: 'All' };
