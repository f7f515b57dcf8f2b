import { loadAll } from 'js-yaml';
import type { Labels } from '#model';
import { kubernetesYamlSchema } from '../reading/kubernetes-yaml-schema.js';

/** Keys of ConfigMaps whose text is YAML. Others are JSON, or plain words, and stay as they were written. */
const yamlKeys: ReadonlySet<string> = new Set([
  'config.conf',
  'config',
  'ClusterConfiguration',
  'antrea-agent.conf',
  'ip-masq-agent',
  'ip-masq-agent-reconciled',
]);

const depthMax = 100;

/**
 * Settings that daemons read as YAML, as JSON, so that who looks at them needs no YAML; an empty text where it is no
 * YAML or no mapping: then the daemon cannot have read it either. Linear in the texts.
 */
export function withYamlAsJson(data: Labels): Labels {
  if (!Object.keys(data).some((key) => yamlKeys.has(key))) return data;
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, yamlKeys.has(key) ? jsonOf(text) : text]));
}

function jsonOf(text: string): string {
  try {
    const [first] = loadAll(text, { schema: kubernetesYamlSchema, maxAliases: 0, maxDepth: depthMax });
    const isMapping = first !== null && typeof first === 'object' && !Array.isArray(first);
    return isMapping ? JSON.stringify(first) : '';
  } catch {
    return '';
  }
}
