import type { Direction } from '#model';
import type { CalicoRule } from '../../model/stored-calico.js';
import type { Decoder } from '../../validation/decoder.js';

/** Selectors in rules that mean less than they seem to (policy semantics 3.5). */
export function remarkSelectors(
  decoder: Decoder,
  rules: readonly CalicoRule[],
  { direction, namespace }: { readonly direction: Direction; readonly namespace: string | null },
): void {
  rules.forEach((rule, i) => {
    for (const side of ['source', 'destination'] as const) {
      const { notSelector, namespaceSelector, selector } = rule[side];
      const at = `spec.${direction.toLowerCase()}[${i}].${side}`;
      if (namespace !== null && notSelector !== undefined && namespaceSelector === undefined) {
        const detail = `has no namespaceSelector beside it, so that it means others of namespace ${namespace} only`;
        decoder.remark({ code: 'CALICO_NOTSELECTOR_NAMESPACED', field: `${at}.notSelector`, detail });
      }
      // The other side is the policy's own subject, which is an endpoint anyhow.
      const isPeer = (direction === 'Ingress') === (side === 'source');
      if (isPeer && selector?.replace(/\s/g, '') === 'all()') {
        const detail = 'means every endpoint and network set that Calico knows, not every address';
        decoder.remark({ code: 'CALICO_SELECTOR_ALL_NOT_ANY', field: `${at}.selector`, detail });
      }
    }
  });
}
