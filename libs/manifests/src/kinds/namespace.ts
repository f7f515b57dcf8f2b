import type { KindReader } from './kind-reader.js';
import { wantedObject } from './wanted-object.js';

export const namespaceReader: KindReader = {
  group: '',
  kind: 'Namespace',
  versions: ['v1'],
  namespaced: false,
  wanted: wantedObject({}),
  read: () => ({}),
};
