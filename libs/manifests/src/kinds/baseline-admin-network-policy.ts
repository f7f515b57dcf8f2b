import { baselineAdminNetworkPolicyShape } from '../validation/policy-shapes.js';
import { CrdFields } from '../validation/crd-fields.js';
import { type TieredDialect, TieredPolicyFields } from '../validation/tiered-policy.js';
import { adminPort } from './admin-port.js';
import type { KindReader } from './kind-reader.js';

const dialect: TieredDialect = {
  actions: ['Allow', 'Deny'],
  allowing: null,
  rulesMax: 100,
  peersMax: 100,
  ports: 'ports',
  portsMax: 100,
  namedPort: 'namedPort',
  readPort: adminPort,
  podsNeedNamespaces: true,
};

/** BaselineAdminNetworkPolicy of policy.networking.k8s.io/v1alpha1, of which a cluster has one (policy semantics 2.2). */
export const baselineAdminNetworkPolicyReader: KindReader = {
  group: 'policy.networking.k8s.io',
  kind: 'BaselineAdminNetworkPolicy',
  versions: ['v1alpha1'],
  namespaced: false,
  isPolicy: true,
  shape: baselineAdminNetworkPolicyShape,
  unknownFields: 'Dropped',
  read(object, decoder) {
    const fields = new CrdFields(decoder);
    const { name } = decoder.fields(object.metadata, 'metadata');
    if (typeof name === 'string' && name !== '' && name !== 'default') {
      const detail =
        'Only one baseline admin network policy with metadata.name="default" can be created in the cluster';
      // The server's rule is one about the object, not about its name.
      fields.complain('', 'Invalid', detail, name);
    }
    const spec = fields.object(object.spec, 'spec');
    return { spec: { ...new TieredPolicyFields(fields, dialect).spec(spec) } };
  },
};
