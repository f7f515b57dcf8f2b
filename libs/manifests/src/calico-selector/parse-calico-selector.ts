import { compareText } from '#model';
import { and, type CalicoSelector, not, or } from './calico-selector.js';

/** Longest selector that Calico accepts, in UTF-16 code units. It bounds the depth too: a level costs a character. */
export const selectorLengthMax = 1024;

const labelNameMax = 512;
const operators = '==, !=, in, not in, contains, starts with or ends with';
const operands = 'a label name with an operator, has(label), all(), global(), "!" or "("';

/** A selector as it was read, or the first mistake in it. */
export type ParsedSelector =
  | { readonly kind: 'Selector'; readonly selector: CalicoSelector }
  | {
      readonly kind: 'Mistake';
      /** Where it is: the number of characters before it. */
      readonly position: number;
      /** What was expected there, and what is there. */
      readonly message: string;
    };

/**
 * Reads a selector of Calico's language (policy semantics 3.6). The empty text selects everything. Keywords are not
 * reserved, operators are case-sensitive, and blank and tab are the only white space. Cost: linear in the text.
 */
export function parseCalicoSelector(text: string): ParsedSelector {
  if (text.length > selectorLengthMax) {
    const message = `a selector has at most ${selectorLengthMax} characters, this one has ${text.length}`;
    return { kind: 'Mistake', position: selectorLengthMax, message };
  }
  try {
    return { kind: 'Selector', selector: new SelectorReader(text).read() };
  } catch (error) {
    if (error instanceof Mistake) return { kind: 'Mistake', position: error.position, message: error.message };
    throw error;
  }
}

class Mistake extends Error {
  constructor(
    readonly position: number,
    expected: string,
    found: string,
  ) {
    super(`expected ${expected}, found ${found}`);
  }
}

/** A cursor on the text; every method takes what it is named after or throws. */
class SelectorReader {
  #at = 0;

  constructor(readonly text: string) {}

  read(): CalicoSelector {
    this.#skipBlanks();
    if (this.#at === this.text.length) return { kind: 'All' };
    const expression = this.#or();
    if (this.#at < this.text.length) this.#expected('"&&", "||" or the end');
    return expression;
  }

  #or(): CalicoSelector {
    const operands = [this.#and()];
    while (this.#accept('||')) operands.push(this.#and());
    return or(operands);
  }

  #and(): CalicoSelector {
    const operands = [this.#operation()];
    while (this.#accept('&&')) operands.push(this.#operation());
    return and(operands);
  }

  #operation(): CalicoSelector {
    let isNegated = false;
    while (this.#accept('!')) isNegated = !isNegated;
    const operation = this.#positive();
    this.#skipBlanks();
    return isNegated ? not(operation) : operation;
  }

  #positive(): CalicoSelector {
    if (this.#accept('(')) {
      const inner = this.#or();
      this.#require(')');
      return inner;
    }
    const name = this.#labelName(operands);
    // A keyword and its parenthesis must touch: with a blank between them it is a label of that name.
    const isCall = this.text[this.#at] === '(' && ['all', 'global', 'has'].includes(name);
    if (!isCall) return this.#comparison(name);
    this.#at++;
    this.#skipBlanks();
    const call: CalicoSelector =
      name === 'has'
        ? { kind: 'Has', key: this.#labelName('a label name') }
        : { kind: name === 'all' ? 'All' : 'Global' };
    this.#require(')');
    return call;
  }

  #comparison(key: string): CalicoSelector {
    this.#skipBlanks();
    if (this.#accept('==')) return { kind: 'In', key, values: [this.#string()] };
    if (this.#accept('!=')) return { kind: 'NotIn', key, values: [this.#string()] };
    if (this.#acceptWords('not', 'in')) return { kind: 'NotIn', key, values: this.#set() };
    if (this.#acceptWords('in')) return { kind: 'In', key, values: this.#set() };
    if (this.#acceptWords('contains')) return { kind: 'Contains', key, value: this.#string() };
    if (this.#acceptWords('starts', 'with')) return { kind: 'StartsWith', key, value: this.#string() };
    if (this.#acceptWords('ends', 'with')) return { kind: 'EndsWith', key, value: this.#string() };
    return this.#expected(`${operators} after the label name ${JSON.stringify(key)}`);
  }

  #set(): string[] {
    this.#require('{', 'a set such as {"a", "b"}');
    const values = new Set<string>();
    while (!this.#accept('}')) {
      values.add(this.#string());
      if (!this.#accept(',') && this.text[this.#at] !== '}') this.#expected('"," or "}"');
    }
    return [...values].sort(compareText);
  }

  /** A text in quotes of one kind. There are no escapes: it ends at the next such quote. */
  #string(): string {
    this.#skipBlanks();
    const quote = this.text[this.#at];
    if (quote !== '"' && quote !== "'") return this.#expected('a text in quotes');
    const end = this.text.indexOf(quote, this.#at + 1);
    if (end < 0) throw new Mistake(this.#at, `a closing ${quote}`, 'the end');
    const value = this.text.slice(this.#at + 1, end);
    this.#at = end + 1;
    this.#skipBlanks();
    return value;
  }

  #labelName(expected: string): string {
    labelName.lastIndex = this.#at;
    const name = labelName.exec(this.text)?.[0] ?? this.#expected(expected);
    if (name.length > labelNameMax)
      throw new Mistake(this.#at, `a label name of at most ${labelNameMax} characters`, `one of ${name.length}`);
    this.#at += name.length;
    return name;
  }

  /** Takes words between which there may be any blanks or none; a label character must not follow. */
  #acceptWords(...words: readonly string[]): boolean {
    const start = this.#at;
    for (const word of words) {
      this.#skipBlanks();
      if (!this.text.startsWith(word, this.#at)) {
        this.#at = start;
        return false;
      }
      this.#at += word.length;
    }
    const isWhole = this.#at === this.text.length || !isLabelCharacter(this.text[this.#at]);
    if (!isWhole) this.#at = start;
    return isWhole;
  }

  #accept(sign: string): boolean {
    this.#skipBlanks();
    if (!this.text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    this.#skipBlanks();
    return true;
  }

  #require(sign: string, expected = JSON.stringify(sign)): void {
    if (!this.#accept(sign)) this.#expected(expected);
  }

  #skipBlanks(): void {
    while (this.text[this.#at] === ' ' || this.text[this.#at] === '\t') this.#at++;
  }

  #expected(expected: string): never {
    const found = this.#at === this.text.length ? 'the end' : JSON.stringify(this.text.slice(this.#at, this.#at + 20));
    throw new Mistake(this.#at, expected, found);
  }
}

const labelName = /[A-Za-z0-9_./-]+/y;

function isLabelCharacter(character: string): boolean {
  return /[A-Za-z0-9_./-]/.test(character);
}
