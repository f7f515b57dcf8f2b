import type { KindReader } from './kind-reader.js';
import { wantedObject } from './wanted-object.js';

/** Its name and labels, which Calico's selectors know its pods by. */
export const serviceAccountReader: KindReader = {
  group: '',
  kind: 'ServiceAccount',
  versions: ['v1'],
  namespaced: true,
  wanted: wantedObject({}),
  read: () => ({}),
};
