import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { limitExceeded, ManifestError, malformed } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';
import type { ByteSource } from './byte-source.js';

/** One file of an archive; its bytes must be read before the next is asked for. */
export interface TarMember {
  readonly name: string;
  readonly content: ByteSource;
}

const manifestName = /\.(ya?ml|json|ndjson|jsonl)(\.gz)?$/i;

/**
 * The manifests in a tar archive, in its order; other files are passed over and counted. Nothing is ever written
 * anywhere; a name that leaves the archive and anything that is no file or folder is refused all the same, since
 * whoever made such an archive did not mean manifests.
 */
export async function* readTar(
  source: ByteSource,
  limits: ReadLimits,
  onSkipped: () => void,
): AsyncIterable<TarMember> {
  const archive = extract();
  const input = Readable.from(source, { objectMode: false });
  let failure: Error | null = null;
  input.on('error', (error) => {
    failure = error;
    archive.destroy(error);
  });
  input.pipe(archive);
  let members = 0;
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      if (++members > limits.tarMembersMax)
        throw limitExceeded('tarMembersMax', limits.tarMembersMax, 'the archive has more members than that');
      refuseOddMember(name, type ?? 'file');
      if ((type === 'file' || type === 'contiguous-file') && manifestName.test(name) && !isMetadata(name)) {
        yield { name, content: contentOf(entry as unknown as ByteSource) };
      } else if (type !== 'directory') {
        onSkipped();
      }
      entry.resume();
    }
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    // What goes wrong here is the archive, unless the source itself broke off.
    if (failure !== null) throw failure as Error;
    throw malformed(`the tar archive is damaged or cut short: ${(error as Error).message}`);
  } finally {
    input.destroy();
    archive.destroy();
  }
}

/** A member's bytes; an archive that ends inside of them is damaged. */
async function* contentOf(entry: ByteSource): ByteSource {
  try {
    yield* entry;
  } catch (error) {
    throw malformed(`the tar archive is damaged or cut short: ${(error as Error).message}`);
  }
}

/** Files that archivers add on their own: `._name` of macOS. */
function isMetadata(name: string): boolean {
  return /(^|\/)\._/.test(name) || name.startsWith('__MACOSX/');
}

function refuseOddMember(name: string, type: string): void {
  const leaves =
    name.startsWith('/') || name.startsWith('\\') || /^[a-z]:/i.test(name) || name.split(/[/\\]/).includes('..');
  if (leaves || name.includes('\0')) {
    throw malformed(
      `the archive has a member named ${JSON.stringify(name.slice(0, 200))}, which leaves the archive; relative names without ".." are accepted`,
    );
  }
  if (!['file', 'contiguous-file', 'directory'].includes(type)) {
    throw malformed(
      `the archive's member ${JSON.stringify(name.slice(0, 200))} is a ${type}; files and folders are accepted`,
    );
  }
}
