// Installs and builds when something is missing or stale, and says how it goes.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LauncherError } from './postgres.mjs';

/** The folder of the checkout. */
export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const installMark = join(checkout, 'node_modules', '.canreach-install');
const buildMark = join(checkout, 'dist', '.canreach-build');

/** Node's version that is needed at least. */
const nodeMin = [20, 19];

/** @throws LauncherError where Node is too old */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  throw new LauncherError(`Canreach needs Node ${nodeMin.join('.')} or newer; this is ${version}`);
}

/** Installs the packages of the lock file unless they are there. */
export async function install() {
  const wanted = hashOf([join(checkout, 'package.json'), join(checkout, 'package-lock.json')]);
  if (readMark(installMark) === wanted) return;
  await run('Installing packages', npmCommand(), ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(installMark, wanted);
}

/** Compiles the sources unless what is compiled is of just these sources, and puts the other files beside it. */
export async function build() {
  const sources = sourceFiles();
  const wanted = hashOf([
    ...sources,
    join(checkout, 'tsconfig.json'),
    join(checkout, 'tsconfig.build.json'),
    join(checkout, 'package.json'),
  ]);
  if (readMark(buildMark) === wanted) return;
  rmSync(join(checkout, 'dist'), { recursive: true, force: true });
  await run('Building', process.execPath, [
    join(checkout, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
  ]);
  for (const file of sources.filter((name) => !name.endsWith('.ts'))) {
    const target = join(checkout, 'dist', relative(checkout, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  writeFileSync(buildMark, wanted);
}

/** Everything that is compiled or copied, by name. */
function sourceFiles() {
  const folders = ['apps/api', 'apps/cli', 'libs', 'migrations'].map((name) => join(checkout, name)).filter(existsSync);
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
        entry,
        path: join(entry.parentPath ?? entry.path, entry.name),
      })),
    )
    .filter(
      ({ entry }) =>
        entry.isFile() && /\.(ts|graphql|json)$/.test(entry.name) && !/\.spec\.ts$|tsconfig.*\.json$/.test(entry.name),
    )
    .map(({ path }) => path)
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of files)
    if (existsSync(file)) hash.update(`${relative(checkout, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function readMark(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

/** Runs a command, counting the seconds; its output is shown if it fails. */
export function run(title, command, args) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  const isTerminal = process.stdout.isTTY === true;
  const say = (text, end = '\n') => process.stdout.write(`${isTerminal ? '\r' : ''}${text}${end}`);
  const child = spawn(command, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
  runningChild = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
  say(`${title} …`, isTerminal ? '' : '\n');
  const timer = setInterval(
    () => (isTerminal ? say(`${title} … ${seconds()} s`, '') : say(`  still ${title.toLowerCase()} (${seconds()} s)`)),
    isTerminal ? 1000 : 10_000,
  );
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new LauncherError(`${title} failed: ${command} could not be run: ${error.message}`)),
    );
    child.once('close', (code) => {
      clearInterval(timer);
      runningChild = null;
      if (code === 0) {
        say(`${title} … done in ${seconds()} s`);
        resolve();
      } else {
        reject(new LauncherError(`${title} failed with exit code ${code}:\n${output.trim()}`));
      }
    });
  });
}

let runningChild = null;

/** How long a stopped command may take to clear up. */
const clearUpMillis = 3000;

/** Stops what `run` runs at the moment, if anything; resolves when it is gone, lest it work on against the next start. */
export async function stopRunning() {
  const child = runningChild;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  // npm does not always heed it.
  const timer = setTimeout(() => child.kill('SIGKILL'), clearUpMillis);
  await gone;
  clearTimeout(timer);
}
