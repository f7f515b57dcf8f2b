import { QuestionError } from '#model';

/** Other knobs than the snapshot's would need another index. @throws QuestionError KNOB_INVALID */
export function refuseSemantics(semantics: unknown): void {
  if (semantics === undefined || semantics === null || semantics === '') return;
  throw new QuestionError(
    'KNOB_INVALID',
    'semantics: a whole cluster is answered under the knobs of its snapshot; single verdicts take others',
    'semantics',
    'none',
  );
}
