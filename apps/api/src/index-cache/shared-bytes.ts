import type { PackedModel } from '#manifests';

/** The bytes of a model in memory that threads share; a copy where they are not there yet. */
export function sharedBytes({ bytes }: PackedModel): SharedArrayBuffer {
  if (bytes.buffer instanceof SharedArrayBuffer && bytes.byteLength === bytes.buffer.byteLength) return bytes.buffer;
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}
