/**
 * The value of a key that occurs once in a YAML or JSON text: enough for the few flat settings that are read from
 * kubeadm's and kube-proxy's configuration. Null where the key is not there or has no plain value.
 */
export function yamlScalar(text: string, key: string): string | null {
  const pattern = new RegExp(
    `(?:^|[\\n{,])[ \\t]*"?${key}"?[ \\t]*:[ \\t]*("[^"\\n]*"|'[^'\\n]*'|[^\\s,}#](?:[^\\n,}#]|,(?=\\S))*)?`,
  );
  const found = pattern.exec(text);
  if (found === null) return null;
  const value = (found[1] ?? '').trim();
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
