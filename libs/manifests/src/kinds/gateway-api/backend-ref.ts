import type { Decoder } from '../../validation/decoder.js';

/** Where a rule sends traffic: a Service unless said otherwise, whose port must be given. */
export function readBackendRef(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const ref = decoder.fields(value, field);
  const group = decoder.text(ref.group, `${field}.group`) ?? '';
  const kind = decoder.text(ref.kind, `${field}.kind`) || 'Service';
  const port = decoder.port(ref.port, `${field}.port`) ?? undefined;
  if (group === '' && kind === 'Service' && (ref.port === undefined || ref.port === null)) {
    decoder.complain({ field: `${field}.port`, reason: 'Required', detail: 'must have port for Service reference' });
  }
  return {
    group,
    kind,
    namespace: decoder.text(ref.namespace, `${field}.namespace`) || undefined,
    name: decoder.requiredText(ref.name, `${field}.name`),
    port,
    weight: decoder.integerIn(ref.weight, `${field}.weight`, [0, 1_000_000]) ?? 1,
  };
}
