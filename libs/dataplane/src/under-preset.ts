import { type Dataplane, knobs, presetEngines, type SemanticsPreset, semanticsPresets } from '#model';

/**
 * A network under a preset of semantics: another engine reads the policies, and the knobs are its; how far they are
 * enforced stays as it is.
 */
export function underPreset(dataplane: Dataplane, preset: SemanticsPreset): Dataplane {
  const said: ReadonlySet<string> = new Set([...knobs, 'policyEngine']);
  const assumptions = dataplane.assumptions.filter(({ name }) => !said.has(name));
  return {
    ...dataplane,
    policyEngine: { value: presetEngines[preset], provenance: 'configured' },
    semantics: { value: semanticsPresets[preset], provenance: 'configured' },
    assumptions: [...assumptions, { name: 'semantics', value: `preset:${preset}`, provenance: 'configured' }],
  };
}
