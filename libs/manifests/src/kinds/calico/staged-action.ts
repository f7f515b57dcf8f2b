import type { StagedAction } from '../../model/stored-calico.js';
import type { Decoder, Fields } from '../../validation/decoder.js';

/** What a staged policy would do if it were enforced. */
export function readStagedAction(spec: Fields, decoder: Decoder): StagedAction {
  return decoder.word(spec.stagedAction, 'spec.stagedAction', ['Set', 'Delete', 'Learn', 'Ignore']);
}
