import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogue } from '../../libs/dataplane/src/findings/catalogue.js';

it('lists every check in docs/findings.md, with its severity', () => {
  const text = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| ([A-Z]+-\d+) \| (\w+) \|/gm)].map(([, id, severity]) => `${id} ${severity}`);
  expect(listed).toEqual(Object.entries(catalogue).map(([id, { severity }]) => `${id} ${severity}`));
});
