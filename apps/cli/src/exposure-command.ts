import { type Command, Option } from 'commander';
import { connectivityAssumptions, type ExposureItem, findExposure, parseConnectivityQuestion } from '#engine';
import { chooseFormat, exposureTable, formats, renderTable } from '#report';
import { type Console, exitCode } from './console.js';
import { addFileOptions, type FileOptions, openFiles } from './open-files.js';
import { parsePeerText } from './parse-destination.js';

interface ExposureOptions extends FileOptions {
  readonly to?: string;
  readonly family?: string;
  readonly mode?: string;
  readonly output: string;
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
  addFileOptions(program.command('exposure'))
    .description('What can the outside reach, and by which way?')
    .option('--to <peer>', 'only workloads that belong to this peer')
    .option('--family <family>', 'IPv4 or IPv6')
    .option('--mode <mode>', 'effective (unless said) or intended')
    .addOption(
      new Option('-o, --output <format>', 'form of the answer')
        .choices(formats.map(({ name }) => name))
        .default('text'),
    )
    .addHelpText('after', examples)
    .action(async (options: ExposureOptions) => finish(await exposure(options, console)));
}

async function exposure({ to, family, mode, ...options }: ExposureOptions, console: Console): Promise<number> {
  // A question that makes no sense is refused before a large file is read.
  const question = parseConnectivityQuestion(
    { to: to === undefined ? undefined : parsePeerText(to), family, mode },
    [],
  );
  const cluster = await openFiles(options, console);
  const { items, assumptions } = findExposure(cluster, question);
  const found: ExposureItem[] = [];
  for (const item of items) if (item !== null) found.push(item);
  const controllers = [...assumptions.values()];
  const head = { mode: question.mode, assumptions: connectivityAssumptions({ cluster, controllers }) };
  for (const piece of renderTable(exposureTable(head), found, chooseFormat(options.output))) console.out(piece);
  return exitCode.fine;
}
