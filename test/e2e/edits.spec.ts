import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatObjectRef } from '#model';
import { EditStore, SnapshotStore } from '#store';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;
let edits: EditStore;
let snapshots: SnapshotStore;

beforeAll(async () => {
  test = await startApp();
  edits = new EditStore(test.dataSource);
  snapshots = new SnapshotStore(test.dataSource);
});
afterAll(() => test.stop());

/** Namespaces, the plainest objects there are, each with the team of its label. */
const namespaces = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(
      ([name, team]) =>
        `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  uid: ${name}\n  labels: {team: ${team}}\n`,
    )
    .join('---\n');

async function between(from: string, to: string): Promise<string[]> {
  const found = await edits.between(await snapshots.resolve(from), await snapshots.resolve(to));
  return found.map(({ object, edit }) => `${edit} ${formatObjectRef(object)}`);
}

describe('edits between snapshots', () => {
  it('are the objects whose state differs at the ends, whatever happened in between and in either direction', async () => {
    const states: Record<string, string>[] = [
      { a: 'red', b: 'red', c: 'red' },
      { a: 'blue', b: 'red' },
      { a: 'red', b: 'blue', d: 'red' },
      { a: 'green', b: 'blue', c: 'red', d: 'red' },
    ];
    for (const [i, state] of states.entries()) await test.ingest('one', namespaces(state), `?label=s${i}`).expect(201);
    expect(await between('one@s0', 'one@s1')).toEqual(['modified Namespace/-/a', 'removed Namespace/-/c']);
    expect(await between('one@s1', 'one@s0')).toEqual(['modified Namespace/-/a', 'added Namespace/-/c']);
    // a was blue in between and is red again; c came back as it was.
    expect(await between('one@s0', 'one@s2')).toEqual([
      'modified Namespace/-/b',
      'removed Namespace/-/c',
      'added Namespace/-/d',
    ]);
    expect(await between('one@s0', 'one@s3')).toEqual([
      'modified Namespace/-/a',
      'modified Namespace/-/b',
      'added Namespace/-/d',
    ]);
    expect(await between('one@s3', 'one@s3')).toEqual([]);
  });

  it('across clusters compare all objects', async () => {
    await test.ingest('left', namespaces({ a: 'red', b: 'red' })).expect(201);
    await test.ingest('right', namespaces({ b: 'blue', c: 'red' })).expect(201);
    expect(await between('left@latest', 'right@latest')).toEqual([
      'removed Namespace/-/a',
      'modified Namespace/-/b',
      'added Namespace/-/c',
    ]);
  });
});
