import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Namespaces that this process has, so that none outlives it. */
const open = new Set<Netns>();
let made = 0;

/** A network namespace of the kernel, with the processes that were started in it. */
export class Netns {
  /** In the kernel; the process id tells whose it is. */
  readonly name = `cr${process.pid}-${made++}`;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    sweep();
    open.add(this);
    run('ip', ['netns', 'add', this.name]);
    this.batch(['link set lo up']);
    this.write({ 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.all.rp_filter': 0, 'net.ipv4.conf.default.rp_filter': 0 });
  }

  /** Runs lines of `ip`, all of which must succeed. */
  batch(lines: readonly string[]): void {
    if (lines.length > 0) run('ip', ['-n', this.name, '-batch', '-'], lines.join('\n'));
  }

  /** Runs one line of `ip` that the kernel may refuse, as it refuses it to a daemon. */
  tries(line: string): void {
    spawnSync('ip', ['-n', this.name, ...line.split(' ')]);
  }

  /** Runs a program, whose words have no spaces, with lines of input; it must succeed. */
  does(command: string, input: readonly string[] = []): void {
    run('ip', ['netns', 'exec', this.name, ...command.split(' ')], [...input, ''].join('\n'));
  }

  /** Makes rules, each `CHAIN …`, all that there are in a table. */
  rules(table: 'nat' | 'filter' | 'mangle', rules: readonly string[]): void {
    this.does('iptables-restore', [`*${table}`, ...rules.map((rule) => `-A ${rule}`), 'COMMIT']);
  }

  /** Sets keys of sysctl. */
  write(values: Readonly<Record<string, number>>): void {
    const lines = Object.entries(values).map(([key, value]) => `echo ${value} > /proc/sys/${key.replaceAll('.', '/')}`);
    this.does('sh -e', lines);
  }

  /** What a program says. */
  says(command: readonly string[], input = ''): string {
    return run('ip', ['netns', 'exec', this.name, ...command], input);
  }

  /** Whether a program ends well; others may go on meanwhile. */
  succeeds(command: readonly string[]): Promise<boolean> {
    return new Promise((resolve) =>
      execFile('ip', ['netns', 'exec', this.name, ...command], (error) => resolve(error === null)),
    );
  }

  /** Starts a process that runs until the namespace goes. */
  start(command: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.name, ...command], { stdio: 'pipe' });
    this.#running.add(child);
    return child;
  }

  /** Ends its processes and removes it, if it came to be at all. */
  destroy(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    open.delete(this);
    spawnSync('ip', ['netns', 'del', this.name]);
  }
}

let isSwept = false;

/** Removes what processes left behind that were killed, and sees to it that this one leaves nothing. */
function sweep(): void {
  if (isSwept) return;
  isSwept = true;
  process.once('exit', () => [...open].forEach((one) => one.destroy()));
  for (const [name, pid] of run('ip', ['netns', 'list']).matchAll(/^cr(\d+)-\d+/gm)) {
    if (!existsSync(`/proc/${pid}`)) spawnSync('ip', ['netns', 'del', name]);
  }
}

function run(program: string, args: readonly string[], input = ''): string {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${program} ${args.join(' ')}: ${stderr ?? String(error)}\n${input}`, { cause: error });
  }
}
