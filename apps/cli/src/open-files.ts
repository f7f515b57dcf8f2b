import { type Command, Option } from 'commander';
import { detectDataplane, underPreset } from '#dataplane';
import { type Cluster, openCluster, splitSemantics } from '#engine';
import { buildModel, remarkCodes, type Strictness, underEngine } from '#manifests';
import type { Diagnostic, StoredObject } from '#model';
import type { Console } from './console.js';
import { readFiles } from './read-files.js';
import { showProgress } from './show-progress.js';

const lintSays: ReadonlySet<string> = new Set(remarkCodes);

/** What every command that works on files takes. */
export interface FileOptions {
  readonly file: readonly string[];
  readonly dataplane?: string;
  readonly strict: Strictness;
  /** Whose policies decide, where it names a preset. */
  readonly semantics?: string;
  /** As if staged policies were in force. */
  readonly staged?: boolean;
}

/** Adds the options of `FileOptions` to a command. */
export function addFileOptions(command: Command): Command {
  const collect = (path: string, paths: readonly string[] = []): readonly string[] => [...paths, path];
  return addReadingOptions(
    command.requiredOption(
      '-f, --file <path>',
      'file, folder, or - for standard input; may be given more than once',
      collect,
    ),
  );
}

/** Adds what tells how files are read, whichever these are. */
export function addReadingOptions(command: Command): Command {
  return command
    .option('--dataplane <key:value,…>', 'what the manifests do not show of the network')
    .addOption(
      new Option('--strict <how>', 'how forgiving reading is')
        .choices(['lenient', 'default', 'strict'])
        .default('default'),
    );
}

/** A cluster together with the objects it was made of. */
export interface OpenedFiles {
  readonly cluster: Cluster;
  /** By ref. */
  readonly objects: readonly StoredObject[];
  /** What was odd about the input. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads manifests and opens the cluster they make; warnings go to the console. @throws InputError, ManifestError */
export async function openFiles(options: FileOptions, console: Console): Promise<Cluster> {
  return (await openWithObjects(options, console)).cluster;
}

/** As `openFiles`, for those who ask about objects as well. */
export async function openWithObjects(
  { file, dataplane, strict, semantics, staged }: FileOptions,
  console: Console,
): Promise<OpenedFiles> {
  const progress = showProgress(console);
  const read = await readFiles(file, console.stdin, strict, progress.show).finally(progress.clear);
  const built = buildModel(read.objects, read.info);
  const detected = detectDataplane(built.model, dataplane);
  const { preset } = splitSemantics(semantics, 'semantics');
  const network = preset === null ? detected : underPreset(detected, preset);
  const { model, diagnostics } = underEngine(built, network.policyEngine.value, { staged });
  const all = [...read.diagnostics, ...diagnostics];
  report(all, console);
  // A preset goes before the knobs that the input itself brings along.
  const info = preset === null ? model.info : { ...model.info, semantics: {} };
  return {
    cluster: openCluster({ model: { ...model, info }, dataplane: network }),
    objects: read.objects,
    diagnostics: all,
  };
}

/** Warnings always; what is only worth knowing where somebody looks; what lint says, there only. */
function report(diagnostics: readonly Diagnostic[], console: Console): void {
  for (const { severity, code, object, message } of diagnostics) {
    if (severity === 'info' && (!console.isTerminal || lintSays.has(code))) continue;
    console.err(
      `${severity} ${code}${object === undefined || message.includes(object) ? '' : ` ${object}`}: ${message}\n`,
    );
  }
}
