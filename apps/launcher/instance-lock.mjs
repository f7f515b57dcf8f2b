// One running instance for each data folder: a file that names the process and where it answers.
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './postgres.mjs';

const fileOf = (dataDir) => join(dataDir, 'instance.json');

/** Whom the lock names, if that process is still a launcher; a lock whose process is gone counts for nothing. */
export function readLock(dataDir) {
  const file = fileOf(dataDir);
  if (!existsSync(file)) return null;
  try {
    const { pid, url } = JSON.parse(readFileSync(file, 'utf8'));
    return isLauncher(pid) ? { pid, url } : null;
  } catch {
    return null;
  }
}

/** Takes the lock; false where another launcher has it. One that was left behind by a killed process is taken over. */
export function takeLock(dataDir, url) {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const descriptor = openSync(fileOf(dataDir), 'wx');
      writeFileSync(descriptor, JSON.stringify({ pid: process.pid, url }));
      closeSync(descriptor);
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (readLock(dataDir) !== null) return false;
      rmSync(fileOf(dataDir), { force: true });
    }
  }
  return false;
}

export function releaseLock(dataDir) {
  if (readLock(dataDir)?.pid === process.pid) rmSync(fileOf(dataDir), { force: true });
}

/** Whether Canreach answers at a URL within some time. */
export async function answers(url, millisMax, path = '/healthz') {
  for (let waited = 0; ; waited += 200) {
    try {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(2000) });
      if (response.ok) return true;
    } catch {
      // Not yet.
    }
    if (waited >= millisMax) return false;
    await sleep(200);
  }
}

/** A process id may have been given to somebody else since: it must be one of ours. */
function isLauncher(pid) {
  if (!Number.isInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.mjs');
  } catch {
    // No /proc on this system: the process is there, which must do.
    return true;
  }
}
