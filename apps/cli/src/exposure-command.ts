import type { Command } from 'commander';
import { connectivityAssumptions, type ExposureItem, findExposure, parseConnectivityQuestion, presetOf } from '#engine';
import { chooseFormat, exposureTable, renderTable } from '#report';
import { type Console, exitCode } from './console.js';
import { addFileOptions, type FileOptions, openFiles } from './open-files.js';
import { parsePeerText } from './parse-destination.js';
import { addTableOptions, type TableOptions } from './settings-options.js';

interface ExposureOptions extends FileOptions, TableOptions {
  readonly to?: string;
}

const examples = `
Each row is one way by which the outside comes to a workload: its address, its node, a Service, an Ingress, Route or Gateway.
Ports are those of the pods. What policies keep from everybody outside is said to be blocked.

Examples:
  canreach exposure -f cluster.yaml
  canreach exposure -f manifests/ --to namespace:shop -o md

Exit codes: 0 listed, 2 bad input, 3 failure`;

/** `canreach exposure`: what the outside can reach, without a server. */
export function addExposureCommand(program: Command, console: Console, finish: (code: number) => void): void {
  const command = program.command('exposure').description('What can the outside reach, and by which way?');
  addTableOptions(addFileOptions(command).option('--to <peer>', 'only workloads that belong to this peer'))
    .addHelpText('after', examples)
    .action(async (options: ExposureOptions) => finish(await exposure(options, console)));
}

async function exposure({ to, family, mode, ...options }: ExposureOptions, console: Console): Promise<number> {
  // A question that makes no sense is refused before a large file is read.
  const question = parseConnectivityQuestion(
    { to: to === undefined ? undefined : parsePeerText(to), family, mode },
    [],
  );
  presetOf(options.semantics);
  const cluster = await openFiles(options, console);
  const { items, assumptions } = findExposure(cluster, question);
  const found: ExposureItem[] = [];
  for (const item of items) if (item !== null) found.push(item);
  const controllers = [...assumptions.values()];
  const head = { mode: question.mode, assumptions: connectivityAssumptions({ cluster, controllers }) };
  for (const piece of renderTable(exposureTable(head), found, chooseFormat(options.output))) console.out(piece);
  return exitCode.fine;
}
