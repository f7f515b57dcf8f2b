import {
  compareObjectRefs,
  type Entry,
  formatObjectRef,
  type Namespace,
  type ObjectRef,
  type SnapshotInfo,
} from '#model';
import { emptyGatewayEntry, type GatewayObjects, gatewayRouteEntries } from './gateway-route-entries.js';
import { ingressEntry } from './ingress-entry.js';
import { ReferenceGrants } from './reference-grants.js';
import { routeEntry } from './route-entry.js';
import type {
  StoredGateway,
  StoredGatewayClass,
  StoredGatewayRoute,
  StoredIngress,
  StoredIngressClass,
  StoredOpenShiftRoute,
  StoredReferenceGrant,
} from './stored-entries.js';

/** Objects that let traffic in, sorted out by kind. */
export class EntryObjects {
  readonly #ingresses: { ref: ObjectRef; object: StoredIngress }[] = [];
  readonly #ingressClasses = new Map<string, StoredIngressClass>();
  readonly #routes: { ref: ObjectRef; object: StoredOpenShiftRoute }[] = [];
  readonly #gatewayClasses = new Map<string, StoredGatewayClass>();
  readonly #gateways = new Map<string, StoredGateway>();
  readonly #gatewayRoutes: { ref: ObjectRef; object: StoredGatewayRoute }[] = [];
  readonly #grants: StoredReferenceGrant[] = [];

  /** Takes an object; false where it is none of these. */
  add(ref: ObjectRef, object: unknown): boolean {
    switch (`${ref.kind}.${ref.group}`) {
      case 'Ingress.networking.k8s.io':
        this.#ingresses.push({ ref, object: object as StoredIngress });
        return true;
      case 'IngressClass.networking.k8s.io':
        this.#ingressClasses.set(ref.name, object as StoredIngressClass);
        return true;
      case 'Route.route.openshift.io':
        this.#routes.push({ ref, object: object as StoredOpenShiftRoute });
        return true;
      case 'GatewayClass.gateway.networking.k8s.io':
        this.#gatewayClasses.set(ref.name, object as StoredGatewayClass);
        return true;
      case 'Gateway.gateway.networking.k8s.io':
        this.#gateways.set(`${ref.namespace}/${ref.name}`, object as StoredGateway);
        return true;
      case 'ReferenceGrant.gateway.networking.k8s.io':
        this.#grants.push(object as StoredReferenceGrant);
        return true;
    }
    if (ref.group !== 'gateway.networking.k8s.io') return false;
    this.#gatewayRoutes.push({ ref, object: object as StoredGatewayRoute });
    return true;
  }

  /** What they let in, by ref, then Gateway. Cost: routes × listeners of the Gateways that they name. */
  entries(namespaces: readonly Namespace[], info: SnapshotInfo): Entry[] {
    const labels = new Map(namespaces.map((namespace) => [namespace.name, namespace.labels]));
    const objects: GatewayObjects = {
      gateways: this.#gateways,
      classes: this.#gatewayClasses,
      grants: new ReferenceGrants(this.#grants),
      labelsOf: (name) => labels.get(name) ?? { 'kubernetes.io/metadata.name': name },
      isComplete: !info.notCollected.some(({ kind }) => /^gateways?(\.|$)/i.test(kind)),
    };
    const fromRoutes = this.#gatewayRoutes.flatMap(({ ref, object }) => gatewayRouteEntries(ref, object, objects));
    const named = new Set(fromRoutes.flatMap(({ gateway }) => (gateway === null ? [] : [formatObjectRef(gateway)])));
    const unnamed = [...this.#gateways.values()]
      .map((gateway) => ({ gateway, ref: refOfGateway(gateway) }))
      .filter(({ ref }) => !named.has(formatObjectRef(ref)));
    return [
      ...this.#ingresses.map(({ ref, object }) => ingressEntry(ref, object, this.#ingressClasses)),
      ...this.#routes.map(({ ref, object }) => routeEntry(ref, object)),
      ...fromRoutes,
      ...unnamed.map(({ gateway, ref }) => emptyGatewayEntry(ref, gateway, this.#gatewayClasses)),
    ].sort((a, b) => compareObjectRefs(a.ref, b.ref) || compareGateways(a.gateway, b.gateway));
  }
}

function refOfGateway({ metadata }: StoredGateway): ObjectRef {
  return {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    namespace: metadata.namespace as string,
    name: metadata.name,
  };
}

function compareGateways(a: ObjectRef | null, b: ObjectRef | null): number {
  if (a === null || b === null) return 0;
  return compareObjectRefs(a, b);
}
