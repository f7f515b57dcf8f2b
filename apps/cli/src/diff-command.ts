import { type Command, Option } from 'commander';
import { connectivityLevels, DiffWalk, parseConnectivityQuestion, presetOf, type WalkedChange } from '#engine';
import { editsBetween } from '#model';
import { changesTable, chooseFormat, renderTable } from '#report';
import { type Console, exitCode } from './console.js';
import { addReadingOptions, type FileOptions, openWithObjects } from './open-files.js';
import { parsePeerText } from './parse-destination.js';
import { InputError } from './read-files.js';
import { addTableOptions, type TableOptions } from './settings-options.js';

interface DiffOptions extends Omit<FileOptions, 'file'>, TableOptions {
  readonly level: string;
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: string;
  readonly port?: string;
  readonly include?: string;
}

const examples = `
Examples:
  canreach diff main/manifests branch/manifests
  canreach diff before.yaml after.yaml --destination shop/db --port 5432 -o md
  kubectl get pods,ns,svc,netpol -A -o json | canreach diff manifests/ -

Exit codes: 0 nothing changes, 1 something does, 2 bad input, 3 failure`;

/** `canreach diff A B`: what becomes of connections from one set of manifests to another, without a server. */
export function addDiffCommand(program: Command, console: Console, finish: (code: number) => void): void {
  const command = program
    .command('diff')
    .description('What becomes of connections from one set of manifests to another?');
  addReadingOptions(command)
    .argument('<before>', 'file, folder, or - for standard input')
    .argument('<after>', 'file, folder, or - for standard input')
    .addOption(new Option('--level <level>', 'what the ends are').choices(connectivityLevels).default('workload'))
    .option('--source <peer>', 'only sources that belong to this peer, before or after')
    .option('--destination <peer>', 'only destinations that belong to this peer, before or after')
    .option('--protocol <protocol>', 'only TCP, UDP, SCTP or ICMP')
    .option('--port <port>', 'only a number or a range first-last, of TCP unless --protocol says otherwise')
    .addOption(new Option('--include <what>', 'nodes are ends as well').choices(['nodes']));
  addTableOptions(command)
    .addHelpText('after', examples)
    .action(async (before: string, after: string, options: DiffOptions) =>
      finish(await diff(before, after, options, console)),
    );
}

async function diff(before: string, after: string, options: DiffOptions, console: Console): Promise<number> {
  if (before === '-' && after === '-') throw new InputError('only one of the two can be standard input');
  const { source, destination } = options;
  // A question that makes no sense is refused before a large file is read.
  const asked = {
    ...options,
    from: source === undefined ? undefined : parsePeerText(source),
    to: destination === undefined ? undefined : parsePeerText(destination),
  };
  const question = parseConnectivityQuestion(asked, ['nodes']);
  presetOf(options.semantics);
  const was = await openWithObjects({ ...options, file: [before] }, console);
  const is = await openWithObjects({ ...options, file: [after] }, console);
  const walk = DiffWalk.open(was.cluster, is.cluster, editsBetween(was.objects, is.objects), question);
  let isEmpty = true;
  function* found(): Iterable<WalkedChange> {
    for (const change of walk.changes()) {
      if (change === null) continue;
      isEmpty = false;
      yield change;
    }
  }
  for (const piece of renderTable(changesTable(walk), found(), chooseFormat(options.output))) console.out(piece);
  return isEmpty ? exitCode.fine : exitCode.no;
}
