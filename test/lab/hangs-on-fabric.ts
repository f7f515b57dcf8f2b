import { beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from './lab.js';
import { type Flow, predict } from './predict.js';

/** Flows that hang on whether the fabric routes pod addresses: they are lost where it does not, and arrive where it does. */
export function hangsOnFabric(lab: Lab, flows: readonly Flow[]): void {
  const { cluster } = lab;
  const open = (flow: Flow, patience?: number): ReturnType<Lab['connect']> => {
    const to = predict.route(cluster, flow).hops[0].destination as string;
    return lab.connect(predict.clientOf(flow[0]), to, flow[2], patience);
  };

  it.concurrent.each(flows)('%s to %s %i: is lost in a fabric that knows no pods', async (...flow) => {
    expect(predict.route(cluster, flow).delivery).toBe('conditional');
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
}
