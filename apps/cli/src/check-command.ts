import { type Command, Option } from 'commander';
import { answerVerdict, parseVerdictQuestion, splitSemantics } from '#engine';
import { type Console, exitCode } from './console.js';
import { addFileOptions, type FileOptions, openFiles } from './open-files.js';
import { parseDestination, parsePeerText } from './parse-destination.js';
import { renderVerdict } from './render-verdict.js';
import { addSettingsOptions, type SettingsOptions } from './settings-options.js';

interface CheckOptions extends FileOptions, SettingsOptions {
  readonly protocol?: string;
  readonly sourcePort?: string;
  readonly output: 'text' | 'json';
}

const examples = `
Peers:
  ns/name  pod:ns/name  deployment:ns/name  service:ns/name  node:name  ip:10.1.2.3  cidr:10.0.0.0/8
  namespace:ns  internet  pods:ns{app=web,tier in (a,b)}  dns:name.ns.svc.cluster.local
  as B also ingress:ns/name  route:  gateway:  httproute:  grpcroute:  tlsroute:  tcproute:  udproute:

Examples:
  canreach check -f cluster.yaml shop/frontend shop/db:5432
  canreach check -f manifests/ shop/frontend service:shop/orders:80
  kubectl get pods,ns,svc,netpol -A -o json | canreach check -f - internet shop/frontend:8080
  canreach check -f cluster.yaml shop/frontend [fd00::1]:443
  canreach check -f cluster.yaml internet ingress:shop/web:443

Exit codes: 0 allowed, 1 anything else (denied, unknown, mixed, not applicable), 2 bad input, 3 failure`;

/** `canreach check A B:port`: one question about manifests, without a server. */
export function addCheckCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addSettingsOptions(addFileOptions(program.command('check')))
    .description('May A open connections to B?')
    .argument('<A>', 'who opens the connection')
    .argument('<B[:port]>', 'to whom; a number, a range first-last or a name for the port, absent: all ports')
    .option('--protocol <protocol>', 'TCP (unless said), UDP, SCTP or ICMP')
    .option('--source-port <port>', 'the port the connection is opened from; any, unless said')
    .option('--staged', 'as if staged policies of Calico were in force')
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples)
    .action(async (from: string, to: string, options: CheckOptions) => finish(await check(from, to, options, console)));
}

async function check(from: string, to: string, options: CheckOptions, console: Console): Promise<number> {
  const { peer, port } = parseDestination(to);
  const { protocol, sourcePort, family, mode, semantics } = options;
  // A question that makes no sense is refused before a large file is read.
  const question = parseVerdictQuestion({
    from: parsePeerText(from),
    to: peer,
    port,
    protocol,
    sourcePort,
    family,
    mode,
    semantics: Object.fromEntries(splitSemantics(semantics, 'semantics').knobs),
  });
  const verdict = answerVerdict(await openFiles(options, console), question);
  console.out(
    options.output === 'json' ? `${JSON.stringify(verdict, null, 2)}\n` : renderVerdict(verdict, console.hasColour),
  );
  return verdict.verdict === 'allowed' ? exitCode.fine : exitCode.no;
}
