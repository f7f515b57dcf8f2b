import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { consideredCodes, reasons } from '#engine';

const text = readFileSync(new URL('../../docs/reasons.md', import.meta.url), 'utf8');

/** The codes in the table under a heading, in its order. */
function listed(heading: string): string[] {
  const section = text.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
}

it('lists every reason of a verdict, and no other', () => {
  expect(listed('Why a verdict is what it is')).toEqual([...reasons]);
});

it('lists every code of a policy that did not decide, and no other', () => {
  expect(listed('Why a policy that applies did not decide')).toEqual([...consideredCodes]);
});
