/**
 * A question that cannot be answered as it was asked. Every transport maps `code` to its own way of saying no; the
 * message names what was found and what is accepted.
 */
export class QuestionError extends Error {
  constructor(
    readonly code: QuestionErrorCode,
    message: string,
    /** Where in the question: `from`, `port`, `flows[17].to`. */
    readonly field: string,
    /** What would have been accepted, for `errors[].accepted`. */
    readonly accepted?: string,
  ) {
    super(message);
    this.name = 'QuestionError';
  }
}

export type QuestionErrorCode =
  | 'PEER_MALFORMED'
  | 'PEER_NOT_FOUND'
  | 'PEER_AMBIGUOUS'
  | 'PEER_NOT_A_SOURCE'
  | 'PROTOCOL_INVALID'
  | 'PORT_INVALID'
  | 'PORT_NOT_FOUND'
  | 'FAMILY_INVALID'
  | 'MODE_INVALID'
  | 'LEVEL_INVALID'
  | 'INCLUDE_INVALID'
  | 'FORMAT_INVALID'
  | 'CURSOR_INVALID'
  | 'LIMIT_INVALID'
  | 'KNOB_INVALID'
  | 'DATAPLANE_INVALID'
  | 'KIND_AMBIGUOUS'
  | 'OBJECT_NOT_FOUND'
  | 'QUESTION_MALFORMED'
  | 'TOO_MANY_FLOWS'
  | 'SET_TOO_LARGE'
  | 'INDEX_TOO_LARGE'
  | 'ANSWER_TOO_LARGE';
