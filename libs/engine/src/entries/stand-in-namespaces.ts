import type { Labels } from '#model';
import { routerNamespaceLabel } from './known-controllers.js';

// No namespace can be called so.
export const namelessNamespace = '(ingress-controller)';
export const besideTheRouter = '(openshift-router)';

/** Labels of the namespaces in which controllers that nobody has seen are taken to run. */
export const standInNamespaces: ReadonlyMap<string, Labels> = new Map<string, Labels>([
  [namelessNamespace, {}],
  // OpenShift's router always runs in a namespace of this policy group.
  [besideTheRouter, { [routerNamespaceLabel]: '' }],
]);
