import { detectDataplane, underPreset } from '#dataplane';
import { type BuiltModel, underEngine } from '#manifests';
import type { ClusterModel, Dataplane, SemanticsPreset } from '#model';

/** How a question wants a snapshot to be read where that makes another model of it. */
export interface Reading {
  /** Whose policies decide. */
  readonly policyEngine: string;
  /** With its knobs, and how far policies are enforced as it is. */
  readonly preset: SemanticsPreset | null;
  /** Whether staged policies are in force. */
  readonly staged: boolean;
}

/** What of a snapshot is compiled: read as it is, or as a question wants it. */
export function readAs(
  built: BuiltModel,
  reading: Reading | null,
): { readonly model: ClusterModel; readonly dataplane: Dataplane } {
  const detected = detectDataplane(built.model);
  if (reading === null) return { model: underEngine(built, detected.policyEngine.value).model, dataplane: detected };
  const { policyEngine, preset, staged } = reading;
  const { model } = underEngine(built, policyEngine, { staged });
  // A preset goes before the knobs that the snapshot itself brings along.
  if (preset !== null)
    return { model: { ...model, info: { ...model.info, semantics: {} } }, dataplane: underPreset(detected, preset) };
  return { model, dataplane: detectDataplane(built.model, `policyEngine:${policyEngine}`) };
}
