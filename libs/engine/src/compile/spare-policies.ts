import type { Policy } from '#model';
import type { CompileInput } from './compile-input.js';
import { CompileState } from './compile-state.js';

/**
 * Policies that each could go, the others staying, without any verdict of the snapshot changing: of two that say the
 * same, both. Policies that select nobody are not among them. Cost: that of a compile.
 */
export function sparePolicies(input: CompileInput): Policy[] {
  return new CompileState(input, (_, work) => work()).sparePolicies();
}
