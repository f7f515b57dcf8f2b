import type { KindReader } from './kind-reader.js';

export const namespaceReader: KindReader = {
  group: '',
  kind: 'Namespace',
  versions: ['v1'],
  namespaced: false,
  read: () => ({}),
};
