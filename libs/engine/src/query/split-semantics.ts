import { QuestionError, type SemanticsPreset, semanticsPresets } from '#model';

/** What a question says of semantics: a preset, which also tells whose policies decide, and knobs beside it. */
export interface SaidSemantics {
  readonly preset: SemanticsPreset | null;
  /** Names and values, not checked. */
  readonly knobs: readonly (readonly [name: string, value: unknown])[];
}

/**
 * Reads `preset:name` or a bare name, and `knob:value`, joined by commas; or a record.
 * @throws QuestionError KNOB_INVALID
 */
export function splitSemantics(given: unknown, field: string): SaidSemantics {
  if (given === undefined || given === null || given === '') return { preset: null, knobs: [] };
  const entries = typeof given === 'string' ? pairsOf(given) : Object.entries(given);
  const knobs = entries.filter(([name]) => name !== 'preset');
  const names = entries.filter(([name]) => name === 'preset').map(([, value]) => value);
  if (names.length === 0) return { preset: null, knobs };
  const [preset] = names;
  if (names.length === 1 && isPreset(preset)) return { preset, knobs };
  const accepted = Object.keys(semanticsPresets).join(', ');
  const found = names.map((name) => JSON.stringify(String(name).slice(0, 60))).join(' and ');
  throw new QuestionError(
    'KNOB_INVALID',
    `${field}: preset is ${found}; accepted is one of ${accepted}`,
    field,
    accepted,
  );
}

function pairsOf(text: string): [string, string][] {
  return text.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon >= 0) return [part.slice(0, colon).trim(), part.slice(colon + 1).trim()];
    return isPreset(part.trim()) ? ['preset', part.trim()] : [part.trim(), ''];
  });
}

function isPreset(name: unknown): name is SemanticsPreset {
  return typeof name === 'string' && Object.hasOwn(semanticsPresets, name);
}
