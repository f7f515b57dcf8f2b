// `npm start`: from a fresh clone to a running service with data in it. Built-ins only, since it runs before the install.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build, checkNode, checkout, install, stopRunning } from './install.mjs';
import { answers, readLock, releaseLock, takeLock } from './instance-lock.mjs';
import { whenOrphaned } from './orphan.mjs';
import { LauncherError, startPostgres } from './postgres.mjs';
import { readSettings } from './settings.mjs';

/** Things to undo at the end, the last first. */
const cleanups = [];
let ending = null;
/** Shows how far the sample has come while it is being loaded. */
let sampleLine = null;

/** Stops everything that was started, once, and ends the process. */
function end(code) {
  ending ??= (async () => {
    await stopRunning();
    for (const cleanup of cleanups.reverse()) await cleanup();
    process.exit(code);
  })();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0));
// Started by hand it may well outlive its shell.
if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(() => void end(0));

try {
  await start();
} catch (error) {
  if (ending === null) {
    console.error(error instanceof LauncherError ? `\n${error.message}` : error);
    await end(1);
  }
}

async function start() {
  checkNode();
  const settings = readSettings(process.env, checkout);
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`;
  if (await isRunning(settings.dataDir)) return end(0);
  await install();
  await build();
  if (ending !== null) return;
  if (!takeLock(settings.dataDir, url))
    return (await isRunning(settings.dataDir)) ? end(0) : refuseSecond(settings.dataDir);
  cleanups.push(() => releaseLock(settings.dataDir));
  await refuseTakenPort(settings);
  const databaseUrl = settings.databaseUrl ?? (await startDatabase(settings.dataDir));
  await startApi(settings, databaseUrl, url);
  // The service may have refused its settings, and said why.
  if (ending !== null) return;
  const isEmpty = settings.sample && (await loadSample(url));
  printWelcome(url, isEmpty);
}

async function isRunning(dataDir) {
  const other = readLock(dataDir);
  if (other === null) return false;
  // It may be about to start.
  if (!(await answers(other.url, 30_000))) return false;
  console.log(`Canreach is already running on this data folder: ${other.url} (process ${other.pid})`);
  return true;
}

function refuseSecond(dataDir) {
  throw new LauncherError(
    `another start is under way on ${dataDir} (process ${readLock(dataDir)?.pid}), and does not answer; stop it and start again`,
  );
}

function refuseTakenPort({ host, port }) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${error.code})`;
      reject(
        new LauncherError(`port ${port} on ${host} ${why}; set PORT to another one, for example PORT=3001 npm start`),
      );
    });
    probe.listen(port, host, () => probe.close(resolve));
  });
}

async function startDatabase(dataDir) {
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), durable: true });
  cleanups.push(postgres.stop);
  void postgres.exited.then((how) => {
    if (ending !== null) return;
    console.error(`\nPostgres ended by itself (${how}); its data is in ${dataDir}. Start again to recover.`);
    void end(1);
  });
  return postgres.url;
}

/** Starts the service and waits until it is ready. It ends by itself when this process dies, since their channel closes. */
async function startApi(settings, databaseUrl, url) {
  const child = spawn(process.execPath, [join(checkout, 'dist', 'apps', 'api', 'src', 'main.js')], {
    cwd: checkout,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      HOST: settings.host,
      PORT: String(settings.port),
      CANREACH_LOG: process.env.CANREACH_LOG ?? 'warn',
    },
  });
  child.on('message', showProgress);
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)));
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  });
  let gone = false;
  void exited.then((how) => {
    gone = true;
    if (ending !== null) return;
    console.error(`\nThe service ended by itself (${how}).`);
    void end(1);
  });
  for (let waited = 0; waited < 60_000; waited += 200) {
    if (gone || (await answers(url, 0, '/readyz'))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new LauncherError('the service did not become ready within 60 seconds');
}

/** The service tells how far an ingest has come; the first one is the sample, and somebody waits for it. */
function showProgress({ progress }) {
  if (sampleLine === null || progress === undefined) return;
  const { stage, done, total, unit } = progress;
  const amount = unit === 'bytes' ? `${Math.ceil(done / 1000)} kB` : `${done}${total === null ? '' : ` of ${total}`}`;
  sampleLine(`${stage} ${amount}`);
}

/** Loads the sample cluster if there is no cluster yet; true if the sample is there to be tried. */
async function loadSample(url) {
  if (ending !== null) return false;
  const { items } = await (await fetch(`${url}/api/v1/clusters`)).json();
  if (items.length > 0) return items.some(({ name }) => name === 'sample');
  const folder = join(checkout, 'sample');
  if (!existsSync(folder)) return false;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const isTerminal = process.stdout.isTTY === true;
  const title = 'Loading the sample cluster …';
  sampleLine = (text) => isTerminal && process.stdout.write(`\r${title} ${text}`.padEnd(70));
  if (isTerminal) process.stdout.write(title);
  const response = await fetch(`${url}/api/v1/clusters/sample/snapshots?label=first`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/yaml' },
    body: files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n---\n'),
  });
  sampleLine = null;
  console.log(`${isTerminal ? '\r' : ''}${title} ${response.ok ? 'done' : 'failed'}`.padEnd(70).trimEnd());
  if (!response.ok) throw new LauncherError(`the sample cluster could not be loaded: ${await response.text()}`);
  return true;
}

function printWelcome(url, hasSample) {
  const api = `${url}/api/v1/snapshots/sample@latest`;
  console.log(`\nCanreach is running: ${url}   (Ctrl-C stops it)\n`);
  if (!hasSample) {
    console.log(
      `Push a cluster:  kubectl get ns,nodes,pods,deploy,sts,ds,rs,jobs,cronjobs,svc,endpointslices,ingresses,ingressclasses,networkpolicies -A -o json |`,
    );
    console.log(`                   curl --data-binary @- '${url}/api/v1/clusters/mine/snapshots'\n`);
    return;
  }
  console.log('A sample cluster is loaded. Three things to try:\n');
  console.log('  1. May the frontend reach the orders API?');
  console.log(`     curl '${api}/verdict?from=shop/frontend&to=service:shop/orders&port=80'\n`);
  console.log('  2. Orders cannot be paid: why may the orders API not reach the payment gateway?');
  console.log(`     curl '${api}/verdict?from=shop/orders&to=service:payments/gateway&port=443'\n`);
  console.log('  3. Everything that can be asked, in a browser:');
  console.log(`     ${url}/api/docs   (GraphQL answers at ${url}/graphql)\n`);
}
