import { boolYaml11Tag, CORE_SCHEMA, floatCoreTag, intCoreTag, mergeTag, NOT_RESOLVED, Schema } from 'js-yaml';

/**
 * What Kubernetes' own tools (sigs.k8s.io/yaml) read in a plain scalar: YAML 1.1 for booleans (`yes`, `on`), octal
 * numbers (`0120` is 80) and underscores between digits, but neither its sexagesimal numbers nor its times. So
 * `hostNetwork: yes` is true, and the label `enabled: yes` is a boolean, which the API server refuses. A lone `y` or `n`
 * stays a text (decision 10).
 */
export const kubernetesYamlSchema = new Schema([...CORE_SCHEMA.tags, mergeTag]).withTags(
  {
    ...boolYaml11Tag,
    resolve: (source: string, isExplicit: boolean, tagName: string) =>
      source.length > 1 || isExplicit ? boolYaml11Tag.resolve(source, isExplicit, tagName) : NOT_RESOLVED,
  },
  {
    ...intCoreTag,
    resolve: (source: string) => integerOf(source.replaceAll('_', '')) ?? NOT_RESOLVED,
  },
  {
    ...floatCoreTag,
    resolve: (source: string, isExplicit: boolean, tagName: string) =>
      floatCoreTag.resolve(source.replaceAll('_', ''), isExplicit, tagName),
  },
);

/** An integer as Go writes it in source text; null for anything else. */
function integerOf(text: string): number | null {
  const match = /^([-+]?)(0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$/.exec(text);
  if (match === null) return null;
  const [, sign, digits] = match;
  const value = Number(/^0[0-7]/.test(digits) ? `0o${digits}` : digits);
  return sign === '-' ? -value : value;
}
