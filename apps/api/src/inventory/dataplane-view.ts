import type { Dataplane, Sourced } from '#model';

/** What is known of a network; bare values, or each with where it comes from. */
export function dataplaneView(dataplane: Dataplane, withProvenance: boolean): Record<string, unknown> {
  const show = <T>(sourced: Sourced<T>): unknown => (withProvenance ? sourced : sourced.value);
  return {
    primary: show(dataplane.primary),
    policyEngine: show(dataplane.policyEngine),
    enforcement: show(dataplane.enforcement),
    proxy: show(dataplane.proxy),
    backend: show(dataplane.backend),
    podMtu: show(dataplane.podMtu),
    podCidrs: show(dataplane.podCidrs),
    serviceCidrs: show(dataplane.serviceCidrs),
    capacity: show(dataplane.capacity),
    candidates: dataplane.candidates,
    semantics: show(dataplane.semantics),
    perNode: dataplane.perNode,
    assumptions: dataplane.assumptions,
  };
}
