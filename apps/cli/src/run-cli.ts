import { Command, CommanderError } from 'commander';
import { ManifestError } from '#manifests';
import { QuestionError } from '#model';
import { addCheckCommand } from './check-command.js';
import { type Console, exitCode } from './console.js';
import { addListCommand } from './list-command.js';
import { addDiffCommand } from './diff-command.js';
import { addExposureCommand } from './exposure-command.js';
import { addLintCommand } from './lint-command.js';
import { InputError } from './read-files.js';
import { addTraceCommand } from './trace-command.js';

/** Runs one command and gives its exit code: 0 fine, 1 the answer is "no", 2 bad input, 3 failure. */
export async function runCli(args: readonly string[], console: Console): Promise<number> {
  let code: number = exitCode.fine;
  const program = new Command('canreach')
    .description('Can A reach B in a Kubernetes cluster, and why?')
    .exitOverride()
    .configureOutput({ writeOut: (text) => console.out(text), writeErr: (text) => console.err(text) })
    .showHelpAfterError('(canreach --help shows what is accepted)');
  for (const addCommand of [
    addCheckCommand,
    addListCommand,
    addDiffCommand,
    addTraceCommand,
    addLintCommand,
    addExposureCommand,
  ])
    addCommand(program, console, (result) => (code = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.badInput;
    if (error instanceof QuestionError || error instanceof InputError) {
      console.err(`canreach: ${error.message}\n`);
      return exitCode.badInput;
    }
    if (error instanceof ManifestError) {
      console.err(`canreach: ${error.message}\n`);
      const more = error.errors.filter(({ message }) => message !== error.message);
      for (const { message, line } of more.slice(0, 50))
        console.err(`  ${line === undefined ? '' : `line ${line}: `}${message}\n`);
      return exitCode.badInput;
    }
    console.err(`canreach: ${error instanceof Error ? error.message : String(error)}\n`);
    return exitCode.failure;
  }
}
