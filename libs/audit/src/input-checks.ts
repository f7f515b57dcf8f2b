import type { Diagnostic, Finding, ObjectRef } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';
import { lintCatalogue, type LintId } from './lint-catalogue.js';

/** Diagnostics that are findings under another code than their own. */
const codes: Readonly<Record<string, LintId>> = { UNKNOWN_PEER: 'ANP_UNKNOWN_PEER_FIELD' };

/** What is said of an object that was refused, where it was kept as not understood. */
const refusals: readonly { readonly id: LintId; readonly detail: RegExp; readonly kind: string }[] = [
  { id: 'EXCEPT_OUTSIDE_CIDR', detail: /^must be a strict subset of `cidr`/, kind: 'NetworkPolicy' },
  { id: 'BANP_NAME', detail: /^Only one baseline admin network policy/, kind: 'BaselineAdminNetworkPolicy' },
  { id: 'CALICO_MIXED_FAMILY_NETS', detail: /^may not have IPv4 and IPv6 networks in one rule/, kind: '' },
];

/** Ids that come from the diagnostics of the input: the stored objects do not show it any more. */
const fromDiagnostics: ReadonlySet<string> = new Set<LintId>([
  'CIDR_HOST_BITS',
  'CIDR_LEADING_ZERO',
  'CIDR_V4_MAPPED',
  'EGRESS_RULES_ISOLATE_INGRESS',
  'EMPTY_EGRESS_NOT_ISOLATING',
  'DUPLICATE_OBJECT',
  'NAMESPACE_LABEL_SPOOFED',
  'NAMESPACE_IMPLICIT',
  'CALICO_TIER_MISSING',
  'CALICO_NOTSELECTOR_NAMESPACED',
  'CALICO_SELECTOR_ALL_NOT_ANY',
  'CALICO_TYPES_DEFAULT',
  'CILIUM_EMPTY_RULE',
]);

/** What was odd about the input, and namespaces that are missing in it. */
export function* inputChecks({ cluster, diagnostics }: Audited): Iterable<Finding> {
  const found = new Map<string, { readonly id: LintId; readonly diagnostic: Diagnostic; times: number }>();
  const notes = new Map<LintId, string>();
  for (const diagnostic of diagnostics) {
    const id = idOf(diagnostic);
    if (id === null) continue;
    const { object, path = '' } = diagnostic;
    // One without an object counts the others.
    if (object === undefined) {
      notes.set(id, diagnostic.message);
      continue;
    }
    const key = `${id} ${object} ${path}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { id, diagnostic, times: 1 });
    else known.times++;
  }
  for (const { id, diagnostic, times } of found.values()) {
    const { message, object = '', path } = diagnostic;
    const ref = refOf(object);
    yield lint(
      id,
      ref !== null && message.includes(ref.name) ? message : `${object}: ${message}`,
      ref === null ? [] : [ref],
      {
        path: path === undefined || path === '' ? pathOf(id) : path,
        witness: `object:${object}`,
        times: times > 1 ? times : undefined,
        note: notes.get(id),
      },
    );
    notes.delete(id);
  }
  for (const { name, implicit } of cluster.model.namespaces) {
    if (!implicit) continue;
    const message = `namespace ${name} is used and not in the input; it is taken to have the one label kubernetes.io/metadata.name`;
    const ref = { group: '', kind: 'Namespace', namespace: null, name };
    yield lint('NAMESPACE_MISSING', message, [ref], { path: 'metadata.name', witness: `namespace:${name}` });
  }
}

function idOf({ code, detail, object }: Diagnostic): LintId | null {
  if (Object.hasOwn(codes, code)) return codes[code];
  if (fromDiagnostics.has(code) && Object.hasOwn(lintCatalogue, code)) return code as LintId;
  if (code !== 'INVALID_OBJECT') return null;
  const found = refusals.find((one) => one.detail.test(detail ?? '') && object?.startsWith(one.kind) === true);
  return found?.id ?? null;
}

/** Where in the object it is, for diagnostics about the object as a whole. */
function pathOf(id: LintId): string {
  if (id === 'NAMESPACE_IMPLICIT') return 'metadata.namespace';
  return id === 'NAMESPACE_LABEL_SPOOFED' ? 'metadata.labels[kubernetes.io/metadata.name]' : 'metadata.name';
}

/** The inverse of `formatObjectRef`. */
function refOf(text: string): ObjectRef | null {
  const match = /^([A-Za-z0-9]+)(?:\.([^/]+))?\/([^/]+)\/([^/]+)$/.exec(text);
  if (match === null) return null;
  const [, kind, group = '', namespace, name] = match;
  return { group, kind, namespace: namespace === '-' ? null : namespace, name };
}
