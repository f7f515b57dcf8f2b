import type { KindReader } from '../kind-reader.js';

/** GatewayClass: which controller serves the Gateways that name it. */
export const gatewayClassReader: KindReader = {
  group: 'gateway.networking.k8s.io',
  kind: 'GatewayClass',
  versions: ['v1', 'v1beta1', 'v1alpha2'],
  namespaced: false,
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    return { spec: { controllerName: decoder.requiredText(spec.controllerName, 'spec.controllerName') } };
  },
};
