import type { Labels } from '#model';

/** How the pods of a controller that many clusters run are told, or that its traffic comes from outside the cluster. */
export interface KnownController {
  /** The controller that an IngressClass or GatewayClass names, whole or up to a `*`. */
  readonly controllerNames: readonly string[];
  /** Names that its classes usually have, for where the class itself is not in the snapshot. */
  readonly classNames: readonly string[];
  /**
   * Labels of its pods, each set of which is enough; pods with `without` are others of the same installation. `Outside`: a load
   * balancer of the provider sends to pods itself. `Namespace`: every pod of the namespaces that bear the label.
   */
  readonly pods:
    | {
        readonly kind: 'Labelled';
        readonly labels: readonly Labels[];
        readonly without?: Readonly<Record<string, readonly string[]>>;
      }
    | { readonly kind: 'Namespace'; readonly label: string }
    | { readonly kind: 'Outside' };
}

const component = 'app.kubernetes.io/component';
const appName = 'app.kubernetes.io/name';

/** The controller behind every Route. */
export const openShiftRouter = 'openshift.io/ingress-to-route';

/** The label of the namespaces of OpenShift's router. */
export const routerNamespaceLabel = 'policy-group.network.openshift.io/ingress';

export const knownControllers: readonly KnownController[] = [
  {
    controllerNames: ['k8s.io/ingress-nginx'],
    classNames: ['nginx'],
    pods: {
      kind: 'Labelled',
      labels: [{ [appName]: 'ingress-nginx' }, { 'k8s-app': 'ingress-nginx-controller' }, { app: 'ingress-nginx' }],
      without: { [component]: ['admission-webhook', 'default-backend'] },
    },
  },
  {
    controllerNames: ['nginx.org/ingress-controller'],
    classNames: [],
    pods: { kind: 'Labelled', labels: [{ [appName]: 'nginx-ingress' }, { app: 'nginx-ingress' }] },
  },
  {
    controllerNames: ['traefik.io/ingress-controller', 'traefik.io/gateway-controller'],
    classNames: ['traefik'],
    pods: { kind: 'Labelled', labels: [{ [appName]: 'traefik' }, { app: 'traefik' }] },
  },
  {
    controllerNames: ['haproxy.org/ingress-controller*', 'haproxy-ingress.github.io/controller'],
    classNames: ['haproxy'],
    pods: { kind: 'Labelled', labels: [{ [appName]: 'kubernetes-ingress' }, { [appName]: 'haproxy-ingress' }] },
  },
  {
    controllerNames: ['projectcontour.io/*'],
    classNames: ['contour'],
    pods: { kind: 'Labelled', labels: [{ [appName]: 'contour', [component]: 'envoy' }, { app: 'envoy' }] },
  },
  {
    controllerNames: ['ingress-controllers.konghq.com/kong', 'konghq.com/*'],
    classNames: ['kong'],
    pods: { kind: 'Labelled', labels: [{ [appName]: 'gateway' }, { [appName]: 'kong' }, { app: 'ingress-kong' }] },
  },
  {
    controllerNames: ['istio.io/ingress-controller'],
    classNames: ['istio'],
    pods: { kind: 'Labelled', labels: [{ istio: 'ingressgateway' }] },
  },
  {
    controllerNames: [openShiftRouter],
    classNames: ['openshift-default'],
    pods: { kind: 'Namespace', label: routerNamespaceLabel },
  },
  {
    controllerNames: [
      'ingress.k8s.aws/alb',
      'gateway.k8s.aws/*',
      'k8s.io/ingress-gce*',
      'networking.gke.io/gateway',
      'azure/application-gateway',
      'alb.networking.azure.io/*',
    ],
    classNames: ['alb', 'gce', 'gce-internal', 'azure-application-gateway'],
    pods: { kind: 'Outside' },
  },
];

/** The controller of that name; undefined where it is none that is known. */
export function controllerNamed(name: string): KnownController | undefined {
  return knownControllers.find(({ controllerNames }) =>
    controllerNames.some((known) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known)),
  );
}
