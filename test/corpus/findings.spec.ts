import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { auditCluster } from '#audit';
import type { Strictness } from '#manifests';
import type { Finding } from '#model';
import { lintCatalogue } from '../../libs/audit/src/lint-catalogue.js';
import { openWithDiagnostics } from './open.js';

/**
 * One id: `found.yaml` has the finding and `clean.yaml`, which differs in what matters, has not. Both stand on the worlds
 * named. `expected.yaml` says where it is found and what shows it.
 */
interface CaseFile {
  readonly title: string;
  readonly finding: keyof typeof lintCatalogue;
  /** Further ids that must be found, or not, in both. */
  readonly also?: readonly string[];
  readonly worlds: readonly string[];
  readonly strict?: Strictness;
}

interface ExpectedFinding {
  readonly severity: Finding['severity'];
  readonly path?: unknown;
  readonly witness?: unknown;
}

const root = fileURLToPath(new URL('findings/', import.meta.url));
const folders = readdirSync(root).filter((name) => name !== 'worlds');
const caseOf = (folder: string): CaseFile => load(readFileSync(join(root, folder, 'case.yaml'), 'utf8')) as CaseFile;

async function findingsOf(folder: string, file: string): Promise<readonly Finding[]> {
  const { worlds, strict } = caseOf(folder);
  const texts = [...worlds.map((world) => join('worlds', `${world}.yaml`)), join(folder, file)];
  const text = texts.map((path) => readFileSync(join(root, path), 'utf8')).join('\n---\n');
  const { cluster, diagnostics } = await openWithDiagnostics(text, { strict });
  return auditCluster(cluster, diagnostics);
}

describe.each(folders)('%s', (folder) => {
  const { title, finding, also = [] } = caseOf(folder);

  it(`finds ${title}`, async () => {
    const findings = await findingsOf(folder, 'found.yaml');
    const own = findings.filter(({ id }) => id === finding);
    const found = own.map(({ severity, evidence: { path, witness } }): ExpectedFinding => ({
      severity,
      ...(path === undefined ? {} : { path }),
      ...(witness === undefined ? {} : { witness }),
    }));
    const expected = join(root, folder, 'expected.yaml');
    if (process.env.UPDATE_CORPUS === '1') writeFileSync(expected, dump(found, { noRefs: true, lineWidth: 140 }));
    expect(found).toEqual(load(readFileSync(expected, 'utf8')));
    expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining([...also]));
    for (const { id, advice, subjects, message } of own) {
      expect(advice).toBe(lintCatalogue[finding].advice);
      expect(message).not.toBe('');
      expect(subjects.length, `${id} names its objects`).toBeGreaterThan(0);
    }
  });

  it(`does not find it otherwise`, async () => {
    const ids = (await findingsOf(folder, 'clean.yaml')).map(({ id }) => id);
    expect(ids.filter((id) => id === finding || also.includes(id))).toEqual([]);
  });
});

it('has a case of every id', () => {
  const ids = new Set(folders.map((folder) => caseOf(folder).finding));
  expect(Object.keys(lintCatalogue).filter((id) => !ids.has(id as keyof typeof lintCatalogue))).toEqual([]);
});
