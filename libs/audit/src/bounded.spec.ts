import { expect, it } from 'vitest';
import type { Finding } from '#model';
import { bounded, findingsMax } from './bounded.js';

it('keeps so many findings of one id, and counts the others in the last of them', () => {
  const finding = (id: string, n: number): Finding => ({
    id,
    severity: 'info',
    message: String(n),
    subjects: [],
    evidence: { path: 'spec' },
    advice: '',
  });
  const many = Array.from({ length: findingsMax + 7 }, (_, n) => finding('MANY', n));
  const kept = bounded([...many, finding('ONE', 0)]);
  expect(kept.length).toBe(findingsMax + 1);
  expect(kept[findingsMax - 2].evidence).toEqual({ path: 'spec' });
  expect(kept[findingsMax - 1]).toEqual({ ...finding('MANY', findingsMax - 1), evidence: { path: 'spec', more: 7 } });
  expect(kept[findingsMax]).toEqual(finding('ONE', 0));
});
