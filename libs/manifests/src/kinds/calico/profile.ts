import { labelComplaints } from '../../validation/names.js';
import type { KindReader } from '../kind-reader.js';
import { calicoKind } from './calico-kind.js';
import { readRules, ruleShape } from './rules.js';

/** Labels and rules that endpoints inherit; Calico makes one for every namespace and every service account. */
export const profileReader: KindReader = calicoKind({
  kind: 'Profile',
  namespaced: false,
  shape: { labelsToApply: null, ingress: [ruleShape], egress: [ruleShape] },
  readSpec: (spec, decoder) => {
    const labelsToApply = decoder.texts(spec.labelsToApply, 'spec.labelsToApply');
    for (const complaint of labelComplaints(labelsToApply, 'spec.labelsToApply')) decoder.complain(complaint);
    return {
      labelsToApply,
      ingress: readRules(decoder, spec.ingress, 'spec.ingress', { direction: 'Ingress', namespace: null }),
      egress: readRules(decoder, spec.egress, 'spec.egress', { direction: 'Egress', namespace: null }),
    };
  },
});
