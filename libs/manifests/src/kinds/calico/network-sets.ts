import type { KindReader } from '../kind-reader.js';
import { calicoKind } from './calico-kind.js';
import { readNets } from './nets.js';

/** Named sets of networks, of one namespace and of the cluster: what their labels say of them, rules select by. */
export const networkSetReaders: readonly KindReader[] = ['NetworkSet', 'GlobalNetworkSet'].map((kind) =>
  calicoKind({
    kind,
    namespaced: kind === 'NetworkSet',
    shape: { nets: null },
    readSpec: (spec, decoder) => ({ nets: readNets(decoder, spec.nets, 'spec.nets') }),
  }),
);
