import type { KindReader } from '../kind-reader.js';

/** ReferenceGrant: who of other namespaces may refer to objects of this one. */
export const referenceGrantReader: KindReader = {
  group: 'gateway.networking.k8s.io',
  kind: 'ReferenceGrant',
  versions: ['v1beta1', 'v1', 'v1alpha2'],
  namespaced: true,
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    return {
      spec: {
        from: decoder.elements(spec.from, 'spec.from', (value, at) => {
          const from = decoder.fields(value, at);
          return {
            group: decoder.text(from.group, `${at}.group`) ?? '',
            kind: decoder.requiredText(from.kind, `${at}.kind`),
            namespace: decoder.requiredText(from.namespace, `${at}.namespace`),
          };
        }),
        to: decoder.elements(spec.to, 'spec.to', (value, at) => {
          const to = decoder.fields(value, at);
          return {
            group: decoder.text(to.group, `${at}.group`) ?? '',
            kind: decoder.requiredText(to.kind, `${at}.kind`),
            name: decoder.text(to.name, `${at}.name`) || undefined,
          };
        }),
      },
    };
  },
};
