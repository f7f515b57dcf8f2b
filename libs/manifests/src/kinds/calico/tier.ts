import type { StoredTier } from '../../model/stored-calico.js';
import type { Decoder, Fields } from '../../validation/decoder.js';
import { dnsLabelProblems } from '../../validation/names.js';
import type { KindReader } from '../kind-reader.js';
import { calicoKind } from './calico-kind.js';

/** Tiers that are always there, with what they are; the older names of two of them too (policy semantics 3.2). */
export const builtInTiers: Readonly<
  Record<string, { readonly order: number; readonly defaultAction: 'Deny' | 'Pass' }>
> = {
  'kube-admin': { order: 1_000, defaultAction: 'Pass' },
  adminnetworkpolicy: { order: 1_000, defaultAction: 'Pass' },
  default: { order: 1_000_000, defaultAction: 'Deny' },
  'kube-baseline': { order: 10_000_000, defaultAction: 'Pass' },
  baselineadminnetworkpolicy: { order: 10_000_000, defaultAction: 'Pass' },
};

export const tierReader: KindReader = calicoKind({
  kind: 'Tier',
  namespaced: false,
  shape: { order: null, defaultAction: null },
  readSpec: (spec, decoder, object) => ({ ...readTier(spec, decoder, nameOf(object)) }),
});

function nameOf({ metadata }: Fields): string {
  const name = (metadata as Fields | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

function readTier(spec: Fields, decoder: Decoder, name: string): StoredTier['spec'] {
  for (const detail of name === '' ? [] : dnsLabelProblems(name)) {
    decoder.complain({ field: 'metadata.name', reason: 'Invalid', detail, value: name });
  }
  const order = decoder.number(spec.order, 'spec.order');
  const action = decoder.optionalWord(spec.defaultAction, 'spec.defaultAction', ['Deny', 'Pass']);
  const builtIn = Object.hasOwn(builtInTiers, name) ? builtInTiers[name] : null;
  if (builtIn === null) return { order: order ?? undefined, defaultAction: action ?? 'Deny' };
  if (order !== null && order !== builtIn.order) {
    const detail = `of the tier ${name} is ${builtIn.order}`;
    decoder.complain({ field: 'spec.order', reason: 'Invalid', detail, value: order });
  }
  if (action !== null && action !== builtIn.defaultAction) {
    const detail = `of the tier ${name} is ${builtIn.defaultAction}`;
    decoder.complain({ field: 'spec.defaultAction', reason: 'Invalid', detail, value: action });
  }
  return builtIn;
}
