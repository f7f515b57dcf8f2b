import { configMapKeys } from './kept.js';
import type { KindReader } from './kind-reader.js';
import { redactText } from './redact-text.js';

/** The few ConfigMaps that tell which network this is, redacted; all others are passed over. */
export const configMapReader: KindReader = {
  group: '',
  kind: 'ConfigMap',
  versions: ['v1'],
  namespaced: true,
  read(object, decoder) {
    const name = decoder.text(decoder.fields(object.metadata, 'metadata').name, 'metadata.name') ?? '';
    const keys = Object.hasOwn(configMapKeys, name)
      ? configMapKeys[name]
      : name.startsWith('antrea-config')
        ? ['antrea-agent.conf']
        : null;
    if (keys === null) return null;
    const data = decoder.texts(object.data, 'data');
    const kept = keys
      .filter((key) => Object.hasOwn(data, key))
      .map((key): [string, string] => [key, redactText(data[key])]);
    return { data: Object.fromEntries(kept) };
  },
};
