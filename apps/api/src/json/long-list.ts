import { malformedJson } from './malformed-json.js';

/**
 * A long list of a JSON text. Its members are made when they are read, a piece at a time, so that the ones read before can
 * be given back meanwhile: a hundred thousand of them kept together cost more in the collector than in the parser.
 */
export class LongList {
  /**
   * @param text the whole text, of which the list is a part
   * @param borders where in it the pieces begin, each after a bracket or comma; then one past the end of the last
   * @param length how many members the list has, where it is JSON
   */
  constructor(
    readonly text: string,
    readonly borders: readonly number[],
    readonly length: number,
  ) {}

  /**
   * The members in their order, some of them at once.
   * @throws ProblemError4xx 400 MALFORMED at the first piece that is no JSON
   */
  *pieces(): Iterable<readonly unknown[]> {
    for (let i = 0; i + 1 < this.borders.length; i++) yield this.#parsed(this.borders[i], this.borders[i + 1] - 1);
  }

  #parsed(start: number, end: number): unknown[] {
    try {
      const members = JSON.parse(`[${this.text.slice(start, end)}]`) as unknown[];
      if (members.length > 0 || this.length === 0) return members;
    } catch {
      // The whole text says better where it is wrong.
    }
    try {
      JSON.parse(this.text);
    } catch (error) {
      throw malformedJson(error as Error);
    }
    throw new Error('a piece of a JSON text is no JSON, the text is');
  }
}
