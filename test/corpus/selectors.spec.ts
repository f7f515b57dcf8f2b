import { describe, expect, it } from 'vitest';
import { modelSelectorOf, parseCalicoSelector } from '#manifests';
import { selectorMatches } from '#model';
import { loadSpec } from './worlds.js';

interface SelectorCase {
  readonly sel: string;
  readonly eval?: readonly (readonly [labels: Record<string, unknown>, matches: boolean])[];
  /** Why it is refused. */
  readonly error?: string;
}

describe('policy semantics, Calico selectors', () => {
  const cases = loadSpec<SelectorCase[]>('selectors');

  it('are all here', () => expect(cases).toHaveLength(51));

  for (const { sel, eval: wanted, error } of cases) {
    it(`${JSON.stringify(sel)} ${error === undefined ? 'matches what it should' : `is refused: ${error}`}`, () => {
      const parsed = parseCalicoSelector(sel);
      if (parsed.kind === 'Mistake' || wanted === undefined) {
        expect({ refused: parsed.kind === 'Mistake' }).toEqual({ refused: error !== undefined });
        return;
      }
      const found = wanted.map(([labels]) => {
        const texts = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
        return [labels, selectorMatches(modelSelectorOf(parsed.selector), texts)];
      });
      expect(found).toEqual(wanted);
    });
  }
});
