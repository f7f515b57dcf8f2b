import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lintCatalogue } from '../../libs/audit/src/lint-catalogue.js';
import { catalogue } from '../../libs/dataplane/src/findings/catalogue.js';

it('lists every check in docs/findings.md, with its severity', () => {
  const text = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| ([A-Z]+-\d+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+) \| (\w+) \|/gm)];
  const all = Object.entries({ ...catalogue, ...lintCatalogue });
  expect(listed.map(([, id, severity]) => `${id} ${severity}`)).toEqual(
    all.map(([id, { severity }]) => `${id} ${severity}`),
  );
});
