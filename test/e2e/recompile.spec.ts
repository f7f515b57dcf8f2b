import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;

beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const pod = (name: string, address: string, labels: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', labels },
  spec: { containers: [{ name: 'c', image: 'i' }] },
  status: { phase: 'Running', podIP: address },
});

const allow = (port: number, from: object, subject: object = { app: 'db' }): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'db', namespace: 'a' },
  spec: {
    podSelector: { matchLabels: subject },
    ingress: [{ from: [{ podSelector: { matchLabels: from } }], ports: [{ port }] }],
  },
});

const web = { app: 'web', tier: 'front' };
const db = pod('db', '10.0.0.2', { app: 'db' });

it('snapshots of one cluster, compiled one from the other, each say what their own policies say', async () => {
  const steps: [objects: object[], wanted: Record<number, string>][] = [
    [[pod('web', '10.0.0.1', web), db, allow(5432, { app: 'web' })], { 5432: 'allowed', 6432: 'denied' }],
    // Another port: the same classes.
    [[pod('web', '10.0.0.1', web), db, allow(6432, { app: 'web' })], { 5432: 'denied', 6432: 'allowed' }],
    // A pod with the label of another class, which leaves its own empty.
    [[pod('web', '10.0.0.1', { app: 'db' }), db, allow(6432, { app: 'web' })], { 5432: 'denied', 6432: 'denied' }],
    // A key that no policy mentioned before: other classes.
    [[pod('web', '10.0.0.1', web), db, allow(6432, { tier: 'front' })], { 5432: 'denied', 6432: 'allowed' }],
    [[pod('web', '10.0.0.1', web), db, allow(6432, { tier: 'back' })], { 5432: 'denied', 6432: 'denied' }],
    [[pod('web', '10.0.0.1', web), db], { 5432: 'allowed', 6432: 'allowed' }],
    [[pod('web', '10.0.0.1', web), db, allow(5432, { app: 'web' })], { 5432: 'allowed', 6432: 'denied' }],
  ];
  for (const [i, [objects, wanted]] of steps.entries()) {
    const text = objects.map((object) => JSON.stringify(object)).join('\n');
    const { id } = (await test.ingest('steps', text)).body;
    const flows = Object.keys(wanted).map((port) => ({ from: 'a/web', to: 'a/db', port }));
    const { body } = await test.http().post(`/api/v1/snapshots/${id}/verdicts`).send({ flows });
    const found = body.verdicts.map(({ verdict }: { verdict: string }) => verdict);
    expect(found, `step ${i}`).toEqual(Object.values(wanted));
  }
});
