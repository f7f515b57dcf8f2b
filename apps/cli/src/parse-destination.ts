/** A destination as it is typed: a peer, with a port behind its last colon. */
export interface Destination {
  readonly peer: string;
  readonly port: string | undefined;
}

/**
 * Splits `B[:port]`: `shop/db:5432`, `service:shop/db:http`, `[fd00::1]:443`, `ip:10.0.0.1:80`, `pods:shop{a=b}:80-90`.
 * An IPv6 address takes brackets if a port follows; a bare address needs no `ip:`.
 */
export function parseDestination(text: string): Destination {
  const bracketed = /^(?:ip:)?\[([0-9a-fA-F:.]+)\](?::([^:]+))?$/.exec(text);
  if (bracketed !== null) return { peer: `ip:${bracketed[1]}`, port: bracketed[2] };
  if (/^(ip:|cidr:)?[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:./]*$/.test(text))
    return { peer: parsePeerText(text), port: undefined };
  const colon = text.lastIndexOf(':');
  const hasPort =
    colon > 0 &&
    /[/}]|^(internet|namespace:|node:|ip:|cidr:|dns:|[0-9.]+$)/.test(text.slice(0, colon)) &&
    /^[a-z0-9-]+$/.test(text.slice(colon + 1));
  if (!hasPort) return { peer: parsePeerText(text), port: undefined };
  return { peer: parsePeerText(text.slice(0, colon)), port: text.slice(colon + 1) };
}

/** A bare address is `ip:` of it, in brackets or not. */
export function parsePeerText(text: string): string {
  const bare = /^\[([0-9a-fA-F:.]+)\]$/.exec(text)?.[1] ?? text;
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(bare) || (/^[0-9a-fA-F:.]+$/.test(bare) && bare.split(':').length > 2);
  return isAddress ? `ip:${bare}` : text;
}
