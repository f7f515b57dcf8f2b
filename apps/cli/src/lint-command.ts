import { type Command, Option } from 'commander';
import { auditCluster } from '#audit';
import { type Finding, formatObjectRef } from '#model';
import { type Console, exitCode } from './console.js';
import { addFileOptions, type FileOptions, openWithObjects } from './open-files.js';

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

interface LintOptions extends FileOptions {
  readonly severity: Finding['severity'];
  readonly output: 'text' | 'json';
}

/** `canreach lint`: what is wrong with a network and its policies, without a server. */
export function addLintCommand(program: Command, console: Console, finish: (code: number) => void): void {
  addFileOptions(program.command('lint'))
    .description('What is wrong with the network and its policies?')
    .addOption(
      new Option('--severity <severity>', 'only findings that are at least as bad')
        .choices([...severities])
        .default('info'),
    )
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExit codes: 0 nothing found, 1 findings, 2 bad input, 3 failure')
    .action(async (options: LintOptions) => finish(await lint(options, console)));
}

async function lint(options: LintOptions, console: Console): Promise<number> {
  const least = severities.indexOf(options.severity);
  const { cluster, diagnostics } = await openWithObjects(options, console);
  const all = auditCluster(cluster, diagnostics);
  const findings = all.filter(({ severity }) => severities.indexOf(severity) <= least);
  console.out(options.output === 'json' ? `${JSON.stringify({ findings }, null, 2)}\n` : findings.map(textOf).join(''));
  return findings.length === 0 ? exitCode.fine : exitCode.no;
}

function textOf({ id, severity, message, subjects, advice }: Finding): string {
  const named = subjects.slice(0, 5).map(formatObjectRef).join(', ');
  const more = subjects.length > 5 ? ` and ${subjects.length - 5} more` : '';
  return `${severity} ${id}  ${message}\n${named === '' ? '' : `  ${named}${more}\n`}  ${advice}\n`;
}
