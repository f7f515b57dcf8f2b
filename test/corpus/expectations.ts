/** One flow of a case with the letter it should get; see the line grammar in docs/testing.md. */
export interface Expectation {
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: string | undefined;
  readonly family: 'IPv4' | 'IPv6' | undefined;
  /** A, D, N or U, with `*` where a knob would change it; for a Service `backend=letter …`. */
  readonly letter: string;
}

/** Reads the lines of a case. `pods` stands for `ordinaryPods`; a list with a list leaves out each pod with itself. */
export function parseExpectations(text: string, ordinaryPods: readonly string[]): Expectation[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => expand(line.trim(), ordinaryPods));
}

function expand(line: string, ordinaryPods: readonly string[]): Expectation[] {
  const match = /^(\S+) -> (\S+) (\w+)(?:\/(\d+))?(?: @([46]))? = (.+)$/.exec(line);
  if (match === null) throw new Error(`cannot read the expectation ${JSON.stringify(line)}`);
  const [, from, to, protocol, port, family, letter] = match;
  const sources = ends(from, ordinaryPods);
  const destinations = ends(to, ordinaryPods);
  const areLists = sources.length > 1 || destinations.length > 1;
  return sources.flatMap((source) =>
    destinations
      .filter((destination) => !areLists || source !== destination)
      .map((destination) => ({
        line: `${source} -> ${destination} ${protocol}${port === undefined ? '' : `/${port}`}${family === undefined ? '' : ` @${family}`}`,
        from: peer(source),
        to: peer(destination),
        protocol: protocol.toUpperCase(),
        port,
        family: family === undefined ? undefined : family === '4' ? 'IPv4' : 'IPv6',
        letter,
      })),
  );
}

function ends(text: string, ordinaryPods: readonly string[]): readonly string[] {
  return text === 'pods' ? ordinaryPods : text.split(',');
}

function peer(text: string): string {
  if (text.startsWith('svc:')) return `service:${text.slice(4)}`;
  return /^(node|ip|deployment):/.test(text) ? text : `pod:${text}`;
}
