import { detectDataplane } from '#dataplane';
import { type Cluster, openCluster } from '#engine';
import { buildModel, type Strictness } from '#manifests';
import type { Diagnostic } from '#model';
import type { Console } from './console.js';
import { readFiles } from './read-files.js';

/** What every offline command is told about its input. */
export interface InputOptions {
  readonly file: readonly string[];
  readonly dataplane?: string;
  readonly strict: Strictness;
}

/** Reads manifests and opens the cluster they make; what is odd about them goes to standard error. */
export async function openFiles({ file, dataplane, strict }: InputOptions, console: Console): Promise<Cluster> {
  const { objects, info, diagnostics } = await readFiles(file, console.stdin, strict);
  const { model, diagnostics: more } = buildModel(objects, info);
  report([...diagnostics, ...more], console);
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
