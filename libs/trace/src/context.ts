import type { Asked, Cluster, VerdictQuestion } from '#engine';
import type { Family, PolicySemantics } from '#model';
import type { Plugin } from './plugin/plugin.js';

/** What every route of one question shares. */
export interface Context {
  readonly cluster: Cluster;
  readonly plugin: Plugin;
  readonly question: VerdictQuestion;
  readonly family: Family;
  /** Null: the snapshot's own knobs. */
  readonly semantics: PolicySemantics | null;
  /** What routes turned out to rest on, by name and value. */
  readonly assumptions: Map<
    string,
    { name: string; value: string; provenance: 'observed' | 'derived' | 'assumed' | 'configured' }
  >;
}

/** The connections asked for at a server port; null: all ports. */
export function askedAt({ question }: Context, port: number | null): Asked {
  const { protocol } = question;
  if (protocol === 'ICMP') return { protocol, first: 0, last: 65535 };
  return port === null ? { protocol, first: 1, last: 65535 } : { protocol, first: port, last: port };
}
