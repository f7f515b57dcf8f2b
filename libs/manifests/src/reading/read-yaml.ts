import { loadAll, YAMLException } from 'js-yaml';
import { limitExceeded, malformed } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';
import type { ByteSource } from './byte-source.js';
import { kubernetesYamlSchema } from './kubernetes-yaml-schema.js';
import { yamlDocuments } from './yaml-documents.js';

export interface YamlDocument {
  readonly value: unknown;
  /** 1-based line on which it begins. */
  readonly line: number;
}

/** Reads many YAML documents, one at a time, each parsed alone. Memory is that of one document. */
export async function* readYaml(source: ByteSource, limits: ReadLimits): AsyncIterable<YamlDocument> {
  for await (const { text, line } of yamlDocuments(source, limits)) yield* parseDocument(text, line, limits);
}

function* parseDocument(text: string, line: number, limits: ReadLimits): Iterable<YamlDocument> {
  let values: unknown[];
  try {
    values = loadAll(text, { schema: kubernetesYamlSchema, maxDepth: limits.depthMax });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = line + (error.mark?.line ?? 0);
    if (error.reason.includes('maxDepth'))
      throw limitExceeded('depthMax', limits.depthMax, `line ${at}: values are nested deeper than that`);
    throw malformed(`the YAML cannot be read: ${error.reason} (line ${at})`, at);
  }
  for (const value of values) {
    if (value === null || value === undefined) continue;
    checkExpansion(value, text.length, line, limits);
    yield { value, line };
  }
}

/**
 * Refuses a document whose aliases make it much larger than its text, or endless. Without aliases every value takes at
 * least a byte, so honest documents are far below the limit.
 */
function checkExpansion(
  value: unknown,
  textLength: number,
  line: number,
  { aliasExpansionMax, depthMax }: ReadLimits,
): void {
  let budget = 1000 + textLength * aliasExpansionMax;
  const visit = (inner: unknown, depth: number): void => {
    if (--budget < 0 || depth > depthMax) {
      throw limitExceeded(
        'aliasExpansionMax',
        aliasExpansionMax,
        `the YAML document that begins on line ${line} expands to more values per byte than that, or without end`,
      );
    }
    if (inner === null || typeof inner !== 'object') return;
    for (const member of Array.isArray(inner) ? (inner as unknown[]) : Object.values(inner)) visit(member, depth + 1);
  };
  visit(value, 0);
}
