/** A Kubernetes object as the API server would give it; keys are in the order in which `kubectl` prints them. */
export interface GeneratedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly [member: string]: unknown;
}
