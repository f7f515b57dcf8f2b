import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { Lab } from './lab.js';
import { labProblem } from './lab-problem.js';
import { missing } from './missing.js';
import { openWorld } from './open-world.js';

const problem = labProblem();
if (problem !== null && process.env.CANREACH_LAB === 'required') throw new Error(problem);

const left = problem === null ? Object.values(missing).map((why) => why()) : [problem];
for (const why of left.filter((one) => one !== null)) process.stderr.write(`skipped: ${why}\n`);

it.skipIf(problem !== null)('leaves nothing behind, also where it could not be built to its end', async () => {
  const namespaces = (): string => execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  const cluster = await openWorld('flannel');
  const own = new RegExp(`^cr${process.pid}-`, 'm');
  const lab = new Lab({
    ...cluster,
    dataplane: { ...cluster.dataplane, podMtu: { value: 1, provenance: 'observed' } },
  });
  await expect(lab.build()).rejects.toThrow('Command failed');
  expect(namespaces()).toMatch(own);
  lab.destroy();
  expect(namespaces()).not.toMatch(own);
});
