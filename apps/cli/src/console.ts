/** What a command talks to; a test gives its own. */
export interface Console {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Machine output. */
  out(text: string): void;
  /** Progress, warnings, mistakes. */
  err(text: string): void;
  /** Whether somebody reads `err` as it comes. */
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
}

/** What a command ends with. */
export const exitCode = { fine: 0, no: 1, badInput: 2, failure: 3 } as const;
