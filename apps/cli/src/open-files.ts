import { type Command, Option } from 'commander';
import { detectDataplane } from '#dataplane';
import { type Cluster, openCluster } from '#engine';
import { buildModel, type Strictness } from '#manifests';
import type { Diagnostic } from '#model';
import type { Console } from './console.js';
import { readFiles } from './read-files.js';
import { showProgress } from './show-progress.js';

/** What every command that works on files takes. */
export interface FileOptions {
  readonly file: readonly string[];
  readonly dataplane?: string;
  readonly strict: Strictness;
}

/** Adds the options of `FileOptions` to a command. */
export function addFileOptions(command: Command): Command {
  const collect = (path: string, paths: readonly string[] = []): readonly string[] => [...paths, path];
  return command
    .requiredOption('-f, --file <path>', 'file, folder, or - for standard input; may be given more than once', collect)
    .option('--dataplane <key:value,…>', 'what the manifests do not show of the network')
    .addOption(
      new Option('--strict <how>', 'how forgiving reading is')
        .choices(['lenient', 'default', 'strict'])
        .default('default'),
    );
}

/** Reads manifests and opens the cluster they make; warnings go to the console. @throws InputError, ManifestError */
export async function openFiles({ file, dataplane, strict }: FileOptions, console: Console): Promise<Cluster> {
  const progress = showProgress(console);
  const read = await readFiles(file, console.stdin, strict, progress.show).finally(progress.clear);
  const { model, diagnostics } = buildModel(read.objects, read.info);
  report([...read.diagnostics, ...diagnostics], console);
  return openCluster({ model, dataplane: detectDataplane(model, dataplane) });
}

/** Warnings always; what is only worth knowing where somebody looks. */
function report(diagnostics: readonly Diagnostic[], console: Console): void {
  for (const { severity, code, object, message } of diagnostics) {
    if (severity === 'info' && !console.isTerminal) continue;
    console.err(
      `${severity} ${code}${object === undefined || message.includes(object) ? '' : ` ${object}`}: ${message}\n`,
    );
  }
}
