import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Pod, podColumnsOf } from '#model';
import { PodsByName } from './pods-by-name.js';

const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 4 }));

it('every pod is found by its name in its namespace, and nothing else is', () => {
  fc.assert(
    fc.property(names, names, (inA, inB) => {
      const pod = (namespace: string, name: string): Pod => ({
        namespace,
        name,
        labels: {},
        annotations: {},
        addresses: [],
        node: null,
        hostNetwork: false,
        phase: 'Running',
        ready: true,
        serviceAccount: 'default',
        ports: [],
        workload: null,
        origin: 'Observed',
      });
      const pods = [...inA.map((name) => pod('a', name)), ...inB.map((name) => pod('b', name))];
      const namespaces = ['a', 'b'].map((name) => ({ name, labels: {}, implicit: false }));
      const table = new PodsByName(podColumnsOf({ pods, namespaces, nodes: [] }));
      pods.forEach(({ namespace, name }, i) => expect(table.at(namespace === 'a' ? 0 : 1, name)).toBe(i));
      for (const name of inA) if (!inB.includes(name)) expect(table.at(1, name)).toBeUndefined();
      expect(table.at(0, 'none')).toBeUndefined();
    }),
  );
});
