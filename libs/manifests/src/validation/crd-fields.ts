import type { Complaint } from './complaint.js';
import type { Decoder, Fields } from './decoder.js';

/**
 * Reads fields as the schema of a custom resource prescribes them: what must be there, bounds, words, how many
 * properties. Everything that is wrong is remembered by the decoder; reading goes on with the nearest thing.
 */
export class CrdFields {
  constructor(readonly decoder: Decoder) {}

  complain(field: string, reason: Complaint['reason'], detail: string, value?: unknown): void {
    this.decoder.complain({ field, reason, detail, ...(value === undefined ? {} : { value }) });
  }

  /** An object that must be there. */
  object(value: unknown, field: string): Fields {
    if (isMissing(value)) this.complain(field, 'Required', '');
    return this.decoder.fields(value, field);
  }

  /** One of a few words, which must be there. */
  word<T extends string>(value: unknown, field: string, words: readonly T[]): T {
    const text = this.decoder.text(value, field);
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    if (isMissing(value)) this.complain(field, 'Required', '');
    else if (text !== null) {
      const supported = words.map((word) => JSON.stringify(word)).join(', ');
      this.complain(field, 'NotSupported', `supported values: ${supported}`, text);
    }
    return words[0];
  }

  /** An integer inside bounds, which must be there. */
  integer(value: unknown, field: string, min: number, max: number): number {
    if (isMissing(value)) this.complain(field, 'Required', '');
    const number = this.decoder.integer(value, field);
    if (number !== null && number < min) this.complain(field, 'Invalid', `must be at least ${min}`, number);
    if (number !== null && number > max) this.complain(field, 'Invalid', `must be at most ${max}`, number);
    return number ?? min;
  }

  /** A text of bounded length, or null. */
  text(value: unknown, field: string, max: number): string | null {
    const text = this.decoder.text(value, field);
    if (text !== null && text.length > max) {
      this.complain(field, 'TooLong', `must be no more than ${max} characters`, text);
    }
    return text;
  }

  /** A list with bounds on how many elements it has; where there is none, `[]` without a complaint. */
  list<T>(value: unknown, field: string, min: number, max: number, read: (element: unknown, at: string) => T): T[] {
    const count = this.decoder.list(value, field).length;
    if (!isMissing(value) && count < min) this.complain(field, 'Invalid', `must have at least ${min} items`, count);
    if (count > max) this.complain(field, 'Invalid', `must have at most ${max} items`, count);
    return this.decoder.elements(value, field, read);
  }

  /** Which of the properties are there; more than one is complained of, and so is none where one is needed. */
  properties<T extends string>(fields: Fields, field: string, names: readonly T[], isNeeded: boolean): T[] {
    const present = names.filter((name) => !isMissing(fields[name]));
    if (present.length > 1 || (isNeeded && present.length === 0)) {
      const detail = `must have ${isNeeded ? 'exactly' : 'at most'} one of the properties ${names.join(', ')}`;
      this.complain(field, 'Invalid', detail, present);
    }
    return present;
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
