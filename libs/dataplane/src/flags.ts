import type { Component } from '#model';

/** Flags that Go reads as booleans: a word that follows one is not its value. */
const booleanFlags: ReadonlySet<string> = new Set([
  'run-router',
  'run-firewall',
  'run-service-proxy',
  'enable-cni',
  'enable-ipv4',
  'enable-ipv6',
  'enable-pod-egress',
  'enable-overlay',
  'enable-ibgp',
  'nodes-full-mesh',
  'auto-mtu',
  'masquerade-all',
  'iptables-localhost-nodeports',
  'nomasq-all-reserved-ranges',
  'hairpin-mode',
  'strict-external-ip-validation',
  'netpol-default-deny',
  'ip-masq',
  'kube-subnet-mgr',
  'iptables-forward-rules',
  'allocate-node-cidrs',
  'enable-network-policy',
  'network-policy',
  'fail-open',
  'strict-mode',
  'admin-network-policy',
]);

/** A flag's effective value among all containers of a component: the last occurrence wins; bare means `true`. */
export function flagOf(component: Component | null, name: string): string | null {
  return flagsOf(component, name).at(-1) ?? null;
}

/** Every value of a flag that may be given several times. */
export function flagsOf(component: Component | null, name: string): string[] {
  return (component?.containers ?? []).flatMap(({ args }) =>
    args.flatMap((word, i) => {
      const [flag, ...rest] = word.replace(/^--?/, '').split('=');
      if (!word.startsWith('-') || flag !== name) return [];
      if (rest.length > 0) return [rest.join('=')];
      const next = args[i + 1];
      const takesNext = !booleanFlags.has(name) && next !== undefined && !next.startsWith('-');
      return [takesNext ? next : 'true'];
    }),
  );
}

/** A Go boolean flag. */
export function booleanFlag(component: Component | null, name: string, fallback: boolean): boolean {
  const value = flagOf(component, name);
  return value === null ? fallback : isTrue(value);
}

/** A Go boolean: what is not plainly false counts as true, since the daemon would not have started on anything else. */
export function isTrue(text: string): boolean {
  return !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text.trim());
}

/** An environment variable of a component; null where it is absent, or empty, which is the same to daemons. */
export function envOf(component: Component | null, name: string): string | null {
  for (const { env } of component?.containers ?? []) if (Object.hasOwn(env, name)) return env[name] || null;
  return null;
}
