import { type Command, Option } from 'commander';
import { detectDataplane } from '#dataplane';
import { answerVerdict, openCluster, parseVerdictQuestion } from '#engine';
import { buildModel, type Strictness } from '#manifests';
import type { Diagnostic } from '#model';
import { type Console, exitCode } from './console.js';
import { parseDestination, parsePeerText } from './parse-destination.js';
import { readFiles } from './read-files.js';
import { renderVerdict } from './render-verdict.js';
import { showProgress } from './show-progress.js';

interface CheckOptions {
  readonly file: readonly string[];
  readonly protocol?: string;
  readonly family?: string;
  readonly mode?: string;
  readonly semantics?: string;
  readonly dataplane?: string;
  readonly strict: Strictness;
  readonly output: 'text' | 'json';
}

const examples = `
Peers:
  ns/name  pod:ns/name  deployment:ns/name  service:ns/name  node:name  ip:10.1.2.3  cidr:10.0.0.0/8
  namespace:ns  internet  pods:ns{app=web,tier in (a,b)}  dns:name.ns.svc.cluster.local

Examples:
  canreach check -f cluster.yaml shop/frontend shop/db:5432
  canreach check -f manifests/ shop/frontend service:shop/orders:80
  kubectl get pods,ns,svc,netpol -A -o json | canreach check -f - internet shop/frontend:8080
  canreach check -f cluster.yaml shop/frontend [fd00::1]:443

Exit codes: 0 allowed, 1 anything else (denied, unknown, mixed, not applicable), 2 bad input, 3 failure`;

/** `canreach check A B:port`: one question about manifests, without a server. */
export function addCheckCommand(program: Command, console: Console, finish: (code: number) => void): void {
  const collect = (path: string, paths: readonly string[] = []): readonly string[] => [...paths, path];
  program
    .command('check')
    .description('May A open connections to B?')
    .argument('<A>', 'who opens the connection')
    .argument('<B[:port]>', 'to whom; a number, a range first-last or a name for the port, absent: all ports')
    .requiredOption('-f, --file <path>', 'file, folder, or - for standard input; may be given more than once', collect)
    .option('--protocol <protocol>', 'TCP (unless said), UDP, SCTP or ICMP')
    .option('--family <family>', 'IPv4 or IPv6')
    .option('--mode <mode>', 'effective (unless said) or intended')
    .option('--semantics <knob:value,…>', 'what upstream leaves to the implementation')
    .option('--dataplane <key:value,…>', 'what the manifests do not show of the network')
    .addOption(
      new Option('--strict <how>', 'how forgiving reading is')
        .choices(['lenient', 'default', 'strict'])
        .default('default'),
    )
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples)
    .action(async (from: string, to: string, options: CheckOptions) => finish(await check(from, to, options, console)));
}

async function check(from: string, to: string, options: CheckOptions, console: Console): Promise<number> {
  const { peer, port } = parseDestination(to);
  const { protocol, family, mode, semantics } = options;
  // A question that makes no sense is refused before a large file is read.
  const question = parseVerdictQuestion({
    from: parsePeerText(from),
    to: peer,
    port,
    protocol,
    family,
    mode,
    semantics,
  });
  const progress = showProgress(console);
  const { objects, info, diagnostics } = await readFiles(
    options.file,
    console.stdin,
    options.strict,
    progress.show,
  ).finally(progress.clear);
  const { model, diagnostics: more } = buildModel(objects, info);
  report([...diagnostics, ...more], console);
  const verdict = answerVerdict(openCluster({ model, dataplane: detectDataplane(model, options.dataplane) }), question);
  console.out(
    options.output === 'json' ? `${JSON.stringify(verdict, null, 2)}\n` : renderVerdict(verdict, console.hasColour),
  );
  return verdict.verdict === 'allowed' ? exitCode.fine : exitCode.no;
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
