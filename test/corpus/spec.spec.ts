import { describe, expect, it } from 'vitest';
import { answerVerdict, type Cluster, compactVerdict, parseVerdictQuestion, type Verdict } from '#engine';
import { validateNetworkPolicy } from '#manifests';
import { type Expectation, parseExpectations } from './expectations.js';
import { openObjects } from './open.js';
import { loadSpec, manifestsOf, type SpecCase } from './worlds.js';

const files = ['seed', 'structure', 'combination', 'ip-block', 'ports', 'admin', 'cluster', 'services'];
const letters: Readonly<Record<string, string>> = { allowed: 'A', denied: 'D', notApplicable: 'N', unknown: 'U', mixed: 'M' };

for (const file of files) {
  describe(`policy semantics, ${file}`, () => {
    for (const specCase of loadSpec<SpecCase[]>(file)) {
      it(`${specCase.id}: ${specCase.t}`, async () => {
        const cluster = await openObjects(manifestsOf(specCase));
        const expectations = parseExpectations(specCase.expect, ordinaryPods(cluster));
        const wanted = expectations.map(({ line, letter }) => `${line} = ${letter}`);
        expect(expectations.map((expectation) => answered(cluster, expectation))).toEqual(wanted);
      });
    }
  });
}

describe('policy semantics, validation of NetworkPolicy', () => {
  interface ValidationCase {
    readonly id: string;
    readonly strict?: boolean;
    readonly spec: unknown;
    readonly errors: readonly (readonly [string, string, string])[];
  }
  for (const { id, strict, spec, errors } of loadSpec<ValidationCase[]>('validation')) {
    it(`${id}: ${errors.length === 0 ? 'is accepted' : errors.map(([field]) => field).join(', ')}`, () => {
      const object = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'x' }, spec };
      const found = validateNetworkPolicy(object, { strictCidr: strict === true });
      expect(found.map(({ field, reason, detail }) => [field, reason, detail])).toEqual(errors);
    });
  }
});

function ordinaryPods({ model, index }: Cluster): string[] {
  return [...model.pods].filter((_, i) => index.arrays.podClass[i] > 0).map(({ namespace, name }) => `${namespace}/${name}`);
}

function ask(cluster: Cluster, { from, to, protocol, port, family }: Expectation): Verdict {
  const question = parseVerdictQuestion({ from, to, protocol, port, family });
  const verdict = answerVerdict(cluster, question);
  expect(compactVerdict(cluster, question), 'the compact form says the same').toEqual({ verdict: verdict.verdict, reason: verdict.reason });
  return verdict;
}

function answered(cluster: Cluster, expectation: Expectation): string {
  const verdict = ask(cluster, expectation);
  const star = verdict.implementationDefined.length > 0 ? '*' : '';
  if (!expectation.to.startsWith('service:')) return `${expectation.line} = ${letters[verdict.verdict]}${star}`;
  const backends = (verdict.backends ?? []).map(({ backend, verdict: word }) => `${backend.replace(/^pod:/, '')}=${letters[word]}${star}`);
  return `${expectation.line} = ${backends.length === 0 ? `-=${letters[verdict.verdict]}` : backends.sort().join(' ')}`;
}
