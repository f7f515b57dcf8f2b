import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { answerVerdict, compactVerdict, parseVerdictQuestion } from '#engine';
import { formatObjectRef } from '#model';
import { type CalicoCase, calicoObjectsOf } from './calico-objects.js';
import { parseExpectations } from './expectations.js';
import { openObjects } from './open.js';
import { loadSpec, manifestsOf, type SpecCase } from './worlds.js';

const own = load(readFileSync(new URL('./calico/more.yaml', import.meta.url), 'utf8'), { schema: CORE_SCHEMA });

describe.each<[string, (SpecCase & CalicoCase)[]]>([
  ['policy semantics, Calico', loadSpec('calico')],
  ['Calico, cases of our own', own as (SpecCase & CalicoCase)[]],
])('%s', (_title, cases) => {
  it.each(cases.map((specCase): [string, SpecCase & CalicoCase] => [`${specCase.id}: ${specCase.t}`, specCase]))('%s', async (_name, specCase) => {
    await holds(specCase, specCase.expect, false);
    if (specCase.staged !== undefined) await holds(specCase, specCase.staged, true);
  });
});

async function holds(specCase: SpecCase & CalicoCase, expected: string, staged: boolean): Promise<void> {
  const cluster = await openObjects([...manifestsOf(specCase), ...calicoObjectsOf(specCase)], { staged });
  const pods = [...cluster.model.pods]
    .filter((_, i) => cluster.index.arrays.podClass[i] > 0)
    .map(({ namespace, name }) => `${namespace}/${name}`);
  const expectations = parseExpectations(expected, pods);
  const answers = expectations.map(({ line, from, to, protocol, port, family }) => {
    const question = parseVerdictQuestion({ from, to, protocol, port, family, sourcePort: specCase.sourcePort });
    const verdict = answerVerdict(cluster, question);
    expect(compactVerdict(cluster, question), 'the compact form says the same').toEqual({ verdict: verdict.verdict, reason: verdict.reason });
    if (verdict.reason === 'NOT_UNDERSTOOD' && specCase.names !== undefined) {
      expect(verdict.notUnderstood.map(formatObjectRef), line).toEqual(specCase.names);
    }
    const { restrictedAtL7 = [] } = verdict;
    return `${line} = ${verdict.verdict[0].toUpperCase()}${restrictedAtL7.map((kind) => `+${kind}`).join('')}`;
  });
  expect(answers).toEqual(expectations.map(({ line, letter }) => `${line} = ${letter}`));
}
