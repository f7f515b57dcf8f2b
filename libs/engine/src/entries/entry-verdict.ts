import type { EntryBackendPort } from '#model';
import type { BackendVerdict, EntryBackendVerdict, EntryVerdict, Mode } from '../query/verdict.js';
import type { JudgedEntry } from './judge-entry.js';

/** A judged entry in the spelling of the contract. */
export function entryVerdictOf(
  { entry, controller, judgement, client, backends }: JudgedEntry,
  mode: Mode,
): EntryVerdict {
  const { parties, isStandIn, assumption } = controller;
  return {
    entry: entry.ref,
    gateway: entry.gateway,
    hosts: entry.hosts,
    controller: {
      className: entry.className,
      pods: isStandIn ? 0 : parties.length,
      provenance: assumption.provenance,
    },
    ...judgement[mode],
    client: client === null ? null : { ...client[mode] },
    backends: backends.map(({ backend, judgement: behind, members }): EntryBackendVerdict => ({
      target: backend.target,
      port: portText(backend.port),
      paths: backend.paths,
      ...behind[mode],
      backends: members.map((member): BackendVerdict => ({
        backend: member.backend.party.text,
        port: member.backend.port,
        ...member.judgement[mode],
      })),
    })),
  };
}

/** A port as an entry names it: `80`, `http`, `target 8080`; null for all. */
export function portText(port: EntryBackendPort): string | null {
  switch (port.kind) {
    case 'Number':
      return String(port.port);
    case 'Name':
      return port.name;
    case 'TargetNumber':
      return `target ${port.port}`;
    case 'All':
      return null;
  }
}
