// `npm test [-- path …]`: installs if needed, then lint, types, build and all tests, and one plain line at the end.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, checkout, install } from './install.mjs';
import { LauncherError } from './postgres.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };

try {
  checkNode();
  await install();
} catch (error) {
  console.error(error instanceof LauncherError ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  step('lint', bin('eslint', 'bin/eslint.js'), ['.']);
  step('format', bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']);
  for (const room of rooms())
    step(`types of ${room}`, bin('typescript', 'bin/tsc'), ['--noEmit', '-p', join(room, 'tsconfig.json')]);
}
await count('build', build);
runVitest();

console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`,
);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

/** Every room with its own tsconfig, and the whole with the tests. */
function rooms() {
  const folders = ['libs', 'apps'].flatMap((parent) =>
    readdirSync(join(checkout, parent)).map((name) => join(parent, name)),
  );
  return [...folders.filter((folder) => existsSync(join(checkout, folder, 'tsconfig.json'))), '.'];
}

function bin(name, path) {
  return join(checkout, 'node_modules', name, path);
}

function step(title, script, args) {
  console.log(`\n== ${title}`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: checkout, stdio: 'inherit' });
  if (status === 0) totals.passed++;
  else {
    totals.failed++;
    console.log(`${title}: failed`);
  }
}

async function count(title, work) {
  console.log(`\n== ${title}`);
  try {
    await work();
    totals.passed++;
  } catch (error) {
    totals.failed++;
    console.log(error instanceof LauncherError ? error.message : error);
  }
}

function runVitest() {
  console.log('\n== tests');
  const folder = mkdtempSync(join(tmpdir(), 'canreach-test-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...paths];
  const { status } = spawnSync(process.execPath, [bin('vitest', 'vitest.mjs'), ...args], {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const found = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  rmSync(folder, { recursive: true, force: true });
  totals.passed += found?.numPassedTests ?? 0;
  totals.failed += found?.numFailedTests ?? 0;
  totals.skipped += (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0);
  // A crash, or a file that could not be loaded, fails no single test but is a failure.
  if (status !== 0 && (found?.numFailedTests ?? 0) === 0) totals.failed++;
}
