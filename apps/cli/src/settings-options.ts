import { type Command, Option } from 'commander';
import { formats } from '#report';

/** What every question takes. */
export interface SettingsOptions {
  readonly family?: string;
  readonly mode?: string;
  readonly semantics?: string;
}

/** What every question takes that is answered with a table. */
export interface TableOptions extends SettingsOptions {
  readonly output: string;
}

const presets = 'preset:k8s, preset:calico or preset:cilium';

/** Adds the options of `SettingsOptions` to a command about single connections. */
export function addSettingsOptions(command: Command): Command {
  return addFamilyAndMode(command).option(
    '--semantics <knob:value,…>',
    `what upstream leaves to the implementation; ${presets} for all of it, and for whose policies decide`,
  );
}

/** Adds the options of `TableOptions` to a command about a whole cluster. */
export function addTableOptions(command: Command): Command {
  return addFamilyAndMode(command)
    .option('--semantics <preset>', `${presets}: what upstream leaves to that engine, and its policies decide`)
    .addOption(
      new Option('-o, --output <format>', 'form of the answer')
        .choices(formats.map(({ name }) => name))
        .default('text'),
    );
}

function addFamilyAndMode(command: Command): Command {
  return command
    .option('--family <family>', 'IPv4 or IPv6')
    .option('--mode <mode>', 'effective (unless said) or intended');
}
