import { type Command, Option } from 'commander';
import {
  connectivityAssumptions,
  connectivityLevels,
  ConnectivityWalk,
  parseConnectivityQuestion,
  presetOf,
  type WalkedRow,
} from '#engine';
import { chooseFormat, connectivityTable, renderTable } from '#report';
import { type Console, exitCode } from './console.js';
import { addFileOptions, type FileOptions, openFiles } from './open-files.js';
import { parsePeerText } from './parse-destination.js';
import { addTableOptions, type TableOptions } from './settings-options.js';

interface ListOptions extends FileOptions, TableOptions {
  readonly level: string;
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: string;
  readonly port?: string;
  readonly include?: string;
}

const examples = `
Each row is what every pair of members of the two ends may do; rows marked "some" say what at least one pair may do.

Examples:
  canreach list -f cluster.yaml
  canreach list -f manifests/ --to shop/db --port 5432 -o md
  canreach list -f cluster.yaml --level namespace -o dot | dot -Tsvg > connectivity.svg
  kubectl get pods,ns,svc,netpol -A -o json | canreach list -f - --level pod -o ndjson

Exit codes: 0 listed, 2 bad input, 3 failure`;

/** `canreach list`: all connections that manifests allow, without a server. */
export function addListCommand(program: Command, console: Console, finish: (code: number) => void): void {
  const command = program.command('list').description('All connections: who may open what to whom?');
  addFileOptions(command)
    .addOption(new Option('--level <level>', 'what the ends are').choices(connectivityLevels).default('workload'))
    .option('--from <peer>', 'only sources that belong to this peer')
    .option('--to <peer>', 'only destinations that belong to this peer')
    .option('--protocol <protocol>', 'only TCP, UDP, SCTP or ICMP')
    .option('--port <port>', 'only a number or a range first-last, of TCP unless --protocol says otherwise')
    .addOption(
      new Option(
        '--include <what>',
        'nodes are ends as well; rows tell what controllers of Ingresses may open',
      ).choices(['nodes', 'ingress', 'nodes,ingress']),
    );
  addTableOptions(command)
    .addHelpText('after', examples)
    .action(async (options: ListOptions) => finish(await list(options, console)));
}

async function list(options: ListOptions, console: Console): Promise<number> {
  const { from, to } = options;
  // A question that makes no sense is refused before a large file is read.
  const question = parseConnectivityQuestion({
    ...options,
    from: from === undefined ? undefined : parsePeerText(from),
    to: to === undefined ? undefined : parsePeerText(to),
  });
  presetOf(options.semantics);
  const cluster = await openFiles(options, console);
  const walk = new ConnectivityWalk(cluster, question);
  const table = connectivityTable(walk, { assumptions: connectivityAssumptions(walk) });
  for (const piece of renderTable(table, found(walk), chooseFormat(options.output))) console.out(piece);
  return exitCode.fine;
}

function* found(walk: ConnectivityWalk): Iterable<WalkedRow> {
  for (const row of walk.rows()) if (row !== null) yield row;
}
