type Json = Readonly<Record<string, unknown>>;

/**
 * What a client of the released REST contract would trip over in the current one; empty where every request that was
 * right stays right and every answer keeps what was promised of it. A request may be given more room, an answer less:
 * parameters and words of answers may not be taken away or asked for anew, properties of answers may not disappear,
 * become optional or take another type. New paths, optional parameters and properties break nothing.
 * Cost: linear in both documents.
 */
export function breakingChanges(released: Json, current: Json): string[] {
  return new Comparison(released, current).operations();
}

/** Who writes a value: what the client sends may be accepted more widely, what it receives must stay as narrow. */
type Side = 'request' | 'response';

class Comparison {
  readonly #found: string[] = [];
  /** Pairs of named schemas that are compared already, by side; schemas may contain themselves. */
  readonly #seen = new Set<string>();

  constructor(
    readonly released: Json,
    readonly current: Json,
  ) {}

  operations(): string[] {
    for (const [path, methods] of entries(this.released.paths)) {
      for (const [method, operation] of entries(methods)) {
        const now = at(this.current, 'paths', path, method);
        const place = `${method.toUpperCase()} ${path}`;
        if (now === undefined) this.#break(place, 'is gone');
        else this.#operation(place, operation as Json, now as Json);
      }
    }
    return this.#found;
  }

  #operation(place: string, before: Json, now: Json): void {
    const parameters = byName(now.parameters);
    for (const [name, parameter] of byName(before.parameters)) {
      const same = parameters.get(name);
      if (same === undefined) this.#break(place, `no longer takes ${name}`);
      else {
        if (same.required === true && parameter.required !== true) this.#break(place, `now requires ${name}`);
        this.#schema(`${place} ${name}`, parameter.schema, same.schema, 'request');
      }
    }
    for (const [name, parameter] of parameters) {
      if (parameter.required === true && !byName(before.parameters).has(name))
        this.#break(place, `now requires ${name}`);
    }
    this.#body(place, before.requestBody as Json | undefined, now.requestBody as Json | undefined);
    for (const [status, answer] of entries(before.responses)) {
      const same = at(now, 'responses', status);
      if (same === undefined) this.#break(place, `no longer answers ${status}`);
      else this.#content(`${place} ${status}`, answer, same, 'response');
    }
  }

  #body(place: string, before: Json | undefined, now: Json | undefined): void {
    if (now?.required === true && before?.required !== true) this.#break(place, 'now requires a body');
    if (before === undefined) return;
    if (now === undefined) this.#break(place, 'no longer takes a body');
    else this.#content(`${place} body`, before, now, 'request');
  }

  #content(place: string, before: unknown, now: unknown, side: Side): void {
    for (const [type, { schema }] of entries(at(before, 'content')) as [string, Json][]) {
      const same = at(now, 'content', type);
      if (same === undefined) this.#break(place, `no longer speaks ${type}`);
      else this.#schema(place, schema, at(same, 'schema'), side);
    }
  }

  #schema(place: string, beforeGiven: unknown, nowGiven: unknown, side: Side): void {
    const key = `${side} ${reference(beforeGiven)} ${reference(nowGiven)}`;
    const isNamed = reference(beforeGiven) !== '' && reference(nowGiven) !== '';
    if (isNamed && this.#seen.has(key)) return;
    if (isNamed) this.#seen.add(key);
    const before = resolved(this.released, beforeGiven);
    const now = resolved(this.current, nowGiven);
    this.#types(place, before, now, side);
    this.#words(place, before, now, side);
    if (before.items !== undefined) this.#schema(`${place}[]`, before.items, now.items, side);
    if (typeof before.additionalProperties === 'object')
      this.#schema(`${place}.*`, before.additionalProperties, now.additionalProperties, side);
    this.#properties(place, before, now, side);
  }

  #types(place: string, before: Json, now: Json, side: Side): void {
    const [old, young] = [typesOf(before), typesOf(now)];
    if (old.length === 0 && side === 'request') return;
    const lost = side === 'request' ? old.filter((type) => !young.includes(type)) : [];
    const added = side === 'response' ? young.filter((type) => !old.includes(type)) : [];
    if (young.length > 0 && lost.length > 0) this.#break(place, `may no longer be ${lost.join(' or ')}`);
    if (old.length > 0 && added.length > 0) this.#break(place, `may now be ${added.join(' or ')}`);
    if (side === 'response' && old.length > 0 && young.length === 0) this.#break(place, 'may now be of any type');
  }

  #words(place: string, before: Json, now: Json, side: Side): void {
    const [old, young] = [before.enum, now.enum] as [string[] | undefined, string[] | undefined];
    if (side === 'request' && young !== undefined) {
      const lost = (old ?? ['any other word']).filter((word) => !young.includes(word));
      if (lost.length > 0) this.#break(place, `may no longer be ${lost.join(' or ')}`);
    }
    if (side === 'response' && old !== undefined) {
      const added = (young ?? ['any word']).filter((word) => !old.includes(word));
      if (added.length > 0) this.#break(place, `may now be ${added.join(' or ')}`);
    }
  }

  #properties(place: string, before: Json, now: Json, side: Side): void {
    const [required, requiredNow] = [listOf(before.required), listOf(now.required)];
    for (const [name, schema] of entries(before.properties)) {
      const same = at(now, 'properties', name);
      if (same === undefined) this.#break(`${place}.${name}`, side === 'request' ? 'is no longer taken' : 'is gone');
      else this.#schema(`${place}.${name}`, schema, same, side);
    }
    for (const name of side === 'request' ? requiredNow : required) {
      const isKept = (side === 'request' ? required : requiredNow).includes(name);
      if (isKept || (side === 'response' && at(now, 'properties', name) === undefined)) continue;
      this.#break(`${place}.${name}`, side === 'request' ? 'is now required' : 'may now be absent');
    }
  }

  #break(place: string, what: string): void {
    this.#found.push(`${place} ${what}`);
  }
}

function entries(value: unknown): [string, Json][] {
  return Object.entries((value ?? {}) as Record<string, Json>);
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inner, key) => (inner as Json | undefined)?.[key], value);
}

function byName(parameters: unknown): Map<string, Json> {
  return new Map(((parameters ?? []) as Json[]).map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]));
}

function reference(schema: unknown): string {
  return String((schema as Json | undefined)?.$ref ?? '');
}

function resolved(document: Json, schema: unknown): Json {
  const name = reference(schema).replace('#/components/schemas/', '');
  return (name === '' ? (schema ?? {}) : at(document, 'components', 'schemas', name)) as Json;
}

/** Integers are numbers: an answer may become narrower. */
function typesOf({ type }: Json): string[] {
  const types = type === undefined ? [] : [type].flat().map(String);
  return types.includes('number') ? [...types, 'integer'] : types;
}

function listOf(value: unknown): string[] {
  return (value ?? []) as string[];
}
