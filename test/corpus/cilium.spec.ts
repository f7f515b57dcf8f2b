import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { answerVerdict, compactVerdict, parseVerdictQuestion } from '#engine';
import { type CiliumCase, ciliumObjectsOf } from './cilium-objects.js';
import { parseExpectations } from './expectations.js';
import { openObjects } from './open.js';
import { loadSpec, manifestsOf, type SpecCase } from './worlds.js';

type Case = Omit<SpecCase, 'cnp'> & CiliumCase;

const own = load(readFileSync(new URL('./cilium/more.yaml', import.meta.url), 'utf8'), { schema: CORE_SCHEMA });

describe.each<[string, Case[]]>([
  ['policy semantics, Cilium', loadSpec('cilium')],
  ['Cilium, cases of our own', own as Case[]],
])('%s', (_title, cases) => {
  it.each(cases.map((specCase): [string, Case] => [`${specCase.id}: ${specCase.t}`, specCase]))('%s', async (_name, specCase) => {
    const cluster = await openObjects([...manifestsOf({ ...specCase, cnp: undefined }), ...ciliumObjectsOf(specCase)]);
    const pods = [...cluster.model.pods]
      .filter((_, i) => cluster.index.arrays.podClass[i] > 0)
      .map(({ namespace, name }) => `${namespace}/${name}`);
    const expectations = parseExpectations(specCase.expect, pods);
    const answers = expectations.map(({ line, from, to, protocol, port, family }) => {
      const question = parseVerdictQuestion({ from, to, protocol, port, family });
      const { verdict, reason, implementationDefined, restrictedAtL7 = [] } = answerVerdict(cluster, question);
      expect(compactVerdict(cluster, question), 'the compact form says the same').toEqual({ verdict, reason });
      const star = implementationDefined.length > 0 ? '*' : '';
      return `${line} = ${verdict[0].toUpperCase()}${star}${restrictedAtL7.map((kind) => `+${kind}`).join('')}`;
    });
    expect(answers).toEqual(expectations.map(({ line, letter }) => `${line} = ${letter}`));
  });
});
