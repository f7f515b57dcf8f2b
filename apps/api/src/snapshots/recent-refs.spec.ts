import { expect, it } from 'vitest';
import type { SnapshotRecord } from '#store';
import { RecentRefs } from './recent-refs.js';

const named = (id: string): SnapshotRecord => ({ id }) as SnapshotRecord;

it('a reference is asked for once, until something is written', async () => {
  const refs = new RecentRefs();
  let asked = 0;
  const resolve = async (): Promise<SnapshotRecord> => named(String(++asked));
  expect((await refs.resolve('a@latest', resolve)).id).toBe('1');
  expect((await refs.resolve('a@latest', resolve)).id).toBe('1');
  expect((await refs.resolve('b@latest', resolve)).id).toBe('2');
  refs.forget();
  expect((await refs.resolve('a@latest', resolve)).id).toBe('3');
});

it('what was found while something was written is not remembered', async () => {
  const refs = new RecentRefs();
  const slow = async (): Promise<SnapshotRecord> => {
    refs.forget();
    return named('old');
  };
  expect((await refs.resolve('a@latest', slow)).id).toBe('old');
  expect((await refs.resolve('a@latest', async () => named('new'))).id).toBe('new');
});

it('a reference is forgotten after a while, for others may write too', async () => {
  const refs = new RecentRefs();
  await refs.resolve('a@latest', async () => named('old'));
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect((await refs.resolve('a@latest', async () => named('new'))).id).toBe('new');
});
