import type { Complaint } from './complaint.js';
import type { Remark } from './remark.js';

export type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = Object.freeze({});

/**
 * Reads values of the types that a kind prescribes and remembers every one that is of another type, so that all
 * complaints come at once. `null` and a missing value are the same thing, as for the API server. After a complaint the
 * zero value is returned, so that reading can go on.
 */
export class Decoder {
  readonly complaints: Complaint[] = [];

  /** What is odd about a value that is accepted. */
  readonly remarks: Remark[] = [];

  complain(complaint: Complaint): void {
    this.complaints.push(complaint);
  }

  remark(remark: Remark): void {
    this.remarks.push(remark);
  }

  /** An object; `{}` where there is none. */
  fields(value: unknown, field: string): Fields {
    if (value === undefined || value === null) return nothing;
    if (typeof value === 'object' && !Array.isArray(value)) return value as Fields;
    return this.#wrongType(value, field, 'an object', nothing);
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? (value as unknown[]) : this.#wrongType(value, field, 'a list', []);
  }

  /** A list with each element and its path. */
  elements<T>(value: unknown, field: string, read: (element: unknown, at: string) => T): T[] {
    return this.list(value, field).map((element, i) => read(element, `${field}[${i}]`));
  }

  text(value: unknown, field: string): string | null {
    if (value === undefined || value === null) return null;
    return typeof value === 'string' ? value : this.#wrongType(value, field, 'a string', null);
  }

  /** A text that must be there. */
  requiredText(value: unknown, field: string): string {
    const text = this.text(value, field);
    if (text === null && (value === undefined || value === null)) {
      this.complain({ field, reason: 'Required', detail: 'a non-empty string is required' });
    }
    return text ?? '';
  }

  /** One of a few words; the first is the default. */
  word<T extends string>(value: unknown, field: string, words: readonly T[]): T {
    return this.optionalWord(value, field, words) ?? words[0];
  }

  /** One of a few words; null where there is none, or another one and a complaint. */
  optionalWord<T extends string>(value: unknown, field: string, words: readonly T[]): T | null {
    const text = this.text(value, field);
    if (text === null || text === '') return null;
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const detail = `supported values: ${words.map((word) => JSON.stringify(word)).join(', ')}`;
    this.complain({ field, reason: 'NotSupported', detail, value: text });
    return null;
  }

  boolean(value: unknown, field: string): boolean {
    if (value === undefined || value === null) return false;
    return typeof value === 'boolean' ? value : this.#wrongType(value, field, 'a boolean', false);
  }

  integer(value: unknown, field: string): number | null {
    if (value === undefined || value === null) return null;
    const isInteger =
      typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 31 - 1 + (value < 0 ? 1 : 0);
    return isInteger ? value : this.#wrongType(value, field, 'a 32-bit integer', null);
  }

  /** A number, whole or not. */
  number(value: unknown, field: string): number | null {
    if (value === undefined || value === null) return null;
    return Number.isFinite(value) ? (value as number) : this.#wrongType(value, field, 'a number', null);
  }

  /** An integer inside bounds, both included. */
  integerIn(value: unknown, field: string, [first, last]: readonly [number, number]): number | null {
    const number = this.integer(value, field);
    if (number === null || (number >= first && number <= last)) return number;
    const detail = `must be between ${first} and ${last}, inclusive`;
    this.complain({ field, reason: 'Invalid', detail, value: number });
    return null;
  }

  /** An integer from 1 to 65535. */
  port(value: unknown, field: string): number | null {
    return this.integerIn(value, field, [1, 65535]);
  }

  /** A map of texts; a null value is the empty text. */
  texts(value: unknown, field: string): Record<string, string> {
    const fields = this.fields(value, field);
    // Nearly always all is as it should be, and nothing need be copied.
    if (Object.keys(fields).every((key) => typeof fields[key] === 'string')) return fields as Record<string, string>;
    const entries = Object.entries(fields).map(([key, inner]): [string, string] => [
      key,
      this.text(inner, `${field}[${key}]`) ?? '',
    ]);
    return Object.fromEntries(entries);
  }

  #wrongType<T>(value: unknown, field: string, expected: string, zero: T): T {
    this.complain({ field, reason: 'Decode', detail: `must be ${expected}`, value });
    return zero;
  }
}
