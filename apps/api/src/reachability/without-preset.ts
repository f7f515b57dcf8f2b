import { splitSemantics } from '#engine';

/** Fields of a question for a snapshot that was opened under its preset: only the knobs beside it are left. */
export function withoutPreset<T extends Readonly<Record<string, unknown>>>(fields: T): T {
  const { preset, knobs } = splitSemantics(fields.semantics, 'semantics');
  return preset === null ? fields : { ...fields, semantics: Object.fromEntries(knobs) };
}
