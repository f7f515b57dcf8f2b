/** Everything the environment decides, checked and frozen. Nothing else reads `process.env`. */
export interface Config {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** Only `none` for now; tokens and OIDC find their place in `auth/`. */
  readonly auth: 'none';
  /** Host names, besides loopback, under which the server may be spoken to; lower case. */
  readonly allowedHosts: readonly string[];
  readonly role: 'all' | 'api';
  readonly logLevel: string;
  /** Memory for opened snapshots (models and indexes). */
  readonly memoryBytesMax: number;
  /** Space for compiled indexes in the database. */
  readonly indexStoreBytesMax: number;
  /** How long a client may take nothing of an answer that is being sent to it. */
  readonly stallMillisMax: number;
}

/** A setting that makes no sense; the message is a sentence for whoever set it. */
export class ConfigError extends Error {}

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

/** @throws ConfigError with one sentence per mistake */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    mistakes.push(`${name} is ${JSON.stringify(text)}; a whole number from ${min} to ${max} is accepted.`);
    return fallback;
  };
  const word = <T extends string>(name: string, fallback: T, words: readonly T[], why = ''): T => {
    const text = environment[name];
    if (text === undefined || text === '') return fallback;
    const found = words.find((candidate) => candidate === text);
    if (found === undefined)
      mistakes.push(
        `${name} is ${JSON.stringify(text)}; ${words.join(', ')} ${words.length === 1 ? 'is' : 'are'} accepted${why}.`,
      );
    return found ?? fallback;
  };
  const databaseUrl = environment.DATABASE_URL ?? '';
  if (!/^postgres(ql)?:\/\//.test(databaseUrl))
    mistakes.push('DATABASE_URL must be set and begin with postgres:// or postgresql://.');
  const host = environment.HOST || '127.0.0.1';
  const auth = word('CANREACH_AUTH', 'none', ['none'], '; tokens and oidc are not there yet');
  if (!isLoopback(host) && environment.CANREACH_AUTH !== 'none') {
    mistakes.push(
      `HOST is ${JSON.stringify(host)}, which others can reach, and nobody would be asked who he is: keep 127.0.0.1, or say CANREACH_AUTH=none if that is meant.`,
    );
  }
  const config: Config = {
    databaseUrl,
    host,
    port: number('PORT', 3000, 0, 65535),
    auth,
    allowedHosts: (environment.CANREACH_ALLOWED_HOSTS ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
    role: word('CANREACH_ROLE', 'all', ['all', 'api'], '; worker is not there yet'),
    logLevel: word('CANREACH_LOG', 'info', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    memoryBytesMax: number('CANREACH_MEMORY_MB', 2048, 16, 1_000_000) * 1024 ** 2,
    indexStoreBytesMax: number('CANREACH_INDEX_STORE_MB', 4096, 1, 10_000_000) * 1024 ** 2,
    stallMillisMax: number('CANREACH_STALL_SECONDS', 30, 1, 3600) * 1000,
  };
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return Object.freeze(config);
}

/** Whether an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return loopbackNames.has(name) || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Injection token of the Config. */
export const CONFIG = Symbol('Config');
