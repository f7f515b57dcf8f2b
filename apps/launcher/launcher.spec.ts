import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLock, releaseLock, takeLock } from './instance-lock.mjs';
import { checkNode, run, stopRunning } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { readSettings } from './settings.mjs';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'canreach-launcher-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('keeps its data, and is recovered when whoever held it was killed', async () => {
    const dataDir = join(folder, 'kept');
    const module = fileURLToPath(new URL('postgres.mjs', import.meta.url));
    const script = `import { startPostgres } from ${JSON.stringify(module)}; const p = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: true }); console.log(p.url); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      execArgv: [],
    } as object);
    const url = await new Promise<string>((resolve) =>
      holder.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    holder.kill('SIGKILL');
    const again = await startPostgres({ dataDir, durable: true });
    try {
      expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      expect((await query(again.url, 'SHOW fsync'))[0]).toEqual({ fsync: 'on' });
      expect((await query(again.url, 'SHOW listen_addresses'))[0]).toEqual({ listen_addresses: '127.0.0.1' });
    } finally {
      await again.stop();
    }
    const version = join(dataDir, 'PG_VERSION');
    const major = readFileSync(version, 'utf8');
    writeFileSync(version, '15\n');
    await expect(startPostgres({ dataDir, durable: true })).rejects.toThrow(
      /was written by Postgres 15.*pg_dump .*psql /s,
    );
    expect(existsSync(`${dataDir}.run`)).toBe(false);
    writeFileSync(version, major);
  });

  it('refuses a folder that holds something else', async () => {
    const dataDir = mkdtempSync(join(folder, 'other-'));
    writeFileSync(join(dataDir, 'letter.txt'), 'dear diary');
    await expect(startPostgres({ dataDir, durable: true })).rejects.toThrow('is not empty and holds no Postgres data');
    expect(readFileSync(join(dataDir, 'letter.txt'), 'utf8')).toBe('dear diary');
  });
});

describe('the lock of a data folder', () => {
  it('is taken over from a process that is gone, and not from one that only bears its number', () => {
    writeFileSync(join(folder, 'instance.json'), JSON.stringify({ pid: 2 ** 22 - 3, url: 'http://127.0.0.1:1' }));
    expect(readLock(folder)).toBeNull();
    // This process lives, but it is no launcher.
    writeFileSync(join(folder, 'instance.json'), JSON.stringify({ pid: process.pid, url: 'http://127.0.0.1:1' }));
    expect(readLock(folder)).toBeNull();
    writeFileSync(join(folder, 'instance.json'), 'not json');
    expect(takeLock(folder, 'http://127.0.0.1:1')).toBe(true);
    releaseLock(folder);
  });
});

it('a process notices that the shell that started it is gone', { timeout: 20_000 }, async () => {
  const module = fileURLToPath(new URL('orphan.mjs', import.meta.url));
  const script = `import { whenOrphaned } from ${JSON.stringify(module)}; whenOrphaned(() => { console.log('alone'); process.exit(); }); console.log('begun'); setTimeout(() => {}, 15000);`;
  // The second command keeps the shell from becoming the first.
  const shell = spawn('sh', ['-c', `"${process.execPath}" --input-type=module -e "$0"; true`, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const ended = new Promise((resolve) => shell.stdout.on('close', resolve));
  shell.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes('begun')) shell.kill('SIGTERM');
  });
  await ended;
  expect(text).toBe('begun\nalone\n');
});

it('a command that is stopped is gone, even if it does not heed the signal', { timeout: 20_000 }, async () => {
  const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); require('fs').writeFileSync(process.argv[1], String(process.pid))`;
  const file = join(folder, 'deaf.pid');
  const running = run('Waiting', process.execPath, ['-e', deaf, file]).then(
    () => 'ended',
    () => 'failed',
  );
  while (!existsSync(file) || readFileSync(file, 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 50));
  await stopRunning();
  expect(() => process.kill(Number(readFileSync(file, 'utf8')), 0)).toThrow('ESRCH');
  expect(await running).toBe('failed');
});

describe('settings of the launcher', () => {
  const given = (environment: Record<string, string>): unknown =>
    readSettings({ CANREACH_DATA_DIR: join(folder, 'settings'), ...environment }, folder);

  it.each([
    [{ PORT: 'x' }, 'PORT is "x"'],
    [{ PORT: '0' }, 'a number from 1 to 65535 is accepted'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must begin with'],
    [{ CANREACH_DATA_DIR: '/proc/nowhere' }, 'cannot be written'],
    [{ CANREACH_DATA_DIR: fileURLToPath(import.meta.url) }, 'it is no folder'],
  ])('%j are refused with a sentence', (environment, message) => {
    expect(() => given(environment)).toThrow(message);
  });

  it('an empty variable is one that is not set', () => {
    expect(given({ PORT: '', HOST: '', DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
    });
  });

  it('a Node that is too old is refused', () => {
    expect(() => checkNode('20.18.3')).toThrow('needs Node 20.19 or newer; this is 20.18.3');
    for (const version of ['20.19.0', '22.1.0', '24.0.0']) expect(() => checkNode(version)).not.toThrow();
  });
});
