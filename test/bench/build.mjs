// Builds the service and, beside it in dist, the benchmarks.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkout, install } from '../../apps/launcher/install.mjs';

await install();
await build();
const tsc = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.bench.json'], { cwd: checkout, stdio: 'inherit' });
// The benchmarks start a Postgres as the launcher does.
const launcher = join(checkout, 'dist', 'apps', 'launcher');
mkdirSync(launcher, { recursive: true });
for (const name of readdirSync(join(checkout, 'apps', 'launcher')).filter((file) => file.endsWith('.mjs')))
  copyFileSync(join(checkout, 'apps', 'launcher', name), join(launcher, name));
process.exitCode = status ?? 1;
