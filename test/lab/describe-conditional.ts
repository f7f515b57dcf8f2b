import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '#engine';
import { labProblem } from './lab-problem.js';
import { Lab } from './lab.js';
import { type Flow, predict } from './predict.js';

/** Flows that hang on whether the fabric routes pod addresses: they are lost where it does not, and arrive where it does. */
export function describeConditional(title: string, cluster: Cluster, flows: readonly Flow[]): void {
  describe.skipIf(labProblem() !== null)(`real packets: ${title}`, () => {
    const lab = new Lab(cluster);
    beforeAll(() => lab.build());
    afterAll(() => lab.destroy());
    const open = (flow: Flow, patience?: number): ReturnType<Lab['connect']> => {
      const to = predict.route(cluster, flow).hops[0].destination as string;
      return lab.connect(predict.clientOf(flow[0]), to, flow[2], patience);
    };

    it.each(flows)('%s to %s %i: hangs on the fabric', (...flow) => {
      expect(predict.route(cluster, flow).delivery).toBe('conditional');
    });

    it.concurrent.each(flows)('%s to %s %i: is lost in a fabric that knows no pods', async (...flow) => {
      expect((await open(flow, 300)).server).toBeNull();
    });

    describe('where the fabric routes pod addresses', () => {
      beforeAll(() => lab.routePods());
      it.each(flows)('%s to %s %i: arrives', async (...flow) => {
        const route = predict.route(cluster, flow);
        const server = predict.server(cluster, route);
        expect(await open(flow)).toEqual({ server, source: route.sourceSeenByPod, failure: null });
      });
    });
  });
}
