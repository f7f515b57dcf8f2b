import type { StoredMetadata, StoredSelector } from '../stored-body.js';

/** Bodies of the objects that let traffic in, in the shape that `normalise` gives them. */
export interface StoredIngress {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: StoredIngressBackend;
    readonly rules: readonly {
      readonly host?: string;
      readonly http?: { readonly paths: readonly { readonly path?: string; readonly backend: StoredIngressBackend }[] };
    }[];
  };
}

export interface StoredIngressBackend {
  readonly service?: { readonly name: string; readonly port: { readonly name?: string; readonly number?: number } };
  readonly resource?: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
}

export interface StoredIngressClass {
  readonly metadata: StoredMetadata;
  readonly spec: { readonly controller?: string };
}

export interface StoredOpenShiftRoute {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly host?: string;
    readonly path?: string;
    readonly to: StoredRouteTarget;
    readonly alternateBackends: readonly StoredRouteTarget[];
    readonly port?: { readonly targetPort: string | number };
    readonly tls?: { readonly termination: string; readonly insecureEdgeTerminationPolicy: string };
  };
}

export interface StoredRouteTarget {
  readonly name: string;
  readonly weight: number;
}

export interface StoredGatewayClass {
  readonly metadata: StoredMetadata;
  readonly spec: { readonly controllerName: string };
}

export interface StoredGateway {
  readonly metadata: StoredMetadata;
  readonly spec: { readonly gatewayClassName: string; readonly listeners: readonly StoredListener[] };
}

export interface StoredListener {
  readonly name: string;
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: string;
  readonly allowedRoutes: {
    readonly namespaces:
      { readonly from: 'Same' | 'All' | 'None' } | { readonly from: 'Selector'; readonly selector: StoredSelector };
    readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  };
}

export interface StoredGatewayRoute {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly parentRefs: readonly StoredParentRef[];
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly matches: readonly {
        readonly path?: { readonly value: string };
        readonly method?: { readonly service?: string; readonly method?: string };
      }[];
      readonly filters: readonly { readonly requestMirror: { readonly backendRef: StoredBackendRef } }[];
      readonly backendRefs: readonly StoredBackendRef[];
    }[];
  };
}

export interface StoredParentRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly sectionName?: string;
  readonly port?: number;
}

export interface StoredBackendRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly port?: number;
  readonly weight: number;
}

export interface StoredReferenceGrant {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
    readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
  };
}
