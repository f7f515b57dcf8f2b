import { type Command, Option } from 'commander';
import { parseVerdictQuestion, splitSemantics } from '#engine';
import { answerTrace } from '#trace';
import { type Console, exitCode } from './console.js';
import { addFileOptions, type FileOptions, openFiles } from './open-files.js';
import { parseDestination, parsePeerText } from './parse-destination.js';
import { renderTrace } from './render-trace.js';
import { addSettingsOptions, type SettingsOptions } from './settings-options.js';

interface TraceOptions extends FileOptions, SettingsOptions {
  readonly protocol?: string;
  readonly output: 'text' | 'json';
}

const examples = `
Examples:
  canreach trace -f cluster.yaml shop/frontend service:shop/orders:80
  canreach trace -f cluster.yaml ip:203.0.113.9 node:node-1:30080       (a NodePort)
  canreach trace -f cluster.yaml --dataplane hostMTU:9000 shop/frontend shop/db:5432

Exit codes: 0 delivered, 1 anything else, 2 bad input, 3 failure`;

/** `canreach trace A B:port`: the way of the packets, without a server. */
export function addTraceCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addSettingsOptions(addFileOptions(program.command('trace')))
    .description('How do packets from A to B travel, and do they arrive?')
    .argument('<A>', 'who opens the connection')
    .argument('<B[:port]>', 'to whom; a number or a name for the port, absent: all ports')
    .option('--protocol <protocol>', 'TCP (unless said), UDP, SCTP or ICMP')
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples)
    .action(async (from: string, to: string, options: TraceOptions) => finish(await trace(from, to, options, console)));
}

async function trace(from: string, to: string, options: TraceOptions, console: Console): Promise<number> {
  const { peer, port } = parseDestination(to);
  const { protocol, family, mode, semantics } = options;
  const question = parseVerdictQuestion({
    from: parsePeerText(from),
    to: peer,
    port,
    protocol,
    family,
    mode,
    semantics: Object.fromEntries(splitSemantics(semantics, 'semantics').knobs),
  });
  const answer = answerTrace(await openFiles(options, console), question);
  console.out(options.output === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : renderTrace(answer));
  return answer.delivery === 'delivered' ? exitCode.fine : exitCode.no;
}
