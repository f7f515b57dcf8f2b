/** What a section may hold: numbers, or a text. */
export type Section = Uint8Array | Uint16Array | Uint32Array | string;

interface SectionPlace {
  readonly name: string;
  readonly type: 'text' | 'u8' | 'u16' | 'u32';
  readonly byteLength: number;
}

/** Named sections one after the other, each at a multiple of four bytes, behind a header in JSON that lists them. */
export function writeSections(version: number, sections: Readonly<Record<string, Section>>): Uint8Array<ArrayBuffer> {
  const contents = Object.entries(sections).map(([name, section]) => ({ name, ...contentOf(section) }));
  const places = contents.map(({ name, type, bytes }): SectionPlace => ({ name, type, byteLength: bytes.byteLength }));
  const header = Buffer.from(JSON.stringify({ version, sections: places }));
  const size = contents.reduce((sum, { bytes }) => sum + aligned(bytes.byteLength), 4 + aligned(header.length));
  const result = new Uint8Array(size);
  new DataView(result.buffer).setUint32(0, header.length, true);
  result.set(header, 4);
  let at = 4 + aligned(header.length);
  for (const { bytes } of contents) {
    result.set(bytes, at);
    at += aligned(bytes.byteLength);
  }
  return result;
}

/** Sections where they lie: nothing is copied or parsed but the header. */
export class Sections {
  readonly #places = new Map<string, SectionPlace & { readonly at: number }>();
  readonly #bytes: Uint8Array;

  /** @throws Error where the bytes are of another version or cut short */
  constructor(given: Uint8Array, version: number) {
    this.#bytes = given.byteOffset % 4 === 0 ? given : given.slice();
    const { buffer, byteOffset, byteLength } = this.#bytes;
    const headerLength = new DataView(buffer, byteOffset).getUint32(0, true);
    const header = JSON.parse(textOf(this.#bytes.subarray(4, 4 + headerLength))) as {
      version: number;
      sections: SectionPlace[];
    };
    if (header.version !== version) throw new Error(`the bytes are of version ${header.version}, not ${version}`);
    let at = 4 + aligned(headerLength);
    for (const place of header.sections) {
      if (at + place.byteLength > byteLength) throw new Error(`the bytes end inside ${place.name}`);
      this.#places.set(place.name, { ...place, at });
      at += aligned(place.byteLength);
    }
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  bytes(name: string): Uint8Array {
    const { at, byteLength } = this.#place(name);
    return this.#bytes.subarray(at, at + byteLength);
  }

  u16(name: string): Uint16Array {
    const { at, byteLength } = this.#place(name);
    return new Uint16Array(this.#bytes.buffer, this.#bytes.byteOffset + at, byteLength / 2);
  }

  u32(name: string): Uint32Array {
    const { at, byteLength } = this.#place(name);
    return new Uint32Array(this.#bytes.buffer, this.#bytes.byteOffset + at, byteLength / 4);
  }

  /** Cost: linear in the section. */
  json(name: string): unknown {
    return JSON.parse(textOf(this.bytes(name)));
  }

  #place(name: string): SectionPlace & { readonly at: number } {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`there is no section ${name}`);
    return place;
  }
}

function contentOf(section: Section): { type: SectionPlace['type']; bytes: Uint8Array } {
  if (typeof section === 'string') return { type: 'text', bytes: Buffer.from(section) };
  const type = section.BYTES_PER_ELEMENT === 1 ? 'u8' : section.BYTES_PER_ELEMENT === 2 ? 'u16' : 'u32';
  return { type, bytes: new Uint8Array(section.buffer, section.byteOffset, section.byteLength) };
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
