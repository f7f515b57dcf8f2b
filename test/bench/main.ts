import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchOptions, Figure } from './figure.js';
import { groups } from './groups.js';
import { median } from './median.js';

const usage = `npm run bench -- [GROUP…] [--scale FACTOR] [--runs N] [--against REVISION] [--folder DIR]
GROUP is one of ${groups.join(', ')}; without one, all are measured.
--scale    1 is the ceiling of Kubernetes: 150,000 pods
--runs     how often each figure is measured; its median is printed (3)
--against  measures that revision too, in turn with this one
--folder   keeps generated clusters there for the next time (2.6 GB at scale 1)
`;

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** Prints figures with their targets, one JSON object a line. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      runs: { type: 'string', default: '3' },
      against: { type: 'string' },
      folder: { type: 'string' },
    },
  });
  const wanted = positionals.length === 0 ? groups : groups.filter((group) => positionals.includes(group));
  if (!positionals.every((name) => groups.some((group) => group === name)) || !(Number(values.scale) > 0)) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const temporary = mkdtempSync(join(tmpdir(), 'canreach-bench-'));
  try {
    const folder = values.folder ?? temporary;
    mkdirSync(folder, { recursive: true });
    const options = { scale: Number(values.scale), runs: Number(values.runs), folder };
    if (values.against === undefined) {
      for (const group of wanted) await measure(checkout, group, options, print);
    } else {
      const other = await checkOut(values.against, join(temporary, 'against'));
      for (const group of wanted) await compare(group, options, other, values.against);
    }
  } finally {
    if (values.against !== undefined)
      await run('git', ['worktree', 'remove', '--force', join(temporary, 'against')], checkout);
    rmSync(temporary, { recursive: true, force: true });
  }
}

function print(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** Runs one group in one checkout; each figure is handed on as soon as it is there. */
async function measure(
  folder: string,
  group: string,
  options: BenchOptions,
  take: (figure: Figure) => void,
): Promise<void> {
  const script = join(folder, 'dist', 'test', 'bench', 'run-group.js');
  await run(process.execPath, ['--expose-gc', script, group, JSON.stringify(options)], folder, (line) => {
    if (line.startsWith('{')) take(JSON.parse(line) as Figure);
  });
}

/** Measures one group in both checkouts in turn and prints each figure with the other revision's as its reference. */
async function compare(group: string, options: BenchOptions, other: string, revision: string): Promise<void> {
  const own: Figure[] = [];
  const others = new Map<string, number[]>();
  for (let round = 0; round < options.runs; round++) {
    await measure(checkout, group, { ...options, runs: 1 }, (figure) => own.push(figure));
    await measure(other, group, { ...options, runs: 1 }, ({ figure, value }) =>
      others.set(figure, [...(others.get(figure) ?? []), value]),
    );
  }
  for (const name of new Set(own.map(({ figure }) => figure))) {
    const same = own.filter(({ figure }) => figure === name);
    const { target: _target, details: _details, ...figure } = same[0];
    const there = others.get(name);
    print({
      ...figure,
      value: median(same.map(({ value }) => value)),
      ...(there === undefined ? {} : { reference: { name: revision, value: median(there) } }),
      runs: options.runs,
    });
  }
}

/** Another revision, built; where it has no benchmarks yet it gets ours. */
async function checkOut(revision: string, folder: string): Promise<string> {
  await run('git', ['worktree', 'add', '--detach', folder, revision], checkout);
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  for (const part of ['test/bench', 'test/generate', 'tsconfig.bench.json']) {
    if (!existsSync(join(folder, part))) cpSync(join(checkout, part), join(folder, part), { recursive: true });
  }
  await run(process.execPath, [join(folder, 'test', 'bench', 'build.mjs')], folder);
  return folder;
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  take: (line: string) => void = () => undefined,
): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for await (const line of createInterface(child.stdout)) take(line);
  const code = await ended;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}

await main();
