// The environment, read once and refused with a sentence where it makes no sense.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LauncherError, nobodyCanEnter } from './postgres.mjs';

/**
 * @typedef {object} Settings
 * @property {string} dataDir where the embedded Postgres keeps its data, and the lock
 * @property {string | null} databaseUrl replaces the embedded Postgres
 * @property {string} host
 * @property {number} port
 * @property {boolean} sample whether to load the sample cluster into an empty database
 */

/** @returns {Settings} @throws LauncherError */
export function readSettings(environment, checkout) {
  const port = environment.PORT || '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new LauncherError(`PORT is ${JSON.stringify(port)}; a number from 1 to 65535 is accepted`);
  }
  const databaseUrl = environment.DATABASE_URL || null;
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new LauncherError('DATABASE_URL must begin with postgres:// or postgresql://');
  }
  const dataDir = environment.CANREACH_DATA_DIR ? resolve(environment.CANREACH_DATA_DIR) : defaultDataDir(checkout);
  makeWritable(dataDir);
  return {
    dataDir,
    databaseUrl,
    host: environment.HOST || '127.0.0.1',
    port: Number(port),
    sample: environment.CANREACH_SAMPLE !== '0',
  };
}

/**
 * In the checkout; but for root, whose Postgres runs as nobody, outside of it where nobody cannot enter it (root's home).
 */
function defaultDataDir(checkout) {
  const inside = join(checkout, '.canreach');
  if (process.getuid?.() !== 0 || existsSync(inside) || nobodyCanEnter(checkout)) return inside;
  const name = createHash('sha256').update(checkout).digest('hex').slice(0, 8);
  return `/var/lib/canreach-${name}`;
}

function makeWritable(folder) {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw unwritable(folder, error.code);
  }
  if (!statSync(folder).isDirectory()) throw unwritable(folder, 'it is no folder');
}

function unwritable(folder, why) {
  return new LauncherError(
    `the data folder ${folder} cannot be written (${why}); set CANREACH_DATA_DIR to one that can`,
  );
}

/** Folder by folder: where the system answers ENOENT although the parent is there (/proc), Node's recursive mkdir never ends. */
function makeFolder(folder) {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
