import { adminNetworkPolicyShape } from '../validation/policy-shapes.js';
import { CrdFields } from '../validation/crd-fields.js';
import { type TieredDialect, TieredPolicyFields } from '../validation/tiered-policy.js';
import { adminPort } from './admin-port.js';
import type { KindReader } from './kind-reader.js';

const dialect: TieredDialect = {
  actions: ['Allow', 'Deny', 'Pass'],
  allowing: 'Allow',
  rulesMax: 100,
  peersMax: 100,
  ports: 'ports',
  portsMax: 100,
  namedPort: 'namedPort',
  readPort: adminPort,
  podsNeedNamespaces: true,
};

/** AdminNetworkPolicy of policy.networking.k8s.io/v1alpha1 (policy semantics 2.2). */
export const adminNetworkPolicyReader: KindReader = {
  group: 'policy.networking.k8s.io',
  kind: 'AdminNetworkPolicy',
  versions: ['v1alpha1'],
  namespaced: false,
  isPolicy: true,
  shape: adminNetworkPolicyShape,
  unknownFields: 'Dropped',
  read(object, decoder) {
    const fields = new CrdFields(decoder);
    const spec = fields.object(object.spec, 'spec');
    const priority = fields.integer(spec.priority, 'spec.priority', 0, 1000);
    return { spec: { priority, ...new TieredPolicyFields(fields, dialect).spec(spec) } };
  },
};
