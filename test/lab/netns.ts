import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Namespaces that this process has, so that none outlives it. */
const open = new Set<Netns>();
let made = 0;

/**
 * A network namespace of the kernel, with the processes that were started in it. What changes it is gathered, of all
 * namespaces in one order, and done by one shell just before anything looks or starts there: to a shell a program costs a
 * fraction of what it costs this process.
 */
export class Netns {
  /** In the kernel; the process id tells whose it is. */
  readonly name = `cr${process.pid}-${made++}`;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    sweep();
    open.add(this);
    pending.push(`ip netns add ${this.name}`);
    this.batch(['link set lo up']);
    this.write({ 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.all.rp_filter': 0, 'net.ipv4.conf.default.rp_filter': 0 });
  }

  /** Runs lines of `ip`, all of which must succeed. */
  batch(lines: readonly string[]): void {
    if (lines.length > 0) pending.push(withInput(`ip -n ${this.name} -batch -`, lines));
  }

  /** Runs one line of `ip` that the kernel may refuse, as it refuses it to a daemon. */
  tries(line: string): void {
    pending.push(`ip -n ${this.name} ${line} 2>/dev/null || true`);
  }

  /** Runs a program, whose words need no quotes, with lines of input. */
  does(command: string, input: readonly string[] = []): void {
    pending.push(withInput(`ip netns exec ${this.name} ${command}`, input));
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
    flush();
    return run('ip', ['netns', 'exec', this.name, ...command], input);
  }

  /** Whether a program ends well; others may go on meanwhile. */
  succeeds(command: readonly string[]): Promise<boolean> {
    flush();
    return new Promise((resolve) =>
      execFile('ip', ['netns', 'exec', this.name, ...command], (error) => resolve(error === null)),
    );
  }

  /** Starts a process that runs until the namespace goes. */
  start(command: readonly string[]): ChildProcess {
    flush();
    const child = spawn('ip', ['netns', 'exec', this.name, ...command], { stdio: 'pipe' });
    this.#running.add(child);
    return child;
  }

  /** Does what is gathered, for what goes on in processes that run already. */
  settle(): void {
    flush();
  }

  /** Ends its processes and removes it, if it came to be at all. */
  destroy(): void {
    pending.length = 0;
    for (const child of this.#running) child.kill('SIGKILL');
    open.delete(this);
    spawnSync('ip', ['netns', 'del', this.name]);
  }
}

const pending: string[] = [];

function withInput(command: string, lines: readonly string[]): string {
  return lines.length === 0 ? command : `${command} <<'END'\n${lines.join('\n')}\nEND`;
}

function flush(): void {
  if (pending.length === 0) return;
  const script = pending.splice(0).join('\n');
  run('sh', ['-e'], script);
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
