import { QuestionError, type SemanticsPreset } from '#model';
import { splitSemantics } from './split-semantics.js';

/**
 * The preset of a question about a whole cluster; other knobs would need an index of their own for each.
 * @throws QuestionError KNOB_INVALID
 */
export function presetOf(semantics: unknown): SemanticsPreset | null {
  const { preset, knobs } = splitSemantics(semantics, 'semantics');
  if (knobs.length === 0) return preset;
  throw new QuestionError(
    'KNOB_INVALID',
    'semantics: a whole cluster is answered under the knobs of its snapshot or of a preset; single verdicts take others',
    'semantics',
    'preset:k8s|calico|cilium',
  );
}
