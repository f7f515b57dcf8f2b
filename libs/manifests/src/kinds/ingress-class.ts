import { ingressClassAnnotations } from './kept.js';
import type { KindReader } from './kind-reader.js';

/** IngressClass: which controller serves the Ingresses that name it. */
export const ingressClassReader: KindReader = {
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  versions: ['v1'],
  namespaced: false,
  annotations: ingressClassAnnotations,
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    return { spec: { controller: decoder.text(spec.controller, 'spec.controller') || undefined } };
  },
};
