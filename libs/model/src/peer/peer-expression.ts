import type { EntryKind } from '../entry.js';
import type { Selector } from '../labels.js';

/** A peer as asked for, before it is looked up in a snapshot. */
export type PeerExpression =
  /** `ns/name`: a pod, else a workload. */
  | { readonly kind: 'Named'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'Pod'; readonly namespace: string; readonly name: string }
  /** `workloadKind` is null for `workload:`, else the kind that the prefix names. */
  | {
      readonly kind: 'Workload';
      readonly workloadKind: string | null;
      readonly namespace: string;
      readonly name: string;
    }
  /** `service:` and `dns:`; destination only. */
  | { readonly kind: 'Service'; readonly namespace: string; readonly name: string }
  /** `ingress:`, `route:`, `gateway:`, `httproute:`, …; destination only. */
  | { readonly kind: 'Entry'; readonly entryKind: EntryKind; readonly namespace: string; readonly name: string }
  | { readonly kind: 'Node'; readonly name: string }
  /** Canonical text. */
  | { readonly kind: 'Address'; readonly address: string }
  /** Canonical text, host bits masked. */
  | { readonly kind: 'Cidr'; readonly cidr: string }
  | { readonly kind: 'Namespace'; readonly name: string }
  /** Every address that is no pod, node or service of the snapshot. */
  | { readonly kind: 'Internet' }
  /** `pods:ns{...}`, or of all namespaces (null) for `pods:*{...}`. */
  | { readonly kind: 'Pods'; readonly namespace: string | null; readonly selector: Selector };
