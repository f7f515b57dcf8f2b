import { canonicalText, compareText, type EntryBackend } from '#model';

/** Backends in order, equal ones joined with all their paths. */
export function distinctBackends(backends: readonly EntryBackend[]): EntryBackend[] {
  const joined = new Map<string, { backend: EntryBackend; paths: Set<string> }>();
  for (const backend of backends) {
    const { target, port, protocol, standing, paths } = backend;
    const { group, kind, namespace, name } = target;
    const number = 'port' in port ? String(port.port).padStart(5, '0') : '';
    const key = [group, kind, namespace, name, number, canonicalText(port), protocol, standing].join('\0');
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { backend, paths: new Set(paths) });
    else for (const path of paths) known.paths.add(path);
  }
  return [...joined]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, { backend, paths }]) => ({ ...backend, paths: [...paths].sort(compareText) }));
}
