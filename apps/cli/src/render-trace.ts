import type { Hop, Route, Trace } from '#trace';

/** A trace for people: what becomes of the packets, then each route, hop by hop. */
export function renderTrace({
  delivery,
  verdict,
  message,
  routes,
  routesTotal,
  suggestion,
  assumptions,
}: Trace): string {
  const lines = [`${delivery}  (${verdict}: ${message})`];
  for (const route of routes) lines.push('', ...routeLines(route));
  if (routesTotal > routes.length) lines.push('', `  … and ${routesTotal - routes.length} routes more`);
  if (suggestion !== null) lines.push('', `  ${suggestion}`);
  if (assumptions.length > 0) lines.push('');
  for (const { name, value, provenance } of assumptions) lines.push(`  ${provenance}: ${name}: ${value}`);
  return `${lines.join('\n')}\n`;
}

function routeLines(route: Route): string[] {
  const { when, network, delivery, reasons, hops, sourceSeenByPolicy, sourceSeenByPod, pathMtu } = route;
  const width = Math.max(0, ...hops.map(({ node }) => (node ?? '').length));
  const sources =
    sourceSeenByPolicy === sourceSeenByPod
      ? `source ${sourceSeenByPod ?? 'unknown'}`
      : `source ${sourceSeenByPolicy ?? 'unknown'} to policy, ${sourceSeenByPod ?? 'unknown'} to the receiver`;
  return [
    `  ${when}${network === 'default' ? '' : ` on ${network}`}: ${delivery}, ${sources}${pathMtu === null ? '' : `, MTU ${pathMtu}`}`,
    ...reasons.map((reason) => `    ${reason}`),
    ...hops.map((hop) => `    ${String(hop.n).padStart(2)}  ${(hop.node ?? '').padEnd(width)}  ${hopText(hop)}`),
  ];
}

function hopText({ netns, device, kind, action, encap, nat, gate, source, destination, destinationPort }: Hop): string {
  const port = destinationPort === undefined ? '' : `:${destinationPort}`;
  const parts = [
    `${netns === 'pod' ? 'pod ' : ''}${device ?? kind} ${action}`,
    `${source ?? '?'} → ${destination ?? '?'}${port}`,
  ];
  if (encap !== null) {
    const outer = `${encap.outerSource ?? '?'} → ${encap.outerDestination ?? '?'}`;
    parts.push(`in ${encap.type}${encap.port === null ? '' : ` ${encap.port}`} ${outer}, ${encap.overheadBytes} bytes`);
  }
  if (nat !== undefined) parts.push(`${nat.type} by ${nat.by}`);
  if (gate !== undefined) parts.push(`${gate.direction.toLowerCase()} policy ${gate.verdict} (${gate.hook})`);
  return parts.join('  ');
}
