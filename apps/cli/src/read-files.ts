import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestError, readManifests, type Strictness } from '#manifests';
import {
  compareObjectRefs,
  type Diagnostic,
  formatObjectRef,
  noSnapshotInfo,
  type Progress,
  type SnapshotInfo,
  type StoredObject,
} from '#model';

/** A file or folder that cannot be read. */
export class InputError extends Error {}

export interface ReadFiles {
  readonly objects: readonly StoredObject[];
  readonly diagnostics: readonly Diagnostic[];
  readonly info: SnapshotInfo;
}

const manifestName = /\.(ya?ml|json|ndjson|jsonl|tar|tgz|tar\.gz)(\.gz)?$/i;

/**
 * Reads files, folders (with everything below them) and `-` for standard input as one snapshot; of an object that
 * stands in several of them, the last counts, as if all were applied in order.
 * @throws InputError, ManifestError
 */
export async function readFiles(
  paths: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
  strict: Strictness,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<ReadFiles> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  if (files.length === 0)
    throw new InputError(
      `there are no manifests in ${paths.join(', ')}; files ending in .yaml, .yml, .json, .ndjson, .tar and .gz of these are read`,
    );
  const objects = new Map<string, StoredObject>();
  const diagnostics: Diagnostic[] = [];
  let info = noSnapshotInfo;
  let found = 0;
  for (const file of files) {
    try {
      const read = await readManifests(file === '-' ? stdin : createReadStream(file), {
        strict,
        fileName: file,
        onProgress,
      });
      found++;
      for (const object of read.objects) objects.set(formatObjectRef(object.ref), object);
      diagnostics.push(...read.diagnostics);
      if (read.info !== noSnapshotInfo) info = read.info;
    } catch (error) {
      // One empty file among others is nothing to complain about.
      if (!(error instanceof ManifestError && error.code === 'EMPTY_INPUT' && files.length > 1)) throw error;
    }
  }
  if (found === 0) throw new InputError(`none of the ${files.length} files has an object`);
  return { objects: [...objects.values()].sort((a, b) => compareObjectRefs(a.ref, b.ref)), diagnostics, info };
}

async function filesOf(path: string): Promise<string[]> {
  if (path === '-') return ['-'];
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${path} cannot be read (${error.code ?? error.message})`);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  const files = entries.filter((name) => manifestName.test(name)).sort();
  return files.map((name) => join(path, name));
}
