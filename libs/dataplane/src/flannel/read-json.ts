/** A JSON value as it was written: numbers as text, members in order with repetitions. */
export type JsonValue =
  | { readonly kind: 'object'; readonly members: readonly { readonly key: string; readonly value: JsonValue }[] }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

/** Where a text stops being JSON. */
export class JsonError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

const depthMax = 200;

/**
 * Reads JSON without losing what `JSON.parse` loses: that `1.0` is no integer, and which member came last. Comments and
 * trailing commas are errors. Cost: linear in the text.
 * @throws JsonError
 */
export function readJson(text: string): JsonValue {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  value(depth: number): JsonValue {
    if (depth > depthMax) this.#fail('is nested too deep');
    this.#space();
    switch (this.text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return { kind: 'string', value: this.#string() };
      default:
        return this.#literal();
    }
  }

  end(): void {
    this.#space();
    if (this.#at < this.text.length) this.#fail(`has ${this.#shown()} after its end`);
  }

  #object(depth: number): JsonValue {
    const members: { key: string; value: JsonValue }[] = [];
    this.#at++;
    if (this.#skips('}')) return { kind: 'object', members };
    for (;;) {
      this.#space();
      if (this.text[this.#at] !== '"') this.#fail(`has ${this.#shown()} where a key must begin`);
      const key = this.#string();
      if (!this.#skips(':'))
        this.#fail(`has ${this.#shown()} after the key ${JSON.stringify(key)}; a colon must follow`);
      members.push({ key, value: this.value(depth + 1) });
      if (this.#skips('}')) return { kind: 'object', members };
      if (!this.#skips(','))
        this.#fail(`has ${this.#shown()} after the value of ${JSON.stringify(key)}; a comma or } must follow`);
    }
  }

  #array(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#at++;
    if (this.#skips(']')) return { kind: 'array', items };
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.#skips(']')) return { kind: 'array', items };
      if (!this.#skips(',')) this.#fail(`has ${this.#shown()} in a list; a comma or ] must follow`);
    }
  }

  #string(): string {
    const match = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.text);
    if (found === null) return this.#fail('has a text that does not end');
    this.#at = match.lastIndex;
    return JSON.parse(found[0]) as string;
  }

  #literal(): JsonValue {
    const match = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.text);
    if (found === null) return this.#fail(`has ${this.#shown()} where a value must begin`);
    this.#at = match.lastIndex;
    const [word] = found;
    if (word === 'null') return { kind: 'null' };
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' };
    return { kind: 'number', text: word };
  }

  #space(): void {
    while (' \t\r\n'.includes(this.text[this.#at] ?? 'x')) this.#at++;
  }

  #skips(mark: string): boolean {
    this.#space();
    if (this.text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #shown(): string {
    const rest = this.text[this.#at];
    return rest === undefined ? 'its end' : JSON.stringify(rest);
  }

  #fail(what: string): never {
    const line = this.text.slice(0, this.#at).split('\n').length;
    throw new JsonError(`line ${line} ${what}`, line);
  }
}
