import { type Command, Option } from 'commander';

/** Adds what every offline command is told about its input and output. */
export function addInputOptions(command: Command): Command {
  const collect = (path: string, paths: readonly string[] = []): readonly string[] => [...paths, path];
  return command
    .requiredOption('-f, --file <path>', 'file, folder, or - for standard input; may be given more than once', collect)
    .option('--dataplane <key:value,…>', 'what the manifests do not show of the network')
    .addOption(
      new Option('--strict <how>', 'how forgiving reading is')
        .choices(['lenient', 'default', 'strict'])
        .default('default'),
    )
    .addOption(new Option('-o, --output <format>', 'form of the answer').choices(['text', 'json']).default('text'));
}
